// The board: drag, keyboard and quick log. Every move is one POST that carries the version the card
// was shown with; the answer is the whole board as it is stored, also when the move was refused.

const TOUCH_DELAY_MS = 180;
let lifted = null;
let focusNext = "";

const board = () => document.querySelector("[data-board]");
// On a board cut into lanes each lane is a row with a cell for every column.
const rows = () => [...board().querySelectorAll("[data-lane-row]")];
const columns = (card) => [...(card.closest("[data-lane-row]") ?? board()).querySelectorAll("[data-column]")];
const listOf = (column) => column.querySelector("[data-cards]");
const cardsOf = (list) => [...list.querySelectorAll(":scope > [data-card]")];
const linkOf = (card) => card.querySelector("[data-card-link]");

function say(text) {
  document.dispatchEvent(new CustomEvent("portal:announce", { detail: { text } }));
}

function words(name, values) {
  return Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), board().dataset[name]);
}

function titleOf(card) {
  return linkOf(card).textContent.trim();
}

function placeOf(card) {
  const list = card.closest("[data-cards]");
  const cards = cardsOf(list);
  const column = card.closest("[data-column]");
  return { column: column.dataset.columnName, place: cards.indexOf(card) + 1, count: cards.length };
}

function origin(card) {
  return { card, list: card.parentElement, next: card.nextElementSibling };
}

function putBack({ card, list, next }) {
  if (list.isConnected) list.insertBefore(card, next?.parentElement === list ? next : null);
}

function stands(from) {
  return from.card.parentElement === from.list && from.card.nextElementSibling === from.next;
}

// "column", "column:before:card" or "column:after:card", as the server reads it, and "@lane".
function target(card) {
  const { lane } = card.closest("[data-column]").dataset;
  return lane ? `${spot(card)}@${lane}` : spot(card);
}

function spot(card) {
  const column = card.closest("[data-column]").dataset.column;
  const cards = cardsOf(card.parentElement);
  const at = cards.indexOf(card);
  const above = cards[at - 1];
  const below = cards[at + 1];
  if (above) return `${column}:after:${above.dataset.card}`;
  return below ? `${column}:before:${below.dataset.card}` : column;
}

function send(card, from) {
  if (stands(from)) return;
  focusNext = card.dataset.card;
  const values = { to: target(card), version: card.dataset.version };
  const failed = () => putBack(from);
  window.htmx
    .ajax("POST", `${card.dataset.url}move/`, { source: card, target: "#board", swap: "outerHTML", values })
    .then(() => {
      if (card.isConnected) failed();
    }, failed);
}

// ---- drag ----
function sortables() {
  if (!window.Sortable || !board()) return;
  board().querySelectorAll("[data-cards]").forEach((list) => {
    // A board that is not stored yet has no columns to move to.
    if (!/^\d+$/.test(list.closest("[data-column]").dataset.column)) return;
    let from = null;
    window.Sortable.create(list, {
      group: "board",
      draggable: "[data-movable]",
      filter: "form, summary, button",
      preventOnFilter: false,
      delay: TOUCH_DELAY_MS,
      delayOnTouchOnly: true,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      onStart: ({ item }) => {
        from = origin(item);
      },
      onEnd: ({ item }) => send(item, from),
    });
  });
}

// ---- keys ----
function focusCard(card) {
  if (card) linkOf(card).focus();
}

function besides(card, step) {
  const all = columns(card);
  const at = all.indexOf(card.closest("[data-column]"));
  return all[at + step];
}

function laneBesides(card, step) {
  const all = rows();
  const row = all[all.indexOf(card.closest("[data-lane-row]")) + step];
  const { column } = card.closest("[data-column]").dataset;
  return all.length ? row?.querySelector(`[data-column="${column}"]`) : undefined;
}

// The nearest card of the same column in a lane above or below.
function cardBesides(card, step) {
  const { column } = card.closest("[data-column]").dataset;
  const all = rows();
  for (let at = all.indexOf(card.closest("[data-lane-row]")) + step; all[at]; at += step) {
    const there = cardsOf(listOf(all[at].querySelector(`[data-column="${column}"]`)));
    if (there.length) return step > 0 ? there[0] : there[there.length - 1];
  }
  return undefined;
}

