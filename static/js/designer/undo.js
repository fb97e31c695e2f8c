// Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y) outside of fields press the designer's two buttons; inside a
// field the browser takes back what was typed there.

const FIELD = "input:not([type=checkbox], [type=radio], [type=button], [type=color]), textarea, select, [contenteditable]";

function wanted(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return "";
  const key = event.key.toLowerCase();
  if (key === "y") return "[data-draft-redo]";
  if (key !== "z") return "";
  return event.shiftKey ? "[data-draft-redo]" : "[data-draft-undo]";
}

document.addEventListener("keydown", (event) => {
  const form = wanted(event);
  if (!form || event.target.closest?.(FIELD) || document.querySelector("dialog[open]")) return;
  const button = document.querySelector(`${form} button`);
  if (!button) return;
  event.preventDefault();
  if (!button.disabled) button.click();
});
