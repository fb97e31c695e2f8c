// The map of a journey as a grid: one stop in the tab order, arrows from cell to cell, cards moved by
// drag or by keys. All handlers sit on the document, so that a large map costs nothing to open.

let lifted = null;
let focusCell = "";

const grid = () => document.querySelector("[data-grid]");
const isEditable = () => grid()?.hasAttribute("data-editable");
const cellOf = (element) => element.closest?.("[data-cell]");
const panelOpen = () => document.getElementById("panel")?.open;

function ajax(verb, url, values, target = "#panel-body", swap = "innerHTML") {
  return window.htmx.ajax(verb, url, { source: grid(), target, swap, values });
}

function say(name, values) {
  const text = grid().dataset[name].replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");
  document.dispatchEvent(new CustomEvent("portal:announce", { detail: { text } }));
}

function words(cell) {
  const row = cell.parentElement;
  const head = grid().querySelector(".grid-steps").children[cell.cellIndex];
  return { lane: row.cells[0].textContent.trim(), step: head.textContent.trim() };
}

// ---- one stop in the tab order ----
function stop(cell, focus = true) {
  grid().querySelectorAll("[data-cell][tabindex='0']").forEach((old) => old.setAttribute("tabindex", "-1"));
  cell.setAttribute("tabindex", "0");
  if (focus) {
    cell.focus();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

function beside(cell, key) {
  const rows = [...grid().querySelectorAll("tr[data-lane]:not([data-computed])")];
  const row = rows.indexOf(cell.parentElement);
  if (key === "ArrowLeft") return cell.previousElementSibling?.matches("[data-cell]") && cell.previousElementSibling;
  if (key === "ArrowRight") return cell.nextElementSibling;
  const other = rows[row + (key === "ArrowUp" ? -1 : 1)];
  return other?.cells[cell.cellIndex];
}

function openCell(cell) {
  const [lane, step] = cell.dataset.cell.split("-");
  if (step === "0") return;
  focusCell = cell.id;
  ajax("GET", `${grid().dataset.lanes}${lane}/steps/${step}/`);
}

// ---- moving a card ----
function moveTo(card, cell) {
  const [lane, step] = cell.dataset.cell.split("-");
  focusCell = cell.id;
  const was = card.parentElement;
  const next = card.nextElementSibling;
  cell.append(card);
  const back = () => {
    if (card.isConnected && card.parentElement === cell && was.isConnected) was.insertBefore(card, next);
  };
  const target = panelOpen() ? "#panel-body" : "#map-nowhere";
  ajax("POST", `${grid().dataset.cards}${card.dataset.card}/move/`, { to: `${lane}:${step}` }, target).catch(back);
  document.addEventListener("htmx:responseError", back, { once: true });
}

function lift(card) {
  lifted = { card, from: card.parentElement, next: card.nextElementSibling, to: card.parentElement };
  card.classList.add("lifted");
  say("wordsLifted", { title: card.firstChild.textContent.trim() });
}

function shift(key) {
  const cell = beside(lifted.to, key);
  if (!cell || cell.dataset.cell.endsWith("-0")) return;
  cell.append(lifted.card);
  lifted.to = cell;
  lifted.card.focus();
  lifted.card.scrollIntoView({ block: "nearest", inline: "nearest" });
  say("wordsPlace", words(cell));
}

function letGo(keep) {
  const { card, from, next, to } = lifted;
  lifted = null;
  card.classList.remove("lifted");
  from.insertBefore(card, next);
  if (keep && to !== from) moveTo(card, to);
  else {
    card.focus();
    if (!keep) say("wordsBack", { title: card.firstChild.textContent.trim() });
  }
}

// ---- keys ----
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && isEditable()) {
    if (event.target.matches("input, textarea, select")) return;
    event.preventDefault();
    document.querySelector("[data-map-undo]")?.click();
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const card = event.target.closest?.("[data-grid] [data-card]");
  const cell = card ? cellOf(card) : event.target.matches?.("[data-cell]") && event.target;
  if (!cell) return;
  if (card && isEditable() && cardKey(event, card)) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  if (event.key.startsWith("Arrow")) {
    const other = beside(cell, event.key);
    if (other) stop(other);
  } else if (!card && event.key === "Enter") openCell(cell);
  else if (!card && isEditable() && event.key === " ") {
    const first = cell.querySelector("[data-card]");
    if (!first) return;
    first.focus();
    lift(first);
  } else if (card && event.key === "Escape") stop(cell);
  else return;
  event.preventDefault();
  event.stopPropagation();
});

