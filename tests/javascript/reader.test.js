import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { define, gate, settle, stopTimers } from "./page.js";

const { CodeReader } = await gate("reader");
const PICTURE = {};

let detect; // what the browser's own reader does
let loaded; // how often ours was loaded

beforeEach(() => {
  stopTimers();
  [detect, loaded] = [async () => [{ rawValue: "own" }], 0];
  define(
    "BarcodeDetector",
    class {
      static getSupportedFormats = async () => ["qr_code"];
      detect = (picture) => detect(picture);
    },
  );
});

async function open(ours = { detect: async () => [{ rawValue: "ours" }] }) {
  const reader = new CodeReader("", async () => {
    loaded += 1;
    return ours;
  });
  await reader.prepare();
  return reader;
}

const fail = async () => {
  throw new Error("Service unavailable");
};

test("the browser's own reader is used where there is one", async () => {
  const reader = await open();
  assert.deepEqual([await reader.read(PICTURE), loaded], [["own"], 0]);
});

for (const [name, own] of Object.entries({
  "there is none": undefined,
  "it knows no QR codes": class {
    static getSupportedFormats = async () => ["ean_13"];
  },
  "it cannot be asked": class {
    static getSupportedFormats = fail;
  },
  "it cannot be made": class {
    static getSupportedFormats = async () => ["qr_code"];
    constructor() {
      throw new TypeError("no service");
    }
  },
})) {
  test(`ours is used where ${name}`, async () => {
    define("BarcodeDetector", own);
    const reader = await open();
    assert.deepEqual([await reader.read(PICTURE), loaded], [["ours"], 1]);
  });
}

test("a reader that fails makes way for ours after the third failure", async () => {
  detect = fail;
  const reader = await open();
  assert.deepEqual([await reader.read(PICTURE), await reader.read(PICTURE), loaded], [[], [], 0]);
  assert.deepEqual([await reader.read(PICTURE), loaded], [[], 1]);
  assert.deepEqual([await reader.read(PICTURE), loaded], [["ours"], 1]);
});

test("a reader that fails now and then makes way too", async () => {
  const reader = await open();
  for (const does of [fail, detect, fail, detect, fail]) {
    detect = does;
    await reader.read(PICTURE);
  }
  assert.deepEqual(await reader.read(PICTURE), ["ours"]);
});

test("no answer within two seconds is a failure", async () => {
  detect = () => new Promise(() => undefined);
  const reader = await open();
  for (let times = 0; times < 3; times += 1) {
    const reading = reader.read(PICTURE);
    mock.timers.tick(2000);
    assert.deepEqual(await reading, []);
  }
  await settle();
  assert.deepEqual(await reader.read(PICTURE), ["ours"]);
});

test("a camera without any reader that works is told so", async () => {
  define("BarcodeDetector", undefined);
  const reader = await open({ detect: fail });
  assert.deepEqual([await reader.read(PICTURE), await reader.read(PICTURE)], [[], []]);
  await assert.rejects(reader.read(PICTURE), /Service unavailable/);
});
