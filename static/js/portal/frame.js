// The frame: fold the navigation, switch light and dark. What is chosen is remembered on this device.

const root = document.documentElement;

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that forbids storage still folds; it only forgets.
  }
}

function showFolded(button) {
  button.setAttribute("aria-expanded", String(!root.classList.contains("nav-folded")));
}

function foldNavigation(button) {
  const folded = root.classList.toggle("nav-folded");
  remember("portal.navigation", folded ? "folded" : "open");
  showFolded(button);
}

function isDark() {
  if (root.dataset.bsTheme) return root.dataset.bsTheme === "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

function switchTheme() {
  root.dataset.bsTheme = isDark() ? "light" : "dark";
  remember("portal.theme", root.dataset.bsTheme);
  document.dispatchEvent(new CustomEvent("portal:theme", { detail: { theme: root.dataset.bsTheme } }));
}

document.addEventListener("click", (event) => {
  const fold = event.target.closest("[data-fold-navigation]");
  if (fold) foldNavigation(fold);
  if (event.target.closest("[data-theme-switch]")) switchTheme();
});

document.querySelectorAll("[data-fold-navigation]").forEach(showFolded);
