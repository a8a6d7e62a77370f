import assert from "node:assert/strict";
import { test } from "node:test";
import { gate, open } from "./page.js";

const { startCash } = await gate("cash");

function pad(due, tendered = "") {
  const document = open(`
    <section data-due="${due}">
      <p data-due="${due}"></p>
      <form data-cash>
        <input name="tendered" value="${tendered}">
        <button type="button" data-digit="5"></button><button type="button" data-digit="back"></button>
        <button type="button" data-digit=".50"></button><button type="button" data-note="100"></button>
        <button type="button" data-amount="500"></button>
        <p data-change-line><output data-change></output></p><p data-short-line><output data-short></output></p>
        <div data-doubt hidden>
          <b data-doubt-amount></b><button type="button" data-likely><b data-likely-amount></b></button>
          <button type="button" data-sure></button><button type="button" data-correct></button>
        </div>
      </form>
    </section>`);
  const find = (selector) => document.querySelector(selector);
  let sent = 0;
  find("form").requestSubmit = () => (sent += 1);
  return {
    find,
    sent: () => sent,
    cash: startCash(find("section")),
    field: find("[name=tendered]"),
    click: (selector) => find(selector).dispatchEvent(new MouseEvent("click", { bubbles: true })),
    // What is said: the change, or what is missing.
    says: () => [
      find("[data-change-line]").hidden ? null : find("[data-change]").value,
      find("[data-short-line]").hidden ? null : find("[data-short]").value,
    ],
  };
}

test("a part without a form for cash has no number pad", () => {
  assert.equal(startCash(open("<section></section>").querySelector("section")), null);
});

test("the exact amount needs no change", () => {
  assert.deepEqual(pad("150.00", "150").says(), ["₹0", null]);
});

test("digits follow what is there", () => {
  const { cash, field, says } = pad("150.00");
  cash.press("2");
  assert.equal(field.value, "2");
  assert.deepEqual(says(), [null, "₹148"]);
  cash.press("0");
  cash.press("0");
  assert.equal(field.value, "200");
  assert.deepEqual(says(), ["₹50", null]);
});

test("nothing typed is the exact amount", () => {
  assert.deepEqual(pad("150.00").says(), ["₹0", null]);
});

test("notes add up, also to what was typed", () => {
  const { click, field, says } = pad("150.50", "100.50");
  click("[data-note='100']");
  click("[data-note='100']");
  assert.deepEqual([field.value, says()], ["300.50", ["₹150", null]]);
});

test("an amount's button puts it, and a digit after it is appended", () => {
  const { click, field, says } = pad("150.50");
  click("[data-amount='500']");
  assert.deepEqual([field.value, says()], ["500", ["₹349.50", null]]);
  click("[data-digit='5']");
  assert.equal(field.value, "5005");
});

test("half a rupee is put behind once", () => {
  const { cash, field } = pad("1.00", "5");
  cash.press(".50");
  cash.press(".50");
  assert.equal(field.value, "5.50");
});

test("digits of other scripts and commas are read", () => {
  for (const typed of ["1,000", "१०००", "₹ 1 000.00", "１０００"])
    assert.deepEqual(pad("150.00", typed).says(), ["₹850", null]);
});

// --- More than ten times the due ---------------------------------------------------------------------------

function send({ find }) {
  const event = new Event("submit", { bubbles: true, cancelable: true });
  find("form").dispatchEvent(event);
  return !event.defaultPrevented;
}

test("ten times the due is sent, more is asked about first, with a nought less as the likely sum", () => {
  assert.equal(send(pad("100.00", "1000")), true);
  const cash = pad("100.00", "10000");
  assert.equal(send(cash), false);
  assert.equal(cash.find("[data-doubt]").hidden, false);
  assert.equal(cash.find("[data-doubt-amount]").textContent, "₹10,000");
  cash.click("[data-likely]");
  assert.equal(cash.field.value, "1000");
  assert.equal(cash.sent(), 1);
});

test("a sum that nobody likely meant is only confirmed or corrected, and asked about again", () => {
  const cash = pad("100.00", "99999");
  send(cash);
  assert.equal(cash.find("[data-likely]").hidden, true);
  cash.click("[data-correct]");
  assert.deepEqual([cash.find("[data-doubt]").hidden, cash.field.value, cash.sent()], [true, "99999", 0]);
  assert.equal(send(cash), false);
  cash.click("[data-sure]");
  assert.deepEqual([cash.field.value, cash.sent()], ["99999", 1]);
});

test("back takes the last digit away", () => {
  const { click, field, says } = pad("5.00", "55");
  click("[data-digit=back]");
  assert.deepEqual([field.value, says()], ["5", ["₹0", null]]);
});

test("an amount has no zeros before it and nine characters at most", () => {
  const { cash, field } = pad("1.00");
  for (const digit of "007") cash.press(digit);
  assert.equal(field.value, "7");
  for (const digit of "1234567890") cash.press(digit);
  assert.equal(field.value, "712345678");
});

test("paise are counted exactly", () => {
  const { field, says } = pad("0.30", "0.1");
  assert.deepEqual(says(), [null, "₹0.20"]);
  field.value = "100000.1";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  assert.deepEqual(says(), ["₹99,999.80", null]);
});

test("what is no number is not enough", () => {
  const { field, says } = pad("10.00");
  field.value = "ten";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  assert.deepEqual(says(), [null, "₹0"]);
});
