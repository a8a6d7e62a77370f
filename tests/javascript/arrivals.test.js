import assert from "node:assert/strict";
import { test } from "node:test";
import { gate, open } from "./page.js";

open();
const { rowsOf, summaryOf } = await gate("arrivals");
const CODE = "QR-TEST00000000";

// Keys of a scanner, so many milliseconds apart.
function keysOf(text, { every = 10, end = { key: "Enter", code: "Enter" } } = {}) {
  const keys = [...text].map((key) => ({ key, code: "", keyCode: 0 }));
  return [...keys, ...(end ? [end] : [])].map((key, index) => ({ ...key, at: 5000 + index * every }));
}

test("each key is shown with its character, its number in Unicode and the pause before it", () => {
  assert.deepEqual(rowsOf(keysOf("\ufeffQ", { every: 12.4 })), [
    { key: "\ufeff", place: "", text: "\ufeff", points: "U+FEFF", after: 0 },
    { key: "Q", place: "", text: "Q", points: "U+0051", after: 12 },
    { key: "Enter", place: "Enter", text: "", points: "", after: 12 },
  ]);
});

const CASES = {
  "a scanner that is set up": [keysOf(CODE), ["ticket"], "Enter"],
  "an end with Tab": [keysOf(CODE, { end: { key: "Tab" } }), ["ticket"], "Tab"],
  "no end": [keysOf(CODE, { end: null }), ["ticket", "endless"], ""],
  "an AIM identifier": [keysOf(`]Q1${CODE}`), ["ticket", "identifier"], "Enter"],
  "a byte order mark": [keysOf(`\ufeff${CODE}`), ["ticket", "before"], "Enter"],
  "long pauses": [keysOf(CODE, { every: 101 }), ["ticket", "slow"], "Enter"],
};
for (const [name, [keys, notes, end]] of Object.entries(CASES)) {
  test(`${name} is understood`, () => {
    const summary = summaryOf(keys);
    assert.deepEqual([summary.text, summary.notes, summary.end], [CODE, notes, end]);
  });
}

test("another keyboard is told from keys without names", () => {
  const places = ["KeyQ", "KeyR", "Minus", ...Array(12).fill("Digit7")];
  const french = places.map((code, index) => ({ key: "à", code, at: index }));
  const nameless = places.map((code, index) => ({ key: "Unidentified", code, at: index }));
  const enter = { key: "Enter", at: 20 };
  assert.deepEqual(summaryOf([...french, enter]).notes, ["ticket", "layout"]);
  assert.deepEqual(summaryOf([...nameless, enter]).notes, ["ticket", "nameless"]);
  assert.equal(summaryOf([...french, enter]).text, "qr-777777777777");
});

test("keys of which nothing is known are read from the field", () => {
  const keys = [
    { key: "Unidentified", keyCode: 229, at: 0 },
    { key: "Enter", at: 5 },
  ];
  assert.deepEqual(summaryOf(keys, CODE), { text: CODE, end: "Enter", slowest: 5, notes: ["ticket", "nameless"] });
  assert.deepEqual(summaryOf(keys, "").notes, ["nothing", "nameless"]);
});

test("a text that is inserted at once needs no end", () => {
  assert.deepEqual(summaryOf([{ inserted: CODE, at: 0 }]).notes, ["ticket"]);
});

test("a text that is no ticket is told so", () => {
  assert.deepEqual(summaryOf(keysOf("4006381333931")).notes, ["other"]);
});
