// What a script adds to a respondent's page. Without it every question is answered all the same:
// here a slider gets its handle, points are summed while they are given, and what was typed
// survives a minute without a connection.

const form = document.getElementById("survey");
const RETRY_MS = 4000;

function slider(box) {
  const field = box.querySelector("input");
  const handle = document.createElement("input");
  Object.assign(handle, { type: "range", min: field.min, max: field.max, step: field.step });
  // The number is the answer: the handle is its second hand, and says nothing until it is moved.
  handle.value = field.value || (Number(field.min) + Number(field.max)) / 2;
  handle.setAttribute("aria-label", document.querySelector(`label[for="${CSS.escape(field.id)}"]`)?.textContent.trim() || "");
  handle.addEventListener("input", () => { field.value = handle.value; });
  field.addEventListener("input", () => { if (field.value) handle.value = field.value; });
  box.prepend(handle);
}

function sums(box) {
  const line = box.querySelector(".sum");
  const total = Number(box.dataset.sum);
  const say = () => {
    const spent = [...box.querySelectorAll("input")].reduce((sum, field) => sum + (Number(field.value) || 0), 0);
    line.hidden = false;
    line.textContent = `${spent} / ${total}`;
    line.classList.toggle("right", spent === total);
  };
  box.addEventListener("input", say);
  say();
}

// A choice that stands alone takes the others off, and the text beside a choice takes the choice.
function beside(event) {
  const { target } = event;
  if (!target.matches(".other") || !target.value) return;
  const choice = target.previousElementSibling?.querySelector("input");
  if (choice) choice.checked = true;
}

// ---- without a connection: kept on this device, sent when it is back ----
const key = () => `survey:${location.pathname}:${form.elements.page?.value || ""}`;

function keep() {
  const typed = [...new FormData(form)].filter(([name, value]) => name.startsWith("q_") && typeof value === "string");
  sessionStorage.setItem(key(), JSON.stringify(typed));
}

function restore() {
  const kept = JSON.parse(sessionStorage.getItem(key()) || "null");
  if (!kept || form.dataset.filled) return;
  const left = new Map();
  kept.forEach(([name, value]) => left.set(name, [...(left.get(name) || []), value]));
  [...form.elements].forEach((field) => {
    const values = left.get(field.name);
    if (!values || field.type === "hidden") return;
    if (["radio", "checkbox"].includes(field.type)) field.checked = values.includes(field.value);
    else if (field.type !== "file" && !field.value) field.value = values.shift() ?? "";
  });
}

async function reachable() {
  try {
    await fetch(location.href, { method: "HEAD", cache: "no-store" });
    return true;
  } catch {
    return false;
  }
}

async function send(event) {
  keep();
  if (navigator.onLine !== false || form.dataset.waits) return;
  event.preventDefault();
  form.dataset.waits = "yes";
  const notice = document.getElementById("offline");
  notice.hidden = false;
  const button = event.submitter;
  while (!(await reachable())) await new Promise((done) => setTimeout(done, RETRY_MS));
  notice.hidden = true;
  delete form.dataset.waits;
  form.requestSubmit(button);
}

// ---- a kiosk begins anew when nobody has touched it for a while ----
function kiosk(seconds, address) {
  let timer = 0;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { sessionStorage.clear(); location.replace(address); }, seconds * 1000);
  };
  ["pointerdown", "keydown", "input"].forEach((name) => document.addEventListener(name, again));
  again();
}

if (form) {
  document.querySelectorAll("[data-slider]").forEach(slider);
  document.querySelectorAll("[data-sum]").forEach(sums);
  form.addEventListener("input", beside);
  form.addEventListener("input", keep);
  form.addEventListener("submit", send);
  restore();
} else {
  // Arrived: what was kept here is no longer needed.
  Object.keys(sessionStorage).filter((name) => name.startsWith("survey:")).forEach((name) => sessionStorage.removeItem(name));
}
const reset = document.body.dataset.kiosk;
if (reset) kiosk(Number(reset), location.pathname);
