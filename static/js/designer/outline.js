// The outline: questions move by drag or by Alt and the arrow keys; arrows alone walk along.
// Every move is one POST of "<page>:<position>"; the answer is the designer as it is stored.

const TOUCH_DELAY_MS = 200;
let focusNext = "";

const designer = () => document.getElementById("designer");
const outline = () => document.getElementById("outline");
const lists = () => [...outline().querySelectorAll("[data-outline-list]")];

function send(item) {
  const list = item.parentElement;
  const position = [...list.children].indexOf(item);
  focusNext = item.querySelector("a").id;
  const text = designer().dataset.wordsPlace.replace("{place}", position + 1).replace("{count}", list.children.length);
  document.dispatchEvent(new CustomEvent("portal:announce", { detail: { text } }));
  window.htmx.ajax("POST", item.dataset.moveUrl, {
    source: item,
    target: "#designer",
    select: "#designer",
    swap: "outerHTML show:none",
    values: { place: `${list.dataset.outlineList}:${position}` },
  });
}

function sortables() {
  if (!window.Sortable || !outline()) return;
  lists().forEach((list) => {
    if (list.dataset.sorts) return;
    list.dataset.sorts = "yes";
    window.Sortable.create(list, {
      group: "questions",
      delay: TOUCH_DELAY_MS,
      delayOnTouchOnly: true,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      onEnd: ({ item, from, to, oldIndex, newIndex }) => {
        if (from !== to || oldIndex !== newIndex) send(item);
      },
    });
  });
}

function shift(item, step) {
  const list = item.parentElement;
  const besides = step < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (besides) {
    if (step < 0) besides.before(item);
    else besides.after(item);
    return send(item);
  }
  const all = lists();
  const other = all[all.indexOf(list) + step];
  if (!other) return undefined;
  if (step < 0) other.append(item);
  else other.prepend(item);
  return send(item);
}

function walk(link, step) {
  const links = [...outline().querySelectorAll("a")];
  links[links.indexOf(link) + step]?.focus();
}

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.("#outline a");
  if (!link || !["ArrowUp", "ArrowDown"].includes(event.key) || event.ctrlKey || event.metaKey) return;
  const step = event.key === "ArrowUp" ? -1 : 1;
  const item = link.closest("[data-question]");
  event.preventDefault();
  if (event.altKey && item) shift(item, step);
  else if (!event.altKey) walk(link, step);
});

// One menu at a time; Esc or a press elsewhere closes it.
document.addEventListener("click", (event) => {
  document.querySelectorAll("[data-pop][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("[data-pop][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("htmx:load", sortables);
document.addEventListener("htmx:afterSettle", (event) => {
  sortables();
  const isWhole = event.detail.elt.id === "designer";
  const place = focusNext ? document.getElementById(focusNext) : outline()?.querySelector("[aria-current]");
  // The button that was pressed may be gone with what it acted on.
  if (focusNext || (isWhole && document.activeElement === document.body)) place?.focus({ preventScroll: true });
  focusNext = "";
});

// The library is deferred: it is there when the page has loaded.
window.addEventListener("load", sortables);
sortables();
