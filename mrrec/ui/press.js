// One listener for all buttons of a list. The keyboard's place is kept when the list is drawn anew.
let key = null;
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  if (!button) return;
  key = button.dataset.key;
  trigger("click", { id: button.dataset.id, action: button.dataset.action });
});
watch("value", () => {
  if (!key || document.activeElement !== document.body) return;
  const again = [...element.querySelectorAll("button")].find((button) => button.dataset.key === key);
  key = null;
  if (again) again.focus({ preventScroll: true });
});
