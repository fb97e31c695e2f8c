// The inbox by keyboard: j and k walk the comments, x chooses one; "choose all" chooses the page.

const list = () => document.querySelector("[data-voice]");
const rows = () => [...(list()?.querySelectorAll(":scope > li") ?? [])];

function mark(box) {
  box.closest("li")?.classList.toggle("is-chosen", box.checked);
}

function step(by) {
  const all = rows();
  const here = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[Math.min(Math.max(here + by, 0), all.length - 1)];
  next?.querySelector("a.voice-text")?.focus();
}

document.addEventListener("change", (event) => {
  const { target } = event;
  if (target.matches("[data-choose-all]")) {
    for (const box of list()?.querySelectorAll("input[name=comments]") ?? []) {
      box.checked = target.checked;
      mark(box);
    }
  } else if (target.matches("[data-voice] input[name=comments]")) {
    mark(target);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input:not([type=checkbox]), select, textarea, dialog *")) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") step(1);
  if (event.key === "k") step(-1);
  if (event.key === "x") {
    const box = document.activeElement?.closest("[data-voice] > li")?.querySelector("input[name=comments]");
    if (!box) return;
    box.checked = !box.checked;
    mark(box);
  }
});
