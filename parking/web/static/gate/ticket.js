// The page that writes tickets: what is free may change while somebody types; keys for what comes after.

import "./printing.js";

let chosen = document.querySelector("[name=zone]:checked")?.value;

addEventListener("change", ({ target }) => {
  if (target.name === "zone") chosen = target.value;
});
// The replaced part does not have the choice.
addEventListener("live", () => {
  for (const zone of document.querySelectorAll("[name=zone]")) zone.checked = zone.value === chosen;
});

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, select, textarea")) return;
  document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`)?.click();
});
