// Keys: / search, g then a letter to go, n new, ? all keys. Off while one types, and with Ctrl, Alt, Meta.

const GO_WAIT_MS = 1500;
const letters = goLetters();
let goUntil = 0;

// Each place of the navigation gets the first letter of its key that is still free.
function goLetters() {
  const taken = new Map();
  document.querySelectorAll("[data-go]").forEach((link) => {
    const letter = [...link.dataset.go].find((char) => !taken.has(char));
    if (!letter) return;
    taken.set(letter, link);
    const row = document.querySelector(`[data-go-row="${CSS.escape(link.dataset.go)}"] [data-go-letter]`);
    if (row) row.textContent = letter;
  });
  return taken;
}

function isTyping(target) {
  return target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
}

function focusSearch() {
  const field = document.querySelector("[data-search-key]");
  if (field?.checkVisibility()) {
    field.focus();
    field.select();
  } else {
    document.querySelector(".search-small")?.click();
  }
}

const actions = {
  "/": focusSearch,
  "?": () => document.getElementById("keys")?.showModal(),
  n: () => document.querySelector("[data-new]")?.click(),
  g: () => {
    goUntil = Date.now() + GO_WAIT_MS;
  },
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape" && event.target.matches?.("[data-search-key]")) event.target.blur();
  if (isTyping(event.target) || document.querySelector("dialog:modal")) return;
  if (Date.now() < goUntil) {
    goUntil = 0;
    const link = letters.get(event.key);
    if (link) {
      event.preventDefault();
      link.click();
    }
    return;
  }
  const action = actions[event.key];
  if (action) {
    event.preventDefault();
    action();
  }
});
