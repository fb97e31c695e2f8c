// <input data-copy readonly>: pressing it selects it; a button beside it copies.

document.querySelectorAll("input[data-copy]").forEach((input) => {
  input.addEventListener("focus", () => input.select());
  if (!navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = input.dataset.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(input.value);
    document.dispatchEvent(
      new CustomEvent("portal:toast", { detail: { text: input.dataset.copied, tone: "good" } }),
    );
  });
  input.after(button);
});
