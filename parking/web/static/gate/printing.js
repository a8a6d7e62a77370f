// Buttons that print a slip or receipt: on the printer of this device, else as a page or PDF. Money counts either way.

import { encoded } from "./escpos.js";
import { drawn } from "./paper.js";
import { kept, write } from "./printer.js";

export async function printed(slip, options) {
  await document.fonts?.ready;
  await write(encoded(drawn(slip.rows, kept().dots)), options);
}

async function printSlip(address, options) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`no slip: ${answer.status}`);
  await printed(await answer.json(), options);
}

export function tell(state) {
  for (const note of document.querySelectorAll("[data-printing-state]"))
    note.hidden = note.dataset.printingState !== state;
}

function otherwise(button) {
  if (button.href) open(button.href, "_blank", "noopener");
  else print();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-slip]");
  if (!button) return;
  if (!kept()) {
    if (!button.href) print();
    return;
  }
  event.preventDefault();
  try {
    await printSlip(button.dataset.slip);
    tell("done");
  } catch {
    tell("failed");
    otherwise(button);
  }
});

// A walk-in's slip comes by itself, once.
async function printAtOnce(button) {
  const done = `printed ${button.dataset.slip}`;
  if (!kept() || sessionStorage.getItem(done)) return;
  sessionStorage.setItem(done, "yes");
  try {
    await printSlip(button.dataset.slip, { mayAsk: false });
    tell("done");
  } catch {
    tell("failed");
  }
}

const atOnce = document.querySelector("[data-slip-at-once]");
if (atOnce) printAtOnce(atOnce);
