import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { define, gate, open, settle, stopTimers } from "./page.js";

const document = open(`
  <dialog data-answer><p data-spoken></p><div data-answer-body></div></dialog>
  <template data-part="unanswered"><article data-verdict="wait" data-unanswered><button></button></article></template>
  <template data-part="refused">
    <article data-verdict="no">
      <h2 class="verdict-word">STOP</h2><p class="verdict-sentence" data-sentence></p>
    </article>
  </template>`);
stopTimers();
define("OscillatorNode", class {});
const { close, press, show, showTemplate, shown, startAnswers } = await gate("answer");

const find = (selector) => document.querySelector(selector);
const dialog = find("[data-answer]");
let free = true;
let closed = 0;
startAnswers({ mayClose: () => free, onClose: () => (closed += 1) });

const YES = '<article data-verdict="yes"><h2 class="verdict-word">IN</h2><p class="verdict-sentence">Slot A-001.</p>';
const QUOTE = `
  <article class="quote" data-verdict="quote" data-due="100.00">
    <p data-due></p>
    <div data-methods><button data-pane="CASH" data-key="c" data-first></button></div>
    <form class="pane" id="pane-CASH" data-cash hidden>
      <input type="hidden" name="key"><input name="tendered" value="">
      <p data-change-line><output data-change></output></p><p data-short-line><output data-short></output></p>
      <button type="button" data-methods-again></button>
    </form>
    <button data-reveals="plate" aria-expanded="false"></button>
    <div class="other-plate" id="plate" hidden><input name="plate_seen"></div>
  </article>`;

beforeEach(() => {
  stopTimers();
  free = true;
  dialog.close();
  closed = 0;
});

const click = (selector) => find(selector).dispatchEvent(new MouseEvent("click", { bubbles: true }));
const escape = () => dialog.dispatchEvent(new Event("cancel", { cancelable: true }));

test("an answer opens the dialog in its tone", () => {
  assert.equal(shown(), "");
  show(YES);
  assert.deepEqual([dialog.open, dialog.dataset.tone, shown()], [true, "yes", "yes"]);
});

test("word and sentence are spoken as one text", () => {
  show(YES);
  assert.equal(find("[data-spoken]").textContent, "IN. Slot A-001");
});

test("a text that is no verdict is a refusal in its own words", () => {
  show("<p> The code is not known. </p>");
  assert.equal(shown(), "no");
  assert.equal(find("[data-answer-body] [data-sentence]").textContent, "The code is not known.");
  assert.equal(find("[data-spoken]").textContent, "STOP. The code is not known");
});

test("closing empties the dialog and says so", () => {
  show(YES);
  close();
  assert.deepEqual([dialog.open, find("[data-answer-body]").children.length, closed], [false, 0, 1]);
  assert.equal(find("[data-spoken]").textContent, "");
});

test("an answer closes by itself after the seconds that it names", () => {
  show(YES.replace("<article", '<article data-closes-after="4"'));
  mock.timers.tick(3999);
  assert.equal(dialog.open, true);
  mock.timers.tick(1);
  assert.equal(dialog.open, false);
});

test("the next answer is not closed by the clock of the one before", () => {
  show(YES.replace("<article", '<article data-closes-after="4"'));
  show(QUOTE);
  mock.timers.tick(5000);
  assert.equal(shown(), "quote");
});

test("while something is sent nothing closes, except what has no answer yet", () => {
  free = false;
  show(QUOTE);
  close();
  assert.equal(dialog.open, true);
  showTemplate("unanswered");
  close();
  assert.equal(dialog.open, false);
});

test("a key presses the button that names it", () => {
  show(QUOTE);
  press("C");
  assert.deepEqual([find("#pane-CASH").hidden, find("[data-methods]").hidden], [false, true]);
});

test("with the number pad open digits are money, and letters nothing", () => {
  show(QUOTE);
  press("c");
  for (const key of "2x5") press(key);
  assert.equal(find("[name=tendered]").value, "25");
});

test("a way to pay shows its pane, and the field to fill has the focus", () => {
  show(QUOTE);
  click("[data-pane=CASH]");
  assert.equal(document.activeElement, find("[name=tendered]"));
  assert.equal(find(".quote").classList.contains("is-paying"), true);
});

test("Escape goes back to the ways to pay first, and then out", () => {
  show(QUOTE);
  click("[data-pane=CASH]");
  escape();
  assert.deepEqual([dialog.open, find("#pane-CASH").hidden, find("[data-methods]").hidden], [true, true, false]);
  escape();
  assert.equal(dialog.open, false);
});

test("a bill may come with a pane open", () => {
  show(QUOTE.replace("<article", '<article data-pane-open="CASH"'));
  assert.equal(find("#pane-CASH").hidden, false);
});

test("what a button reveals stays, and the answer with it", () => {
  show(QUOTE.replace("<article", '<article data-closes-after="4"'));
  click("[data-reveals]");
  mock.timers.tick(5000);
  assert.deepEqual([dialog.open, find("#plate").hidden], [true, false]);
  assert.equal(find("[data-reveals]").getAttribute("aria-expanded"), "true");
  assert.equal(document.activeElement, find("[name=plate_seen]"));
});

test("a payment that is awaited becomes the answer that follows it", async () => {
  define("fetch", async () => new Response(YES, { status: 200, headers: { ETag: '"1"' } }));
  show('<article data-verdict="wait" data-follow="/gate/wait/1/"><button></button></article>');
  assert.equal(shown(), "wait");
  await settle();
  await settle();
  assert.equal(shown(), "yes");
});
