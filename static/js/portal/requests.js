// HTMX requests: the CSRF token, the line that says something is under way, and plain words on failure.

const SLOW_MS = 250;
const body = document.body;
let underWay = 0;
let timer = 0;

function csrfToken() {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  return field?.value || document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] || "";
}

function say(text) {
  document.dispatchEvent(new CustomEvent("portal:toast", { detail: { text, tone: "bad" } }));
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrfToken();
});

// What a page asks by itself now and then says nothing when it fails.
const isQuiet = (event) => Boolean(event.target.closest?.("[data-quiet]"));

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isQuiet(event)) return;
  underWay += 1;
  clearTimeout(timer);
  timer = setTimeout(() => body.classList.toggle("is-busy", underWay > 0), SLOW_MS);
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (isQuiet(event)) return;
  underWay = Math.max(0, underWay - 1);
  if (!underWay) body.classList.remove("is-busy");
});

// Forms answer their errors with 409 and 422 in the page's own words: these are shown, not swallowed.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { status, responseText } = event.detail.xhr;
  if ((status === 409 || status === 422) && responseText) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

document.addEventListener("htmx:responseError", (event) => {
  if (isQuiet(event)) return;
  const reason = event.detail.xhr.getResponseHeader("X-Portal-Message");
  say(reason ? decodeURIComponent(reason) : body.dataset.wordsFailed);
});
document.addEventListener("htmx:sendError", (event) => {
  if (!isQuiet(event)) say(body.dataset.wordsOffline);
});
