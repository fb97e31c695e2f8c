// Dialogs and the side panel.
//   <button data-dialog="id">            opens <dialog id="id">; a link with data-dialog works without
//                                        script as the link it is.
//   hx-target="#panel-body"              fills the side panel, which then opens by itself.
// Focus goes in on opening and back to where it was on closing.

const panel = document.getElementById("panel");
const small = matchMedia("(max-width: 991.98px)");
let openedFrom = null;

function open(dialog) {
  if (dialog.open) return;
  openedFrom = document.activeElement;
  dialog.showModal();
  dialog.querySelector("[autofocus], .dialog-actions .btn-primary")?.focus();
}

function openPanel() {
  if (!panel || panel.open) return;
  openedFrom = document.activeElement;
  if (small.matches) panel.showModal();
  else panel.show();
  const heading = panel.querySelector("#panel-body :is(h2, h3)");
  if (heading) {
    heading.tabIndex = -1;
    heading.focus();
  }
}

function focusBack() {
  if (openedFrom?.isConnected) openedFrom.focus();
  openedFrom = null;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault();
    open(dialog);
    return;
  }
  // A press on the veil around a modal dialog closes it.
  if (event.target instanceof HTMLDialogElement && event.target.matches(":modal")) {
    const box = event.target.getBoundingClientRect();
    const inside =
      event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
});

document.querySelectorAll("dialog").forEach((dialog) => dialog.addEventListener("close", focusBack));

if (panel) {
  const body = document.getElementById("panel-body");
  if (body.childElementCount) openPanel();
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === body && body.childElementCount) openPanel();
  });
  document.addEventListener("keydown", (event) => {
    // A dialog opened beside the page does not close by Esc on its own.
    const menuOpen = document.querySelector(".dropdown-menu.show");
    if (event.key === "Escape" && panel.open && !panel.matches(":modal") && !menuOpen) panel.close();
  });
  panel.addEventListener("close", () => {
    document.dispatchEvent(new CustomEvent("portal:panel-closed"));
  });
}
