// The outline of goals by keys: arrows walk along, Alt with an arrow presses the row menu's button.
const STEPS = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" };
const table = document.querySelector("[data-goals]");
const links = table ? [...table.querySelectorAll("[data-goal]")] : [];

function walk(link, by) {
  links[links.indexOf(link) + by]?.focus();
}

function move(link, step) {
  const button = link.closest("tr").querySelector(`button[name=to][value=${step}]`);
  if (button && !button.disabled) button.click();
}

table?.addEventListener("keydown", (event) => {
  const link = event.target.closest("[data-goal]");
  const step = STEPS[event.key];
  if (!link || !step || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!event.altKey && (step === "in" || step === "out")) return;
  event.preventDefault();
  if (event.altKey) move(link, step);
  else walk(link, step === "up" ? -1 : 1);
});

// After a move the page comes back with the row's name in its address. The browser goes there by
// itself once everything is loaded, and lets the focus go; so the row takes it afterwards.
function focusMoved() {
  if (location.hash.startsWith("#goal-")) document.querySelector(`${location.hash} [data-goal]`)?.focus();
}
window.addEventListener("load", () => setTimeout(focusMoved, 50));
