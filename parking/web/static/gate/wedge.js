// Keyboards and scanners that type like one. A scanner types fast and ends with Enter or Tab; a person presses single
// keys, which are shortcuts, or types into a field. A scan counts wherever the focus is.

import { Burst, FAST, fieldOf, SHORTEST } from "./burst.js";
import { characterOf, endOf, typesNothing } from "./keys.js";
import { cleaned, isTicket, isWholeTicket } from "./scanned.js";

const PRESSED_BY_SPACE = "button, summary, input[type=radio]";
const CAPTURE = { capture: true };

const isOwn = (field) => field?.name === "qr_code" && field.type !== "hidden";

export function listen({ onScan, onKey }) {
  listenToKeys({ onScan, onKey });
  listenToInsertions(onScan);
  // Browsers press a button when the space bar comes up.
  const keepFromPressing = (event) => {
    if (event.key === " " && !fieldOf(event.target)) event.preventDefault();
  };
  document.addEventListener("keyup", keepFromPressing, CAPTURE);
}

function listenToKeys({ onScan, onKey }) {
  let burst = new Burst(null);
  let timer = 0;

  // Nothing more came: not a scanner. Outside of fields each key is a shortcut of its own.
  const settle = () => {
    const { typed, field, target } = burst;
    burst = new Burst(null);
    if (field || typed.length >= SHORTEST) return;
    if (typed === " ") target.closest?.(PRESSED_BY_SPACE)?.click();
    else for (const key of typed) onKey(key);
  };

  function take(event) {
    if (event.isComposing) return;
    const ending = endOf(event);
    if (ending) return end(event, ending);
    if (typesNothing(event)) return;
    if (!burst.goesOnWith(event)) burst = new Burst(event.target);
    burst.add(event);
    // A space that begins a scan must not press the button that has the focus.
    if (characterOf(event) === " " && !burst.field) event.preventDefault();
    clearTimeout(timer);
    timer = setTimeout(settle, burst.patience);
  }

  function end(event, ending) {
    const done = burst;
    burst = new Burst(null);
    clearTimeout(timer);
    // A person goes on to the next field, or wants the browser's own Ctrl-J.
    if (ending !== "Enter" && !done.isByScanner(event)) return;
    if (isOwn(done.field)) endInOwnField(event, done);
    else if (done.goesOnWith(event)) (done.isScan ? scanned : pressed)(event, done);
  }

  function scanned(event, { field, before, text }) {
    event.preventDefault();
    event.stopPropagation();
    if (field) field.value = before;
    onScan(text);
  }

  // A quick hand: the shortcut counts, the Enter must not press the button that it shows.
  function pressed(event, { field, typed }) {
    if (field) return;
    if (typed && endOf(event) === "Enter") event.preventDefault();
    for (const key of typed) onKey(key);
  }

  document.addEventListener("keydown", take, CAPTURE);
}

// The code's own field sends itself, with Enter.
function endInOwnField(event, { field, text }) {
  if (isTicket(text) && !isTicket(field.value)) field.value = text;
  if (event.key === "Enter" || !cleaned(field.value)) return;
  event.preventDefault();
  field.form?.requestSubmit();
}

// Some scanners insert the whole text at once, without keys, and without anything that ends it.
function listenToInsertions(onScan) {
  let before = "";
  let timer = 0;

  function insert({ target, inputType, data }) {
    const field = fieldOf(target);
    if (!field || !/^insert(Composition)?Text$/.test(inputType) || !isWholeTicket(data ?? "")) return;
    if (isOwn(field)) {
      clearTimeout(timer);
      timer = setTimeout(() => isWholeTicket(field.value) && field.form?.requestSubmit(), FAST);
    } else {
      field.value = before;
      onScan(cleaned(data));
    }
  }

  document.addEventListener("beforeinput", ({ target }) => (before = target.value ?? ""), CAPTURE);
  document.addEventListener("input", insert, CAPTURE);
}
