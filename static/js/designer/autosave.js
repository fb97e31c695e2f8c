// Automatic saving of the designer: what the state line says, what waits for it, and what happens
// without a connection. HTMX sends the form; the answer replaces the parts around the fields.

const KEPT = "designer:";
const RETRY_MS = 5000;
const OWN_FIELDS = ["csrfmiddlewaretoken", "version"];

let unsent = false;
let next = null;
const underWay = new Set();

const form = () => document.querySelector("[data-autosave]");
const words = (name) => document.getElementById("designer").dataset[name];
const inConflict = () => Boolean(document.querySelector("#conflict .conflict"));
const isOurs = (element) => Boolean(element.matches?.("[data-autosave]"));

function state(name, text) {
  const line = document.getElementById("save-state");
  if (!line) return;
  line.dataset.state = name;
  line.textContent = text;
}

// ---- what waits until everything is stored ----
function busy() {
  return !inConflict() && (unsent || underWay.size > 0);
}

function hold(go) {
  next = go;
  if (!underWay.size) form().requestSubmit();
}

function goOn(saved) {
  if (!next || busy()) return;
  const go = next;
  next = null;
  if (saved) go();
}

document.addEventListener("htmx:confirm", (event) => {
  if (isOurs(event.detail.elt) || !event.detail.elt.closest?.("#designer, .undo-pair") || !form() || !busy()) return;
  event.preventDefault();
  hold(() => event.detail.issueRequest(true));
});

// What waits is sent from where it was pressed, and a kind of question may be half typed there:
// the outline and the buttons stay until then.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const typing = document.activeElement?.matches?.("[data-add]");
  const { id } = event.detail.target;
  if ((next || typing) && id === "outline") event.detail.shouldSwap = false;
  if (next && id === "designer-actions") event.detail.shouldSwap = false;
  // Written since that save was sent: not all is stored yet.
  if (unsent && id === "save-state") event.detail.shouldSwap = false;
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || link.target || link.closest("[hx-boost]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!form() || !busy()) return;
  event.preventDefault();
  hold(() => location.assign(link.href));
});

// ---- saving ----
const formOf = (element) => element.form || element.closest?.("form");

document.addEventListener("input", (event) => {
  if (!form() || formOf(event.target) !== form()) return;
  unsent = true;
  if (!inConflict()) state("saving", words("wordsSaving"));
});

// While a conflict is on the page nothing is sent but the decision to keep one's own. Leaving a
// field, and the wait after the last letter, send nothing that was sent already.
function isNeedless({ formData, triggeringEvent }) {
  if (inConflict()) return !formData.has("keep");
  return !unsent && ["input", "change"].includes(triggeringEvent?.type);
}

// A command may have put another question in the form's place before its answer came: what that
// answer shows is of the question before.
function leaveNewer(event) {
  if (!event.currentTarget.isConnected) event.detail.shouldSwap = false;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig, xhr } = event.detail;
  if (!isOurs(elt)) return;
  if (isNeedless(requestConfig)) {
    event.preventDefault();
    return;
  }
  unsent = false;
  underWay.add(xhr);
  elt.addEventListener("htmx:beforeSwap", leaveNewer);
  // The events of a form that is gone do not reach the page; those of its request do. What waits
  // in the queue has begun by then.
  xhr.addEventListener("loadend", () => ended(elt, xhr));
});

function ended(target, xhr) {
  underWay.delete(xhr);
  if (xhr.status) localStorage.removeItem(keyOf(target));
  goOn(xhr.status >= 200 && xhr.status < 300);
}

// ---- without a connection ----
function keyOf(target) {
  return KEPT + target.getAttribute("action");
}

function keep(target) {
  // Only what a person typed; tokens and versions are the page's own.
  const typed = [...new FormData(target)].filter(([name]) => !OWN_FIELDS.includes(name));
  localStorage.setItem(keyOf(target), JSON.stringify(typed));
}

function fill(target, pairs) {
  const left = new Map();
  pairs.forEach(([name, value]) => left.set(name, [...(left.get(name) || []), value]));
  [...target.elements].forEach((field) => {
    const values = left.get(field.name) || [];
    if (field.type === "checkbox") field.checked = values.includes(field.value);
    else if (field.name && field.type !== "hidden" && values.length) field.value = values.shift();
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

document.addEventListener("htmx:sendError", (event) => {
  const target = event.detail.elt;
  if (!isOurs(target)) return;
  next = null;
  keep(target);
  state("offline", words("wordsOffline"));
  setTimeout(() => target.isConnected && target.requestSubmit(), RETRY_MS);
});

window.addEventListener("load", restore);
