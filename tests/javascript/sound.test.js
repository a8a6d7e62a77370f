import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { define, gate, open } from "./page.js";

let played; // shape, pitch, start and end of each tone, in seconds
let shaken;
let touched;

class Speaker {
  currentTime = 10;
  destination = "loudspeaker";
  state = "suspended";
  resume() {
    this.state = "running";
  }
}
class Voice {
  constructor(speaker, { type, frequency }) {
    this.tone = [type, frequency];
  }
  connect(next) {
    return next;
  }
  start(time) {
    this.tone.push(time);
  }
  stop(time) {
    played.push([...this.tone, time].map((part) => (typeof part === "number" ? Number(part.toFixed(2)) : part)));
  }
}
class Volume {
  gain = { setValueAtTime() {}, linearRampToValueAtTime() {} };
  connect() {}
}

open();
define("AudioContext", Speaker);
define("OscillatorNode", Voice);
define("GainNode", Volume);
const { place } = await gate("place");
const { play } = await gate("sound");

beforeEach(() => {
  [played, shaken, touched, place.muted] = [[], [], true, false];
  define("navigator", {
    vibrate: (pattern) => shaken.push(pattern),
    get userActivation() {
      return { hasBeenActive: touched };
    },
  });
});

test("before the first touch nothing sounds or shakes", () => {
  touched = false;
  play("yes");
  assert.deepEqual([played, shaken], [[], []]);
});

const TONES = {
  yes: [
    ["sine", 660, 10, 10.12],
    ["sine", 990, 10.13, 10.33],
  ],
  no: [["sawtooth", 130, 10, 10.5]],
  wait: [["sine", 440, 10, 10.25]],
};
const SHAKES = { yes: [[80]], no: [[200, 80, 200]], wait: [[120]] };
for (const [verdict, tones] of Object.entries(TONES)) {
  test(`"${verdict}" has tones and a shake of its own`, () => {
    dispatchEvent(new Event("pointerdown"));
    play(verdict);
    assert.deepEqual([played, shaken], [tones, SHAKES[verdict]]);
  });
}

test("a bill makes no sound", () => {
  play("quote");
  assert.deepEqual([played, shaken], [[], []]);
});

test("who has muted the gate hears and feels nothing", () => {
  place.muted = true;
  play("no");
  assert.deepEqual([played, shaken], [[], []]);
});
