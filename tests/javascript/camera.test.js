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
  const track = { stopped: false, stop: () => (track.stopped = true) };
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
