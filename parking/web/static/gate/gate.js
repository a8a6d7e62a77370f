// The gate: codes come by scanner, camera or hand, are sent, and the answers fill the screen.

import { close, press, show, shown, showTemplate, startAnswers } from "./answer.js";
import { Camera } from "./camera.js";
import { askForPlace, isUnplaced, newScanId, place, startPlace, turn } from "./place.js";
import { isSending, send, stopSending, unanswered } from "./sender.js";
import { listen } from "./wedge.js";

const form = document.querySelector("[data-scan]");
const code = form.querySelector("[name=qr_code]");
const plate = form.querySelector("[name=plate_seen]");

function scan(text) {
  if (isUnplaced()) return askForPlace();
  const fields = { qr_code: text.trim(), direction: place.direction, scan_id: newScanId() };
  if (plate.value.trim()) fields.plate_seen = plate.value.trim();
  form.reset();
  return deliver(form.action, fields);
}

async function deliver(address, typed) {
  const fields = place.gate ? { gate_id: place.gate, ...typed } : typed;
  document.body.dataset.busy = "yes";
  const part = await send(address, fields, () => showTemplate("unanswered"));
  if (part === null) return;
  delete document.body.dataset.busy;
  show(part);
}

// --- Input -----------------------------------------------------------------------------------------

form.addEventListener("submit", (event) => {
  event.preventDefault();
  // A scanner may read a code twice: the first has its answer on the way, the second would get "already inside".
  if (isSending()) code.value = "";
  else if (code.value.trim()) scan(code.value);
});

const camera = new Camera({
  panel: document.querySelector("[data-camera-panel]"),
  button: document.querySelector("[data-camera]"),
  // While the attendant takes money the camera may see other codes.
  onCode(text) {
    if (isSending() || ["quote", "wait"].includes(shown())) return false;
    scan(text);
    return true;
  },
});

listen({
  onScan(text) {
    if (!isSending() && !document.querySelector("[data-place-choice]").open) scan(text);
  },
  onKey: press,
});

addEventListener("keydown", (event) => {
  if (event.key === "F2") turn();
  else if (event.key === "F4") camera.toggle();
  else return;
  event.preventDefault();
});

// --- What the answers send -------------------------------------------------------------------------

addEventListener("submit", (event) => {
  if (!event.target.matches("[data-sends]")) return;
  event.preventDefault();
  if (!isSending()) deliver(event.target.action, Object.fromEntries(new FormData(event.target)));
});

addEventListener("click", ({ target }) => {
  if (target.closest("[data-stop-sending]")) close();
  if (target.closest("[data-choose-gate]")) {
    close();
    askForPlace();
  }
});

startAnswers({
  mayClose: () => !isSending(),
  onClose() {
    stopSending();
    delete document.body.dataset.busy;
    code.focus();
  },
});

// --- Start -----------------------------------------------------------------------------------------

startPlace();
if (location.hash === "#choose") {
  askForPlace();
  history.replaceState(null, "", location.pathname);
}
// A ticket that was just written may go in at once: its page leads here with the code.
if (/^#QR-/i.test(location.hash)) {
  code.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}
if (!document.querySelector("dialog[open]")) code.focus();
const kept = unanswered();
if (kept) deliver(kept.address, kept.fields);
