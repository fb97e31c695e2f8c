// Automatic saving of the designer: what the state line says, and what happens without a connection.
// HTMX sends the form; the answer replaces the parts around the fields one is typing in.

const KEPT = "designer:";
const RETRY_MS = 5000;

const form = () => document.querySelector("[data-autosave]");
const words = (name) => document.getElementById("designer").dataset[name];

function state(name, text) {
  const line = document.getElementById("save-state");
  if (!line) return;
  line.dataset.state = name;
  line.textContent = text;
}

const keyOf = (target) => KEPT + target.getAttribute("action");

// Only what a person typed; tokens and versions are the page's own.
function typed(target) {
  return [...new FormData(target)].filter(([name]) => !["csrfmiddlewaretoken", "version"].includes(name));
}

function keep(target) {
  localStorage.setItem(keyOf(target), JSON.stringify(typed(target)));
}

function fill(target, pairs) {
  const left = new Map();
  pairs.forEach(([name, value]) => left.set(name, [...(left.get(name) || []), value]));
  [...target.elements].forEach((field) => {
    if (!field.name || field.type === "hidden" || !left.has(field.name)) {
      if (field.type === "checkbox") field.checked = false;
      return;
    }
    if (field.type === "checkbox") field.checked = left.get(field.name).includes(field.value);
    else if (left.get(field.name).length) field.value = left.get(field.name).shift();
  });
}

// What was typed offline and left behind comes back with the page.
function restore() {
  const target = form();
  const kept = target && localStorage.getItem(keyOf(target));
  if (!kept) return;
  fill(target, JSON.parse(kept));
  target.requestSubmit();
}

document.addEventListener("input", (event) => {
  const typing = form() && event.target.form === form();
  if (typing && !document.querySelector("#conflict .conflict")) state("saving", words("wordsSaving"));
});

// While a conflict is on the page nothing is sent but the decision to keep one's own.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.detail.elt.matches?.("[data-autosave]") || !document.querySelector("#conflict .conflict")) return;
  if (!event.detail.requestConfig.formData.has("keep")) event.preventDefault();
});

document.addEventListener("htmx:afterRequest", (event) => {
  const target = event.detail.elt;
  if (!target.matches?.("[data-autosave]")) return;
  if (event.detail.xhr.status) localStorage.removeItem(keyOf(target));
});

document.addEventListener("htmx:sendError", (event) => {
  const target = event.detail.elt;
  if (!target.matches?.("[data-autosave]")) return;
  keep(target);
  state("offline", words("wordsOffline"));
  setTimeout(() => target.isConnected && target.requestSubmit(), RETRY_MS);
});

restore();
