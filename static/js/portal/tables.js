// A table wider than its place can be scrolled by keyboard; one that fits is no stop on the way.

const seen = new ResizeObserver((entries) => {
  entries.forEach(({ target }) => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = target;
    if (scrollWidth > clientWidth || scrollHeight > clientHeight) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  });
});

function watch(root) {
  root.querySelectorAll(".table-wrap").forEach((wrap) => seen.observe(wrap));
}

watch(document);
document.addEventListener("htmx:afterSettle", (event) => watch(event.target));