function cardKey(event, card) {
  if (lifted?.card === card) {
    if (event.key.startsWith("Arrow")) shift(event.key);
    else if (event.key === " " || event.key === "Enter") letGo(true);
    else if (event.key === "Escape") letGo(false);
    else return false;
    return true;
  }
  if (event.key === " ") lift(card);
  else if (event.key === "Delete") {
    focusCell = cellOf(card).id;
    ajax("POST", `${grid().dataset.cards}${card.dataset.card}/delete/`);
  } else return false;
  return true;
}

document.addEventListener("focusout", (event) => {
  if (!lifted || event.target !== lifted.card) return;
  setTimeout(() => {
    if (lifted && document.activeElement !== lifted.card) letGo(false);
  });
});

// ---- pointer: a card or a name opens the panel, an empty place its cell ----
document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !grid()) return;
  const link = event.target.closest("[data-grid] :is([data-card], [data-panel])");
  if (link) {
    event.preventDefault();
    const cell = cellOf(link);
    if (cell) stop(cell, false);
    ajax("GET", link.getAttribute("href"));
    return;
  }
  const cell = event.target.closest("[data-grid] [data-cell]");
  if (cell) {
    stop(cell, false);
    openCell(cell);
  }
});

// ---- drag; the twin is “Move to…” on the card ----
document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.("[data-grid][data-editable] [data-card]");
  if (!card) return;
  event.dataTransfer.setData("text/plain", card.dataset.card);
  event.dataTransfer.effectAllowed = "move";
});
document.addEventListener("dragover", (event) => {
  const cell = event.target.closest?.("[data-grid][data-editable] [data-cell]");
  if (cell && !cell.dataset.cell.endsWith("-0")) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  const cell = event.target.closest?.("[data-grid][data-editable] [data-cell]");
  const card = cell && grid().querySelector(`[data-card="${CSS.escape(event.dataTransfer.getData("text/plain"))}"]`);
  if (!card) return;
  event.preventDefault();
  if (card.parentElement !== cell) moveTo(card, cell);
});

// ---- feelings: numbers, and points dragged up and down ----
function setFeeling(step, persona, value) {
  ajax("POST", `${grid().dataset.emotions}${step}/emotion/`, { persona, value }, "#map-nowhere");
}

document.addEventListener("change", (event) => {
  const field = event.target.closest?.("[data-feeling]");
  if (!field || !field.reportValidity()) return;
  const [step, persona] = field.dataset.feeling.split(":");
  focusCell = `feeling ${field.dataset.feeling}`;
  setFeeling(step, persona, field.value);
});

document.addEventListener("pointerdown", (event) => {
  const point = event.target.closest?.("[data-grid][data-editable] [data-point]");
  if (!point) return;
  event.preventDefault();
  const curve = point.closest(".curve").getBoundingClientRect();
  const [persona, column] = point.dataset.point.split(":");
  const edge = 12;
  let value = null;
  const follow = (move) => {
    const share = (move.clientY - curve.top - edge) / (curve.height - 2 * edge);
    value = Math.max(-5, Math.min(5, Math.round(5 - share * 10)));
    point.setAttribute("y", edge + ((5 - value) / 10) * (curve.height - 2 * edge));
  };
  const end = () => {
    document.removeEventListener("pointermove", follow);
    const step = grid().querySelector(".grid-steps").children[Number(column) + 1].dataset.step;
    if (value !== null) setFeeling(step, persona, value);
  };
  document.addEventListener("pointermove", follow);
  document.addEventListener("pointerup", end, { once: true });
});

// ---- after an answer the focus is where the work was ----
document.addEventListener("htmx:afterSettle", () => {
  if (!grid()) return;
  if (!grid().querySelector("[data-cell][tabindex='0']")) {
    grid().querySelector("[data-cell]")?.setAttribute("tabindex", "0");
  }
  const field = document.querySelector("#panel-body [data-autofocus]");
  if (field && panelOpen() && focusCell.startsWith("cell-")) field.focus();
  else if (focusCell.startsWith("feeling ")) {
    document.querySelector(`[data-feeling="${focusCell.slice(8)}"]`)?.focus();
    focusCell = "";
  }
});

document.addEventListener("portal:panel-closed", () => {
  const cell = focusCell && document.getElementById(focusCell);
  if (cell) stop(cell);
  focusCell = "";
});

grid()?.querySelector("[data-cell]")?.setAttribute("tabindex", "0");
