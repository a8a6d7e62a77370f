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
  document = open('<input name="plate_seen"><form><input name="qr_code"></form><button></button>');
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

test("the code of a pass is scanned into another field as that of a ticket", () => {
  const field = document.querySelector("[name=plate_seen]");
  type("PASS-7K3M9QX2T0ZC", { into: field });
  press("Enter", { into: field });
  assert.deepEqual([scans, field.value], [["PASS-7K3M9QX2T0ZC"], ""]);
});

test("the code of a token is scanned into another field as that of a ticket, and a single T is a shortcut", () => {
  const field = document.querySelector("[name=plate_seen]");
  type("TK-7K3M9QX2", { into: field });
  press("Enter", { into: field });
  assert.deepEqual([scans, field.value], [["TK-7K3M9QX2"], ""]);
  press("t");
  mock.timers.tick(100);
  assert.deepEqual(keys, ["t"]);
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

// --- What scanners put around a code, and keys without names -----------------------------------------

const WHOLE = "QR-7K3M9QX2T0ZC";
const BEFORE = { "the AIM identifier": "]Q1", spaces: "  ", "a byte order mark": "\ufeff", "its letters": "ï»¿" };

for (const [name, before] of Object.entries(BEFORE)) {
  test(`${name} before a code is left out`, () => {
    type(before + CODE);
    assert.equal(press("Enter"), false);
    assert.deepEqual([scans, keys], [[CODE], []]);
  });
}

for (const [name, before] of Object.entries(BEFORE)) {
  test(`${name} before a code scanned into another field is left out, and the field keeps what was in it`, () => {
    const plate = document.querySelector("[name=plate_seen]");
    plate.value = "DL01";
    type(before + CODE, { into: plate });
    press("Enter", { into: plate });
    assert.deepEqual([scans, plate.value], [[CODE], "DL01"]);
  });
}

for (const [key, more] of [
  ["Tab", {}],
  ["j", { ctrlKey: true, code: "KeyJ" }],
  ["m", { ctrlKey: true, code: "KeyM" }],
  ["Unidentified", { keyCode: 13 }],
  ["Unidentified", { keyCode: 9 }],
]) {
  test(`a scan may end with ${key} ${JSON.stringify(more)}`, () => {
    type(CODE);
    assert.equal(press(key, more), false);
    assert.deepEqual([scans, keys], [[CODE], []]);
  });
}

// Presses a key of which the device knows the place alone.
function pressPlace(code, more = {}) {
  return press("Unidentified", { code, ...more });
}

test("keys without names are read by their place", () => {
  for (const [code, shiftKey] of [
    ["BracketRight", false],
    ["KeyQ", true],
    ["Digit1", false],
    ["KeyQ", true],
    ["KeyR", true],
    ["Minus", false],
    ["Digit7", false],
    ["KeyF", false],
    ["Numpad3", false],
  ]) {
    pressPlace(code, { shiftKey });
  }
  press("Unidentified", { code: "Enter" });
  assert.deepEqual([scans, keys], [["QR-7f3"], []]);
});

test("keys without names and places are read by their number", () => {
  for (const keyCode of [221, 81, 49, 81, 82, 189, 55]) press("Unidentified", { keyCode });
  press("Unidentified", { keyCode: 13 });
  assert.deepEqual(scans, ["qr-7"]);
});

test("keys of which nothing is known are read from the field that they went into", () => {
  const plate = document.querySelector("[name=plate_seen]");
  plate.value = "DL01";
  for (const character of CODE) {
    press("Unidentified", { keyCode: 229, into: plate });
    plate.value += character;
  }
  press("Enter", { into: plate });
  assert.deepEqual([scans, plate.value], [[CODE], "DL01"]);
});

test("on a keyboard of another script the keys are read by their place", () => {
  const typed = { "ौ": "KeyQ", त्र: "KeyR", ऽ: "Minus", ञ: "Digit7", "ि": "KeyF" };
  for (const [key, code] of Object.entries(typed)) press(key, { code });
  press("Enter");
  assert.deepEqual([scans, keys], [["qr-7f"], []]);
});

test("a person's Tab is no end of a scan", () => {
  type(CODE, { after: 200 });
  assert.equal(press("Tab", { after: 200 }), true);
  assert.deepEqual(scans, []);
});

function sends(count) {
  const form = document.querySelector("form");
  let sent = 0;
  form.requestSubmit = () => (sent += 1);
  return () => assert.equal(sent, count);
}

test("a scan with Tab sends the code's own field", () => {
  const once = sends(1);
  const field = document.querySelector("[name=qr_code]");
  type(CODE, { into: field });
  assert.equal(press("Tab", { into: field }), false);
  once();
});

test("a person leaves the code's own field with Tab", () => {
  const never = sends(0);
  const field = document.querySelector("[name=qr_code]");
  type(CODE, { into: field, after: 150 });
  assert.equal(press("Tab", { into: field, after: 150 }), true);
  never();
});

// Inserts a text at once, as scanners do that act as an input method.
function insert(text, into, inputType = "insertText") {
  into.dispatchEvent(new InputEvent("beforeinput", { data: text, inputType, bubbles: true }));
  into.value += text;
  into.dispatchEvent(new InputEvent("input", { data: text, inputType, bubbles: true }));
}

test("a whole code that is inserted into another field is a scan", () => {
  const plate = document.querySelector("[name=plate_seen]");
  plate.value = "DL01";
  insert(`]Q1${WHOLE}`, plate);
  assert.deepEqual([scans, plate.value], [[WHOLE], "DL01"]);
});

test("a whole code that is inserted into its own field sends it after a moment", () => {
  const once = sends(1);
  insert(WHOLE, document.querySelector("[name=qr_code]"));
  mock.timers.tick(100);
  once();
});

test("what a person pastes is not sent", () => {
  const never = sends(0);
  insert(WHOLE, document.querySelector("[name=qr_code]"), "insertFromPaste");
  mock.timers.tick(100);
  never();
});

test("a space that begins a scan presses no button, a single one does", () => {
  const button = document.querySelector("button");
  let pressed = 0;
  button.addEventListener("click", () => (pressed += 1));
  const space = () => {
    const allowed = press(" ", { into: button });
    const up = new KeyboardEvent("keyup", { key: " ", bubbles: true, cancelable: true });
    button.dispatchEvent(up);
    return allowed || !up.defaultPrevented;
  };
  assert.equal(space(), false);
  type(CODE, { into: button });
  press("Enter", { into: button });
  assert.deepEqual([scans, pressed], [[CODE], 0]);
  space();
  mock.timers.tick(100);
  assert.equal(pressed, 1);
});
