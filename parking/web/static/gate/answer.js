// The answer to a scan, over the whole screen: the verdict, the bill with the ways to pay, or the pending payment.

import { csrfToken } from "../web/csrf.js";
import { startLive } from "../web/live.js";
import { startCash } from "./cash.js";
import { play } from "./sound.js";

const dialog = document.querySelector("[data-answer]");
const body = dialog.querySelector("[data-answer-body]");
const spoken = dialog.querySelector("[data-spoken]");

let cash = null;
let closing = 0;
let whenClosed = () => {};
let whenShown = () => {};
let isFree = () => true;

export function startAnswers({ onClose, mayClose, onShown = () => {} }) {
  whenClosed = onClose;
  whenShown = onShown;
  isFree = mayClose;
  dialog.addEventListener("click", clicked);
  // Who touches an answer wants it to stay.
  dialog.addEventListener("pointerdown", ({ target }) => {
    if (!target.closest("[data-close]")) stay();
  });
  // Escape: first back from a pane to the ways to pay, then out.
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (!cash?.back() && !showMethods()) close();
  });
  dialog.addEventListener("close", () => {
    clearTimeout(closing);
    clearDisplay();
    body.replaceChildren();
    spoken.textContent = "";
    whenClosed();
  });
}

// A bill that is closed without an end leaves the display at the counter, too.
function clearDisplay() {
  const address = body.querySelector("[data-clears]")?.dataset.clears;
  if (address) fetch(address, { method: "POST", headers: { "X-CSRFToken": csrfToken() } }).catch(() => {});
}

// What is on the screen: "yes", "wait", "no", "quote", or nothing.
export const shown = () => (dialog.open ? (body.querySelector("[data-verdict]")?.dataset.verdict ?? "") : "");

// Not while an answer is on its way: what was done must be seen. Where none comes, one may stop waiting.
export function close() {
  if (isFree() || body.querySelector("[data-unanswered]")) dialog.close();
}

export function show(html) {
  const holder = document.createElement("div");
  holder.innerHTML = html;
  put(holder);
}

// A part that is in a template of the page, with texts by the names of their places.
export function showTemplate(name, texts = {}) {
  const holder = document.createElement("div");
  holder.append(document.querySelector(`template[data-part="${name}"]`).content.cloneNode(true));
  for (const [place, text] of Object.entries(texts)) holder.querySelector(`[data-${place}]`).textContent = text;
  put(holder);
}

// A single key: the button that names it.
export function press(key) {
  if (!dialog.open) return;
  if (cash && !body.querySelector("[data-cash]").hidden) {
    if (/^[0-9]$/.test(key)) cash.press(key);
    return;
  }
  const button = [...body.querySelectorAll(`[data-key="${CSS.escape(key.toLowerCase())}"]`)].find(isVisible);
  button?.click();
}

function put(holder) {
  const part = holder.querySelector("[data-verdict]");
  if (!part) {
    // A refusal of the server that is no verdict of the gate: its sentence under a red STOP.
    showTemplate("refused", { sentence: holder.textContent.trim() });
    return;
  }
  stay();
  body.replaceChildren(holder);
  dialog.dataset.tone = part.dataset.verdict;
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  follow(holder, part);
  cash = startCash(part);
  if (part.dataset.paneOpen && part.dataset.verdict === "quote") showPane(part.dataset.paneOpen);
  else focusFirst();
  speak(part);
  if (part.dataset.closesAfter) closeAfter(Number(part.dataset.closesAfter));
  whenShown(part);
}

// The button that closes shows how much of the time is left.
function closeAfter(seconds) {
  closing = setTimeout(close, seconds * 1000);
  const button = body.querySelector("[data-close]");
  button?.style.setProperty("--closes-after", `${seconds}s`);
  button?.classList.add("is-closing");
}

function stay() {
  clearTimeout(closing);
  body.querySelector(".is-closing")?.classList.remove("is-closing");
}

// A part that waits polls for its own replacement, which is an answer like any other.
function follow(holder, part) {
  if (!part.dataset.follow) return;
  holder.dataset.live = part.dataset.follow;
  holder.dataset.check = part.dataset.check;
  holder.addEventListener("live", () => {
    if (!holder.querySelector("[data-follow]")) show(holder.innerHTML);
  });
  startLive(body);
}

function speak(part) {
  const texts = ["word", "sentence", "change"].map((name) => part.querySelector(`.verdict-${name}`));
  const more = ["[data-problem]", "#answer-word", "[data-plate]", "[data-slot]", ".due", ".in-all"].map((name) =>
    part.querySelector(name),
  );
  const words = [...new Set([...texts, ...more])]
    .filter(Boolean)
    .map((element) => element.textContent.trim().replace(/[.।]$/, ""));
  spoken.textContent = words.join(". ").replace(/\s+/g, " ");
  play(part.querySelector("[data-problem]") ? "no" : part.dataset.verdict);
}

function clicked({ target }) {
  if (target.closest("[data-close]")) close();
  const pane = target.closest("[data-pane]");
  if (pane) showPane(pane.dataset.pane);
  if (target.closest("[data-methods-again]")) showMethods();
  const reveals = target.closest("[data-reveals]");
  if (reveals) reveal(reveals);
}

function showPane(method) {
  const pane = body.querySelector(`#pane-${method}`);
  if (!pane) return focusFirst();
  for (const methods of body.querySelectorAll("[data-methods]")) methods.hidden = true;
  for (const other of body.querySelectorAll(".pane")) other.hidden = other !== pane;
  pane.closest(".quote").classList.add("is-paying");
  (pane.querySelector("input:not([type=hidden])") ?? pane.querySelector("button")).focus();
  if (method === "CASH") cash?.select();
}

// Goes back to the ways to pay; returns whether there was a pane to go back from.
function showMethods() {
  const open = [...body.querySelectorAll(".pane, .other-plate")].filter((pane) => !pane.hidden);
  if (!open.length) return false;
  for (const pane of open) pane.hidden = true;
  for (const methods of body.querySelectorAll("[data-methods]")) methods.hidden = false;
  body.querySelector(".quote")?.classList.remove("is-paying");
  focusFirst();
  return true;
}

function reveal(button) {
  const part = body.querySelector(`#${button.dataset.reveals}`);
  part.hidden = false;
  button.setAttribute("aria-expanded", "true");
  stay();
  part.querySelector("input:not([type=hidden])").focus();
}

function focusFirst() {
  const first = [...body.querySelectorAll("[data-first]")].find(isVisible) ?? body.querySelector("button");
  first?.focus({ preventScroll: true });
}

function isVisible(element) {
  return element.checkVisibility?.() ?? element.offsetParent !== null;
}
