// Setting up a scanner: shows what arrives when a code is scanned, and what the gate makes of it. Nothing is sent.

import { recordOf, rowsOf, summaryOf } from "./arrivals.js";
import { endOf, typesNothing } from "./keys.js";

const QUIET = 600; // milliseconds after which a scan is over
const MOST = 200;

const field = document.querySelector("[data-scanner-field]");
const answer = document.querySelector("[data-scanner-answer]");
let records = [];
let timer = 0;

function add(record) {
  records.push(record);
  clearTimeout(timer);
  timer = setTimeout(finish, QUIET);
}

function take(event) {
  const end = endOf(event);
  // A person who moves through the page with Tab has typed nothing before it.
  if (end ? !records.length : typesNothing(event)) return;
  if (end) event.preventDefault();
  if (records.length < MOST) add(recordOf(event));
}

addEventListener("keydown", take, { capture: true });

field.addEventListener("input", ({ data, inputType, timeStamp }) => {
  if (/^insert/.test(inputType) && (data ?? "").length > 1) add({ inserted: data, at: timeStamp });
});

function finish() {
  show(rowsOf(records), summaryOf(records, field.value));
  records = [];
  field.value = "";
  field.focus();
}

function show(rows, { text, end, slowest, notes }) {
  const body = answer.querySelector("tbody");
  body.replaceChildren(...rows.map(lineOf));
  for (const note of answer.querySelectorAll("[data-note]")) note.hidden = !notes.includes(note.dataset.note);
  answer.querySelector("[data-scanner-text]").textContent = text || "–";
  answer.querySelector("[data-scanner-end]").textContent = end || "–";
  answer.querySelector("[data-scanner-slowest]").textContent = `${slowest} ms`;
  answer.hidden = false;
}

function lineOf({ key, place, text, points, after }) {
  const line = document.createElement("tr");
  for (const value of [key, place, text, points, String(after)]) {
    const cell = document.createElement("td");
    cell.textContent = value;
    line.append(cell);
  }
  return line;
}

field.focus();
