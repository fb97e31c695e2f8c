// Runs before the first paint (not a module): a person's own choice of light or dark, and a folded
// navigation, must not flicker.
(() => {
  const root = document.documentElement;
  const remembered = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const theme = remembered("portal.theme");
  if (theme === "light" || theme === "dark") root.dataset.bsTheme = theme;
  root.classList.toggle("nav-folded", remembered("portal.navigation") === "folded");
})();
