// The answer to a scan, over the whole screen: the verdict, the bill with the ways to pay, or the pending payment.

import { startLive } from "../web/live.js";
import { startCash } from "./cash.js";
import { play } from "./sound.js";

const dialog = document.querySelector("[data-answer]");
const body = dialog.querySelector("[data-answer-body]");
const spoken = dialog.querySelector("[data-spoken]");

let cash = null;
let closing = 0;
let whenClosed = () => {};
let isFree = () => true;
let whenAnswered = () => {};

export function startAnswers({ onClose, mayClose, onAnswer = whenAnswered }) {
  whenClosed = onClose;
  whenAnswered = onAnswer;
  isFree = mayClose;
  dialog.addEventListener("click", clicked);
  // Escape: first back from a pane to the ways to pay, then out.
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (!showMethods()) close();
  });
  dialog.addEventListener("close", () => {
    clearTimeout(closing);
    body.replaceChildren();
    spoken.textContent = "";
    whenClosed();
  });
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
  clearTimeout(closing);
  body.replaceChildren(holder);
  dialog.dataset.tone = part.dataset.verdict;
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  follow(holder, part);
  cash = startCash(part);
  if (part.dataset.paneOpen && part.dataset.verdict === "quote") showPane(part.dataset.paneOpen);
  else focusFirst();
  speak(part);
  whenAnswered(summary(part));
  if (part.dataset.closesAfter) closing = setTimeout(close, part.dataset.closesAfter * 1000);
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

// What is kept of an answer: its tone and word, and the plate.
const summary = (part) => ({
  tone: part.dataset.code || part.querySelector("[data-plate]") ? part.dataset.verdict : "",
  word: part.querySelector(".verdict-word")?.textContent.trim() ?? "",
  plate: part.querySelector("[data-plate]")?.textContent.trim() ?? "",
});

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
  clearTimeout(closing);
  part.querySelector("input:not([type=hidden])").focus();
}

function focusFirst() {
  const first = [...body.querySelectorAll("[data-first]")].find(isVisible) ?? body.querySelector("button");
  first?.focus();
}

function isVisible(element) {
  return element.checkVisibility?.() ?? element.offsetParent !== null;
}
