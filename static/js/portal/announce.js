// Words for screen readers and toasts. Any script or page part may ask:
//   document.dispatchEvent(new CustomEvent("portal:announce", { detail: { text } }))
//   document.dispatchEvent(new CustomEvent("portal:toast", { detail: { text, tone } }))
// After an HTMX swap the text of [data-announce] inside the new part is read out ("24 surveys").

const STAYS_MS = 6000;
const region = document.getElementById("announcements");
const toasts = document.getElementById("toasts");

function announce(text) {
  if (!region || !text) return;
  // Emptied first, so that the same words are read again.
  region.textContent = "";
  setTimeout(() => {
    region.textContent = text;
  }, 50);
}

function leave(note) {
  note.classList.add("leaving");
  setTimeout(() => note.remove(), 150);
}

function watch(note) {
  if (note.dataset.toastWatched) return;
  note.dataset.toastWatched = "yes";
  announce(note.querySelector(".toast-words")?.textContent.trim());
  if (note.hasAttribute("data-toast-stays")) return;
  let timer = setTimeout(() => leave(note), STAYS_MS);
  note.addEventListener("pointerenter", () => clearTimeout(timer));
  note.addEventListener("pointerleave", () => {
    timer = setTimeout(() => leave(note), STAYS_MS);
  });
}

function toast(text, tone = "good") {
  const note = document.createElement("div");
  note.className = `toast-note tone-${tone}`;
  const words = document.createElement("div");
  words.className = "toast-words";
  words.textContent = text;
  note.append(words);
  toasts.append(note);
}

if (toasts) {
  toasts.querySelectorAll(".toast-note").forEach(watch);
  new MutationObserver(() => toasts.querySelectorAll(".toast-note").forEach(watch)).observe(toasts, { childList: true });
  toasts.addEventListener("click", (event) => {
    if (event.target.closest("[data-toast-close]")) leave(event.target.closest(".toast-note"));
  });
}

document.addEventListener("portal:announce", (event) => announce(event.detail.text));
document.addEventListener("portal:toast", (event) => toast(event.detail.text, event.detail.tone));
document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail.elt;
  const said = part.matches?.("[data-announce]") ? part : part.querySelector?.("[data-announce]");
  if (said) announce(said.dataset.announce || said.textContent.trim());
});
