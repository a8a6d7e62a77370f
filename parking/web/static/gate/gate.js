// The gate: codes come by scanner, camera or hand, are sent, and the answers fill the screen.

import { close, press, show, shown, showTemplate, startAnswers } from "./answer.js";
import "./printing.js";
import { askForPlace, isUnplaced, newScanId, place, startPlace, turn } from "./place.js";
import { forget, keptScans } from "./kept.js";
import { refreshAfterNews, startNow } from "./now.js";
import { remember, startRecent } from "./recent.js";
import { cleaned } from "./scanned.js";
import { isSending, send, stopSending } from "./sender.js";
import { startViewfinder } from "./viewfinder.js";
import { listen } from "./wedge.js";

const form = document.querySelector("[data-scan]");
const code = form.querySelector("[name=qr_code]");
const plate = form.querySelector("[name=plate_seen]");

function scan(text) {
  if (isUnplaced()) return askForPlace();
  const fields = { qr_code: cleaned(text), direction: place.direction, scan_id: newScanId() };
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
  else if (cleaned(code.value)) scan(code.value);
});

const isPlacing = () => isUnplaced() || document.querySelector("[data-place-choice]").open;

// While the attendant chooses the gate or takes money the camera may see other codes.
function seen(text) {
  if (isSending() || isPlacing() || ["quote", "wait"].includes(shown())) return false;
  scan(text);
  return true;
}

// A code field that has the focus must not bring up a keyboard over the camera: only a finger on it does.
code.addEventListener("pointerdown", () => (code.inputMode = "text"));
code.addEventListener("blur", () => (code.inputMode = "none"));

listen({
  onScan(text) {
    if (!isSending() && !document.querySelector("[data-place-choice]").open) scan(text);
  },
  onKey: press,
});

addEventListener("keydown", (event) => {
  if (event.key === "F2") turn();
  else if (event.key === "F4") viewfinder.toggle();
  else return;
  event.preventDefault();
});

// On a desk the lists stand open beside the picture.
const isDesk = matchMedia("(min-width: 64rem)");
addEventListener("click", (event) => {
  if (isDesk.matches && event.target.closest("[popovertarget]")) event.preventDefault();
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
    goOnWithKept();
  },
  onShown(part) {
    remember(part);
    refreshAfterNews();
  },
});

// --- What had no answer when the page was left --------------------------------------------------------

// The attendant knows what became of a car that has just come; later a person decides.
const JUST_NOW = 2 * 60 * 1000;
let kept = [];
let offered = null;

// Sends the next one again under its own number, or asks about it: nothing is done twice.
function goOnWithKept() {
  offered = null;
  const next = kept.shift();
  if (!next) return;
  if (Date.now() - next.at < JUST_NOW) deliver(next.address, next.fields);
  else offer(next);
}

function offer(unanswered) {
  offered = unanswered;
  const time = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: "medium",
    timeStyle: "short",
    hourCycle: "h23",
  });
  showTemplate("kept", { code: cleaned(offered.fields.qr_code ?? ""), time: time.format(offered.at) });
}

addEventListener("click", async ({ target }) => {
  if (!offered) return;
  const { id, address, fields } = offered;
  if (target.closest("[data-send-again]")) {
    offered = null;
    deliver(address, fields);
  } else if (target.closest("[data-discard]")) {
    await forget(id);
    close();
  }
});

// --- Start -----------------------------------------------------------------------------------------

startPlace();
startRecent();
startNow();
if (location.hash === "#choose") {
  askForPlace();
  history.replaceState(null, "", location.pathname);
}
// A car that was found without its code wants its bill.
if (/^#bill-QR-/i.test(location.hash) && !isUnplaced()) {
  const qr_code = location.hash.slice("#bill-".length);
  history.replaceState(null, "", location.pathname);
  deliver(form.action, { qr_code, direction: "OUT", scan_id: newScanId() });
}
// A ticket that was just written may go in at once: its page leads here with the code.
if (/^#QR-/i.test(location.hash)) {
  code.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}
if (!document.querySelector("dialog[open]")) code.focus();
const viewfinder = startViewfinder(seen);
kept = await keptScans();
if (!isSending()) goOnWithKept();
