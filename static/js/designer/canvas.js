// The question as respondents see it: drawn again after each save without a flicker, as wide as the
// device it stands for, in the language chosen last.

const LANGUAGE = "designer-language";
const DEVICE = "designer-device";
const MARGIN = 2;
// On a small screen the wide drawing would be too small to read.
const narrow = matchMedia("(max-width: 991.98px)");

// Sizes go into a style sheet of their own: an element with inline style cannot be copied under the
// content policy, and HTMX copies the page into the browser's history.
const sizes = new CSSStyleSheet();
document.adoptedStyleSheets.push(sizes);

const canvas = () => document.querySelector("[data-canvas]");
const frameOf = (box) => box.querySelector("iframe");

function fit() {
  const box = canvas();
  const main = box && frameOf(box).contentDocument?.querySelector("main");
  if (!main) return;
  const frame = frameOf(box);
  const scale = Math.min(1, frame.parentElement.clientWidth / frame.offsetWidth);
  const height = main.offsetHeight + MARGIN;
  sizes.replaceSync(`
    .canvas-frame { height: ${height}px; transform: scale(${scale}); }
    .canvas-stage { height: ${Math.ceil(height * scale)}px; }
  `);
}

function mark(box, language) {
  box.querySelectorAll("[data-language]").forEach((link) => {
    if (link.dataset.language === language) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
}

function shownLanguage(box) {
  return new URL(frameOf(box).src, location.href).searchParams.get("language");
}

function choose(box, link) {
  mark(box, link.dataset.language);
  frameOf(box).src = link.href;
}

function start() {
  const box = canvas();
  if (!box || box.dataset.started) return;
  box.dataset.started = "yes";
  frameOf(box).addEventListener("load", fit);
  const device = box.querySelector(`[name=view][value="${narrow.matches ? "phone" : localStorage.getItem(DEVICE) || "desktop"}"]`);
  if (device) device.checked = true;
  const link = box.querySelector(`[data-language="${localStorage.getItem(LANGUAGE)}"]`);
  if (link && link.dataset.language !== shownLanguage(box)) choose(box, link);
  else mark(box, shownLanguage(box));
  fit();
}

async function redraw() {
  const box = canvas();
  const frame = box && frameOf(box);
  const main = frame?.contentDocument?.querySelector("main");
  if (!main) return;
  const answer = await fetch(frame.src, { credentials: "same-origin" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  main.replaceChildren(...page.querySelector("main").childNodes);
  fit();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-canvas-languages] a");
  if (!link) return;
  event.preventDefault();
  localStorage.setItem(LANGUAGE, link.dataset.language);
  choose(canvas(), link);
});
document.addEventListener("change", (event) => {
  if (event.target.name !== "view") return;
  localStorage.setItem(DEVICE, event.target.value);
  fit();
});
window.addEventListener("resize", fit);
document.addEventListener("designer:saved", redraw);
document.addEventListener("htmx:load", start);
document.addEventListener("htmx:afterSettle", start);
start();
