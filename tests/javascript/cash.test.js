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
        <button type="button" data-note="500"></button><p data-much hidden></p>
        <span data-take-exact></span><span data-take-typed></span>
        <p data-change-line><output data-change></output></p><p data-short-line><output data-short></output></p>
      </form>
    </section>`);
  const find = (selector) => document.querySelector(selector);
  return {
    cash: startCash(find("section")),
    field: find("[name=tendered]"),
    click: (selector) => find(selector).dispatchEvent(new MouseEvent("click", { bubbles: true })),
    send: () => find("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })),
    asks: () => !find("[data-much]").hidden,
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
  assert.deepEqual(pad("150.00", "150").says(), ["₹0.00", null]);
});

test("an empty field means the exact amount, which is sent", () => {
  const { field, says, send } = pad("150.50");
  assert.deepEqual(says(), [null, null]);
  assert.equal(send(), true);
  assert.equal(field.value, "150.50");
});

test("digits follow each other", () => {
  const { cash, field, says } = pad("150.00");
  cash.press("2");
  assert.deepEqual([field.value, says()], ["2", [null, "₹148.00"]]);
  cash.press("0");
  cash.press("0");
  assert.deepEqual([field.value, says()], ["200", ["₹50.00", null]]);
});

test("notes are laid one on the other, and a digit after them is appended", () => {
  const { click, field, says } = pad("650.50");
  click("[data-note='500']");
  click("[data-note='500']");
  assert.deepEqual([field.value, says()], ["1000", ["₹349.50", null]]);
  click("[data-digit='5']");
  assert.equal(field.value, "10005");
});

test("a sum over ten times the due is asked about once", () => {
  const { cash, send, asks } = pad("100.00");
  for (const digit of "1001") cash.press(digit);
  assert.deepEqual([send(), asks()], [false, true]);
  assert.deepEqual([send(), asks()], [true, true]);
  cash.press("0");
  assert.equal(asks(), false);
  assert.equal(send(), false);
});

test("ten times the due is asked about by nobody", () => {
  const { cash, send } = pad("100.00");
  for (const digit of "1000") cash.press(digit);
  assert.equal(send(), true);
});

test("digits of other scripts and commas are read, and sent as digits", () => {
  const { field, says, send } = pad("1000.00");
  field.value = "१,५००";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  assert.deepEqual(says(), ["₹500.00", null]);
  assert.equal(send(), true);
  assert.equal(field.value, "1500");
});

test("back takes the last digit away", () => {
  const { click, field, says } = pad("5.00", "55");
  click("[data-digit=back]");
  assert.deepEqual([field.value, says()], ["5", ["₹0.00", null]]);
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
  assert.deepEqual(says(), [null, "₹0.00"]);
});
