// The choices of a question: a fresh line as soon as the last one is used, several lines pasted at
// once, order by drag. Saving is the form's own; the order of the lines is the order stored.

const CODE = "input[type=hidden]";
const codeOf = (row) => row.querySelector(CODE);
const inputsOf = (row) => [...row.querySelectorAll(".i18n-text input")];

function nextCode(rows) {
  const { stem } = rows.dataset;
  const numbers = [...rows.querySelectorAll(CODE)].map((field) => Number(field.value.match(new RegExp(`^${stem}(\\d+)$`))?.[1] || 0));
  return `${stem}${Math.max(0, ...numbers) + 1}`;
}

function freshRow(rows) {
  const row = rows.lastElementChild.cloneNode(true);
  const place = rows.children.length;
  const code = nextCode(rows);
  codeOf(row).value = code;
  row.querySelectorAll("button[name=do]").forEach((button) => {
    const [verb] = button.value.split(":");
    button.value = `${verb}:${code}`;
    button.id = `${rows.dataset.choiceRows}-${verb.split(".").pop()}-${code}`;
  });
  row.querySelectorAll(".part-more-fields :is(input, select)").forEach((field) => { field.value = field.matches("select") ? field.options[0].value : ""; });
  inputsOf(row).forEach((field) => {
    field.value = "";
    field.id = `${rows.dataset.choiceRows}-${place}-${field.lang}`;
    const label = field.parentElement.querySelector("label");
    label.htmlFor = field.id;
    label.textContent = label.textContent.replace(/\d+$/, place + 1);
  });
  rows.append(row);
  return row;
}

const isUsed = (row) => inputsOf(row).some((field) => field.value.trim());

// A line that says something has its grip and buttons; there is always an empty one below.
function settle(rows) {
  if (isUsed(rows.lastElementChild)) freshRow(rows).classList.add("choice-new");
  [...rows.children].filter(isUsed).forEach((row) => row.classList.remove("choice-new"));
}

document.addEventListener("input", (event) => {
  const rows = event.target.closest?.("[data-choice-rows]");
  if (rows) settle(rows);
});

document.addEventListener("paste", (event) => {
  const rows = event.target.closest?.("[data-choice-rows]");
  const lines = (event.clipboardData?.getData("text") || "").split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
  if (!rows || lines.length < 2) return;
  event.preventDefault();
  const { lang } = event.target;
  let row = event.target.closest("li");
  lines.forEach((line) => {
    const field = inputsOf(row).find((one) => one.lang === lang);
    field.value = line;
    settle(rows);
    row = row.nextElementSibling || freshRow(rows);
  });
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
});

function sortable() {
  document.querySelectorAll("[data-choice-rows]").forEach((rows) => {
    if (!window.Sortable || rows.dataset.sorts) return;
    rows.dataset.sorts = "yes";
    window.Sortable.create(rows, {
      handle: ".choice-grip",
      draggable: ".choice-row:not(.choice-new)",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      onEnd: () => rows.dispatchEvent(new Event("input", { bubbles: true })),
    });
  });
}

document.addEventListener("htmx:load", sortable);
document.addEventListener("htmx:afterSettle", sortable);
window.addEventListener("load", sortable);
