// The page that connects a printer: what the browser has, how wide the paper is, a test.

import { ask, forget, keep, kept, ways } from "./printer.js";
import { printed, tell } from "./printing.js";

const setup = document.querySelector("[data-printer-setup]");
const test = JSON.parse(document.getElementById("test-slip").textContent);
const dots = () => Number(setup.querySelector("[name=dots]:checked").value);

function show() {
  const printer = kept();
  for (const button of setup.querySelectorAll("[data-connect]"))
    button.hidden = !ways().includes(button.dataset.connect);
  for (const name of ["[data-test-print]", "[data-forget-printer]"]) setup.querySelector(name).hidden = !printer;
  setup.querySelector("[data-no-printer]").hidden = ways().length > 0;
  if (printer) setup.querySelector(`[name=dots][value="${printer.dots}"]`).checked = true;
}

async function connect(way) {
  try {
    await ask(way);
  } catch {
    return; // the person closed the list
  }
  keep({ way, dots: dots() });
  show();
}

setup.addEventListener("change", () => {
  if (kept()) keep({ ...kept(), dots: dots() });
});
setup.addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (button?.dataset.connect) await connect(button.dataset.connect);
  if (button?.matches("[data-forget-printer]")) {
    forget();
    show();
  }
  if (button?.matches("[data-test-print]")) {
    try {
      await printed(test);
      tell("done");
    } catch {
      tell("failed");
    }
  }
});
show();
