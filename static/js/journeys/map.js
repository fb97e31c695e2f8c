// The map of a journey: drag, keyboard and quick adding. Every move is one POST; the answer is the
// whole map as it is stored, also when somebody else changed it meanwhile.

const TOUCH_DELAY_MS = 180;
let lifted = null;
let focusCard = "";
let focusField = "";

const map = () => document.querySelector("[data-map]");
const stages = () => [...map().querySelectorAll("[data-stage]")];
const stageOf = (card) => card.closest("[data-stage]");
const listOf = (stage) => stage.querySelector("[data-cards]");
const cardsOf = (list) => [...list.querySelectorAll(":scope > [data-card]")];
const linkOf = (card) => card.querySelector("[data-card-link]");

function say(name, card) {
  const cards = cardsOf(card.parentElement);
  const values = {
    title: linkOf(card).textContent.trim(),
    column: stageOf(card).dataset.stageName,
    place: cards.indexOf(card) + 1,
    count: cards.length,
  };
  const text = map().dataset[name].replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");
  document.dispatchEvent(new CustomEvent("portal:announce", { detail: { text } }));
}

function standing(card) {
  return { card, list: card.parentElement, next: card.nextElementSibling };
}

function isThere({ card, list, next }) {
  return card.parentElement === list && card.nextElementSibling === next;
}

function putBack({ card, list, next }) {
  if (list.isConnected) list.insertBefore(card, next?.parentElement === list ? next : null);
}

function send(card, from) {
  if (isThere(from)) return;
  focusCard = card.dataset.card;
  const place = cardsOf(card.parentElement).indexOf(card);
  const values = { to: `${stageOf(card).dataset.stage}:${place}` };
  const unmoved = () => {
    if (card.isConnected) putBack(from);
  };
  window.htmx
    .ajax("POST", card.dataset.url, { source: card, target: "#map", swap: "outerHTML", values })
    .then(unmoved, unmoved);
}

// ---- drag ----
function makeSortable() {
  if (!window.Sortable || !map()) return;
  map().querySelectorAll("[data-cards]").forEach((list) => {
    let from = null;
    window.Sortable.create(list, {
      group: "map",
      draggable: "[data-card]",
      filter: "form, summary, button",
      preventOnFilter: false,
      delay: TOUCH_DELAY_MS,
      delayOnTouchOnly: true,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      onStart: ({ item }) => {
        from = standing(item);
      },
      onEnd: ({ item }) => send(item, from),
    });
  });
}

// ---- keys ----
function visit(card, key) {
  const cards = cardsOf(card.parentElement);
  const at = cards.indexOf(card);
  if (key === "ArrowUp") return cards[at - 1];
  if (key === "ArrowDown") return cards[at + 1];
  const step = key === "ArrowLeft" ? -1 : 1;
  const all = stages();
  let place = all.indexOf(stageOf(card)) + step;
  while (all[place] && !cardsOf(listOf(all[place])).length) place += step;
  const there = all[place] ? cardsOf(listOf(all[place])) : [];
  return there[Math.min(at, there.length - 1)];
}

function shift(card, key) {
  const cards = cardsOf(card.parentElement);
  const at = cards.indexOf(card);
  const all = stages();
  const here = all.indexOf(stageOf(card));
  if (key === "ArrowUp" && at > 0) cards[at - 1].before(card);
  if (key === "ArrowDown" && at < cards.length - 1) cards[at + 1].after(card);
  const beside = { ArrowLeft: all[here - 1], ArrowRight: all[here + 1] }[key];
  if (beside) listOf(beside).append(card);
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  linkOf(card).focus();
  say("wordsPlace", card);
}

function lift(card) {
  lifted = standing(card);
  card.classList.add("lifted");
  say("wordsLifted", card);
}

function letGo() {
  const from = lifted;
  lifted = null;
  from.card.classList.remove("lifted");
  return from;
}

function drop() {
  const from = letGo();
  say("wordsDropped", from.card);
  send(from.card, from);
}

function cancel() {
  const from = letGo();
  putBack(from);
  linkOf(from.card).focus();
  say("wordsBack", from.card);
}

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.("[data-map] [data-card-link]")?.closest("[data-card]");
  if (!card || event.ctrlKey || event.altKey || event.metaKey) return;
  const held = lifted?.card === card;
  if (event.key.startsWith("Arrow")) {
    if (held) shift(card, event.key);
    else {
      const other = visit(card, event.key);
      if (other) linkOf(other).focus();
    }
  } else if (event.key === " ") held ? drop() : lift(card);
  else if (event.key === "Enter" && held) drop();
  else if (event.key === "Escape" && held) cancel();
  else return;
  event.preventDefault();
  event.stopPropagation();
});

// A card left behind while held goes back to where it was.
document.addEventListener("focusout", (event) => {
  if (!lifted?.card.contains(event.target)) return;
  setTimeout(() => {
    if (lifted && !lifted.card.contains(document.activeElement)) cancel();
  });
});

// ---- quick adding: the field one wrote in keeps the focus ----
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt.closest?.("[data-map-add]");
  if (form) focusField = form.dataset.mapAdd;
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.detail.elt.matches?.("[data-map]")) return;
  makeSortable();
  const card = focusCard && map().querySelector(`[data-card="${focusCard}"]`);
  const field = focusField && map().querySelector(`[data-map-add="${focusField}"] input[name="name"]`);
  if (card) linkOf(card).focus();
  else if (field) field.focus();
  focusCard = "";
  focusField = "";
});

// One menu at a time; Esc closes it and gives the focus back.
document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches?.("[data-map] [data-move]") || !event.target.open) return;
    document.querySelectorAll("[data-map] [data-move][open]").forEach((menu) => {
      if (menu !== event.target) menu.open = false;
    });
  },
  true,
);
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("[data-map] [data-move][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

makeSortable();
