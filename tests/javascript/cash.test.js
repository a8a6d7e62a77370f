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
        <button type="button" data-amount="500"></button>
        <p data-change-line><output data-change></output></p><p data-short-line><output data-short></output></p>
      </form>
    </section>`);
  const find = (selector) => document.querySelector(selector);
  return {
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
  assert.deepEqual(pad("150.00", "150").says(), ["₹0.00", null]);
});

test("the first digit takes the place of the amount, the next ones follow it", () => {
  const { cash, field, says } = pad("150.00", "150.00");
  cash.press("2");
  assert.equal(field.value, "2");
  assert.deepEqual(says(), [null, "₹148.00"]);
  cash.press("0");
  cash.press("0");
  assert.equal(field.value, "200");
  assert.deepEqual(says(), ["₹50.00", null]);
});

test("a note's button puts its amount, and a digit after it is appended", () => {
  const { click, field, says } = pad("150.50");
  click("[data-amount='500']");
  assert.deepEqual([field.value, says()], ["500", ["₹349.50", null]]);
  click("[data-digit='5']");
  assert.equal(field.value, "5005");
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