function go(card, key) {
  const cards = cardsOf(card.parentElement);
  const at = cards.indexOf(card);
  if (key === "ArrowUp") return focusCard(cards[at - 1] ?? cardBesides(card, -1));
  if (key === "ArrowDown") return focusCard(cards[at + 1] ?? cardBesides(card, 1));
  const step = key === "ArrowLeft" ? -1 : 1;
  const all = columns(card);
  let place = all.indexOf(card.closest("[data-column]")) + step;
  while (all[place] && !cardsOf(listOf(all[place])).length) place += step;
  if (!all[place]) return undefined;
  const there = cardsOf(listOf(all[place]));
  return focusCard(there[Math.min(at, there.length - 1)]);
}

function shift(card, key) {
  const cards = cardsOf(card.parentElement);
  const at = cards.indexOf(card);
  if (key === "ArrowUp" && at > 0) cards[at - 1].before(card);
  else if (key === "ArrowUp" && laneBesides(card, -1)) listOf(laneBesides(card, -1)).append(card);
  if (key === "ArrowDown" && at < cards.length - 1) cards[at + 1].after(card);
  else if (key === "ArrowDown" && laneBesides(card, 1)) listOf(laneBesides(card, 1)).prepend(card);
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const column = besides(card, key === "ArrowLeft" ? -1 : 1);
    if (column) listOf(column).prepend(card);
  }
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  linkOf(card).focus();
  say(words("wordsPlace", placeOf(card)));
}

function lift(card) {
  if (!card.hasAttribute("data-movable")) {
    say(board().dataset.wordsFixed);
    return;
  }
  lifted = origin(card);
  card.classList.add("lifted");
  say(words("wordsLifted", { title: titleOf(card) }));
}

function drop() {
  const { card } = lifted;
  card.classList.remove("lifted");
  say(words("wordsDropped", { title: titleOf(card), column: placeOf(card).column }));
  const from = lifted;
  lifted = null;
  send(card, from);
}

function cancel() {
  const from = lifted;
  lifted = null;
  from.card.classList.remove("lifted");
  putBack(from);
  focusCard(from.card);
  say(words("wordsBack", { title: titleOf(from.card) }));
}

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.("[data-card-link]")?.closest("[data-card]");
  if (!card || event.ctrlKey || event.altKey || event.metaKey) return;
  const held = lifted?.card === card;
  const isArrow = event.key.startsWith("Arrow");
  if (isArrow) (held ? shift : go)(card, event.key);
  else if (event.key === " ") held ? drop() : lift(card);
  else if (event.key === "Enter" && held) drop();
  else if (event.key === "Escape" && held) cancel();
  else return;
  event.preventDefault();
  event.stopPropagation();
});

// A card left behind while held goes back to where it was.
document.addEventListener("focusout", (event) => {
  if (!lifted || !lifted.card.contains(event.target)) return;
  setTimeout(() => {
    if (lifted && !lifted.card.contains(document.activeElement)) cancel();
  });
});

// ---- after every swap ----
document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.detail.elt.matches?.("[data-board]")) return;
  sortables();
  if (focusNext) focusCard(board().querySelector(`[data-card="${focusNext}"]`));
  focusNext = "";
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("[data-board-log]");
  if (form && event.detail.successful) {
    form.elements.title.value = "";
    form.elements.title.focus();
  }
});

// ---- menus ----
// A card's menu is asked for when it is first opened; the board is drawn anew after every move.
function fill(menu) {
  const card = menu.closest("[data-card]");
  const place = menu.querySelector("[data-menu]");
  if (!place) return;
  const cards = cardsOf(card.parentElement);
  const at = cards.indexOf(card);
  const asked = new URLSearchParams();
  if (at > 0) asked.set("above", cards[at - 1].dataset.card);
  if (at < cards.length - 1) asked.set("below", cards[at + 1].dataset.card);
  if (board().dataset.lanes) asked.set("lanes", board().dataset.lanes);
  window.htmx.ajax("GET", `${card.dataset.url}menu/?${asked}`, { source: menu, target: place, swap: "outerHTML" });
}

// One menu at a time; Esc closes it and gives the focus back.
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("[data-move]") || !event.target.open) return;
  fill(event.target);
  document.querySelectorAll("[data-move][open]").forEach((menu) => {
    if (menu !== event.target) menu.open = false;
  });
}, true);
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("[data-move][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

sortables();
