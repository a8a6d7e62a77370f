import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { define, gate, open, settle, stopTimers } from "./page.js";

const { Camera } = await gate("camera");

let document;
let camera;
let now;
let inSight; // the text of the code in the picture
let takes; // whether a code is taken
let codes; // the codes that were offered
let tracks;
const find = (selector) => document.querySelector(selector);

beforeEach(() => {
  document = open(`
    <button></button><div data-panel hidden><video></video></div><div data-camera-status></div>
    <template data-camera-problem="insecure"><p>Not secure.</p></template>
    <template data-camera-problem="NotAllowedError"><p>Not allowed.</p></template>
    <template data-camera-problem="restarting"><p>Starts again.</p></template>
    <template data-camera-problem="ended"><p>Taken away.</p></template>
    <template data-camera-problem="other"><p>Cannot be used.</p></template>`);
  stopTimers();
  [now, inSight, takes, codes, tracks] = [10_000, null, true, [], []];
  mock.method(performance, "now", () => now);
  define("HTMLMediaElement", { HAVE_CURRENT_DATA: 2 });
  Object.defineProperties(find("video"), {
    readyState: { value: 4 },
    play: { value: async () => undefined },
    srcObject: { value: null, writable: true },
  });
  define("BarcodeDetector", Reader);
  define("navigator", { mediaDevices: { getUserMedia } });
  camera = new Camera({
    panel: find("[data-panel]"),
    button: find("button"),
    onCode(text) {
      codes.push(text);
      return takes;
    },
  });
});

class Reader {
  static getSupportedFormats = async () => ["qr_code"];
  detect = async () => (inSight ? [{ rawValue: inSight }] : []);
}

async function getUserMedia() {
  const track = { stopped: false, muted: false, readyState: "live", stop: () => (track.stopped = true) };
  track.addEventListener = (_ended, listener) => (track.end = listener);
  tracks.push(track);
  return { getTracks: () => [track] };
}

async function refuse(name) {
  define("navigator", {
    mediaDevices: { getUserMedia: () => Promise.reject(Object.assign(new Error("no"), { name })) },
  });
  await camera.toggle();
}

async function start() {
  await camera.toggle();
  await settle();
}

// Lets the camera look once more, some milliseconds later.
async function look(after = 150) {
  now += after;
  mock.timers.tick(150);
  await settle();
}

test("the button opens the picture, and closes it with the camera", async () => {
  await camera.toggle();
  assert.deepEqual([find("[data-panel]").hidden, find("button").getAttribute("aria-expanded")], [false, "true"]);
  await camera.toggle();
  assert.deepEqual([find("[data-panel]").hidden, find("button").getAttribute("aria-expanded")], [true, "false"]);
  assert.deepEqual([tracks.map((track) => track.stopped), find("video").srcObject], [[true], null]);
});

test("a code in the picture is taken once, however long it stays", async () => {
  await start();
  inSight = "QR-1";
  for (let times = 0; times < 40; times += 1) await look();
  assert.deepEqual(codes, ["QR-1"]);
});

test("a code counts again after four seconds out of sight", async () => {
  await start();
  inSight = "QR-1";
  await look();
  inSight = null;
  await look(3900);
  inSight = "QR-1";
  await look(0);
  assert.deepEqual(codes, ["QR-1"]);
  inSight = null;
  await look(4000);
  inSight = "QR-1";
  await look(0);
  assert.deepEqual(codes, ["QR-1", "QR-1"]);
});

test("a code that was not taken is offered again", async () => {
  await start();
  takes = false;
  inSight = "QR-1";
  await look();
  takes = true;
  await look();
  await look();
  assert.deepEqual(codes, ["QR-1", "QR-1"]);
});

test("another code is another scan", async () => {
  await start();
  inSight = "QR-1";
  await look();
  inSight = "QR-2";
  await look();
  assert.deepEqual(codes, ["QR-1", "QR-2"]);
});

test("a camera that was closed looks no more", async () => {
  await camera.toggle();
  await camera.toggle();
  inSight = "QR-1";
  await look();
  assert.deepEqual(codes, []);
});

test("without a secure connection the page says so", async () => {
  define("navigator", {});
  await camera.toggle();
  assert.equal(find("[data-camera-status]").textContent, "Not secure.");
});

test("a camera that is not allowed is said in words, and may be tried again", async () => {
  await refuse("NotAllowedError");
  assert.equal(find("[data-camera-status]").textContent, "Not allowed.");
  assert.deepEqual([find("[data-panel]").hidden, find("button").disabled], [true, false]);
  define("navigator", { mediaDevices: { getUserMedia } });
  await camera.toggle();
  assert.equal(find("[data-camera-status]").textContent, "");
});

test("a fault without words of its own gets those of all others", async () => {
  await refuse("AbortError");
  assert.equal(find("[data-camera-status]").textContent, "Cannot be used.");
});

// --- A camera that was taken away --------------------------------------------------------------------

function takeAway() {
  tracks.at(-1).readyState = "ended";
  tracks.at(-1).end();
}

function turnPage(hidden) {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

async function pass(milliseconds) {
  await settle();
  mock.timers.tick(milliseconds);
  await settle();
}

test("a camera whose picture ends starts again by itself, and reads", async () => {
  await start();
  takeAway();
  assert.equal(find("[data-camera-status]").textContent, "Starts again.");
  await pass(0);
  assert.equal(find("[data-camera-status]").textContent, "");
  assert.deepEqual([tracks.map(({ stopped }) => stopped), find("[data-panel]").hidden], [[true, false], false]);
  inSight = "QR-1";
  await look();
  assert.deepEqual(codes, ["QR-1"]);
});

test("a camera that ends while another app is open starts again when the page is back", async () => {
  await start();
  turnPage(true);
  takeAway();
  await pass(5000);
  assert.equal(tracks.length, 1);
  turnPage(false);
  await pass(0);
  assert.equal(tracks.length, 2);
});

test("a camera that is still silent a second after the page is back starts again", async () => {
  await start();
  turnPage(true);
  tracks[0].muted = true;
  turnPage(false);
  await pass(1000);
  await pass(0);
  assert.deepEqual([tracks.length, tracks[0].stopped], [2, true]);
});

test("a camera that goes on with the page is left alone", async () => {
  await start();
  turnPage(true);
  tracks[0].muted = true;
  turnPage(false);
  tracks[0].muted = false;
  await pass(1000);
  await pass(0);
  assert.deepEqual([tracks.length, tracks[0].stopped], [1, false]);
});

test("a camera that cannot be had back is said in words after the third try", async () => {
  await start();
  let tries = 0;
  define("navigator", {
    mediaDevices: { getUserMedia: () => Promise.reject(Object.assign(new Error("no"), { tries: (tries += 1) })) },
  });
  takeAway();
  for (const wait of [0, 1000, 3000]) await pass(wait);
  assert.equal(tries, 3);
  assert.equal(find("[data-camera-status]").textContent, "Taken away.");
  assert.deepEqual([find("[data-panel]").hidden, find("button").getAttribute("aria-expanded")], [true, "false"]);
});

test("a camera that was switched off while it starts again stays off", async () => {
  await start();
  takeAway();
  await camera.toggle();
  await pass(0);
  assert.deepEqual([tracks.length, find("[data-panel]").hidden], [1, true]);
});

test("a camera that is switched off while it starts is let go", async () => {
  const starting = camera.toggle();
  camera.toggle();
  await starting;
  await settle();
  assert.deepEqual([tracks.every(({ stopped }) => stopped), find("[data-panel]").hidden], [true, true]);
});
