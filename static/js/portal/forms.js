// Forms lose nothing: a second press does not send twice, leaving a changed form asks first, and the
// summary of errors takes the focus.
//   <form data-guard>                    asks before its changes are left behind
//   <form data-submit-on-change>         sends itself when a field changes (filters without HTMX)

const SENT_AGAIN_MS = 8000;
const changed = new Set();

function buttonsOf(form) {
  return [...form.elements].filter((element) => element.type === "submit");
}

function markBusy(form) {
  buttonsOf(form).forEach((button) => button.setAttribute("aria-busy", "true"));
  form.dataset.sent = String(Date.now());
}

function release(form) {
  delete form.dataset.sent;
  buttonsOf(form).forEach((button) => button.removeAttribute("aria-busy"));
}

function focusErrors(root) {
  const summary = root.querySelector?.(".error-summary");
  summary?.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || event.defaultPrevented) return;
  if (Date.now() - Number(form.dataset.sent || 0) < SENT_AGAIN_MS) {
    event.preventDefault();
    return;
  }
  changed.delete(form);
  // A download or a new tab leaves this page as it is.
  if (form.method === "post" && !form.target && !form.hasAttribute("data-stays")) markBusy(form);
});

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-guard")) changed.add(form);
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-submit-on-change")) form.requestSubmit();
});

window.addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});

// Back from the next page, or an answer by HTMX: the buttons work again.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (form) release(form);
  if (form && event.detail.successful) changed.delete(form);
});
document.addEventListener("htmx:afterSettle", (event) => focusErrors(event.detail.elt));
focusErrors(document);
