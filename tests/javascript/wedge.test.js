import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { gate, open, stopTimers } from "./page.js";

const { listen } = await gate("wedge");
const CODE = "QR-7F3A";

let document;
let scans;
let keys;
let now;

beforeEach(() => {
  document = open('<input name="plate_seen"><input name="qr_code"><p></p>');
  [scans, keys, now] = [[], [], 1000];
  stopTimers();
  listen({ onScan: (text) => scans.push(text), onKey: (key) => keys.push(key) });
});

// Presses a key after some milliseconds; whether the page may do with it what it would do by itself.
function press(key, { after = 10, into = document.body, ...more } = {}) {
  now += after;
  mock.timers.tick(after);
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  Object.defineProperty(event, "timeStamp", { value: now });
  into.dispatchEvent(event);
  if (!event.defaultPrevented && key.length === 1 && "value" in into) into.value += key;
  return !event.defaultPrevented;
}

function type(text, options) {
  for (const key of text) press(key, options);
}

test("a scanner's code outside of fields is one scan, and its Enter does nothing else", () => {
  type(CODE);
  assert.equal(press("Enter"), false);
  assert.deepEqual([scans, keys], [[CODE], []]);
});

test("six fast characters are a scan, whatever they are", () => {
  type("ABC123");
  press("Enter");
  assert.deepEqual([scans, keys], [["ABC123"], []]);
});

test("five fast characters are five shortcuts", () => {
  type("abcde");
  assert.equal(press("Enter"), false);
  assert.deepEqual([scans, keys], [[], [..."abcde"]]);
});

test("a single key is a shortcut after a tenth of a second", () => {
  press("c");
  mock.timers.tick(99);
  assert.deepEqual(keys, []);
  mock.timers.tick(1);
  assert.deepEqual(keys, ["c"]);
});

test("the key Q waits longer, because a code may follow", () => {
  press("q");
  mock.timers.tick(1499);
  assert.deepEqual(keys, []);
  mock.timers.tick(1);
  assert.deepEqual(keys, ["q"]);
});

test("a code may be typed by hand, with almost a second and a half between two keys", () => {
  type(CODE, { after: 1499 });
  press("Enter", { after: 1499 });
  assert.deepEqual([scans, keys], [[CODE], []]);
});

test("an Enter that comes later than a scanner's is the page's own", () => {
  type("ABC123");
  assert.equal(press("Enter", { after: 101 }), true);
  assert.deepEqual(scans, []);
});

test("a code scanned into another field is a scan, and the field keeps what was in it", () => {
  const plate = document.querySelector("[name=plate_seen]");
  plate.value = "DL01";
  type(CODE, { into: plate });
  assert.equal(press("Enter", { into: plate }), false);
  assert.deepEqual(scans, [CODE]);
  assert.equal(plate.value, "DL01");
});

test("what is typed into a field is neither a scan nor a shortcut", () => {
  const plate = document.querySelector("[name=plate_seen]");
  type("DL01AB1234", { into: plate });
  assert.equal(press("Enter", { into: plate }), true);
  assert.deepEqual([scans, keys], [[], []]);
  assert.equal(plate.value, "DL01AB1234");
});

test("the code's own field sends itself", () => {
  const field = document.querySelector("[name=qr_code]");
  type(CODE, { into: field });
  assert.equal(press("Enter", { into: field }), true);
  assert.deepEqual(scans, []);
  assert.equal(field.value, CODE);
});

test("keys with a modifier are the browser's", () => {
  type("abcdef", { ctrlKey: true });
  press("Enter");
  mock.timers.tick(2000);
  assert.deepEqual([scans, keys], [[], []]);
});

test("two scans one after the other are two", () => {
  type("QR-1");
  press("Enter");
  type("QR-2");
  press("Enter");
  assert.deepEqual(scans, ["QR-1", "QR-2"]);
});
