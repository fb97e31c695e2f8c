// Days one types are a period of one's own: the choice beside them follows.
document.querySelectorAll("form[data-period]").forEach((form) => {
  const { period, first, last } = form.elements;
  [first, last].forEach((day) =>
    day.addEventListener("input", () => {
      period.value = "custom";
    }),
  );
});
