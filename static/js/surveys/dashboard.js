// Widgets of a dashboard are dragged by their heads; the menu beside each does the same by keyboard.

const list = document.querySelector("#widgets[data-arrange]");

async function move(widget, to) {
  const body = new URLSearchParams({ to: String(to) });
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(widget.dataset.move, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": token },
  });
  if (!answer.ok) throw new Error(String(answer.status));
}

if (list && window.Sortable) {
  window.Sortable.create(list, {
    handle: ".widget-head",
    filter: "details, a, button, select",
    preventOnFilter: false,
    animation: 150,
    onEnd: async (event) => {
      if (event.oldIndex === event.newIndex) return;
      try {
        await move(event.item, event.newIndex);
      } finally {
        window.location.reload(); // places are numbered anew
      }
    },
  });
}
