// Three synthesised sounds: two rising tones, a low buzz, one even tone. Browsers allow them after a first touch.

import { place } from "./place.js";

const NOTES = {
  yes: {
    shape: "sine",
    tones: [
      [660, 0, 0.12],
      [990, 0.13, 0.2],
    ],
    shake: [80],
  },
  no: { shape: "sawtooth", tones: [[130, 0, 0.5]], shake: [200, 80, 200] },
  wait: { shape: "sine", tones: [[440, 0, 0.25]], shake: [120] },
};
const LOUDNESS = 0.25;

let speaker = null;

for (const touch of ["pointerdown", "keydown"]) {
  addEventListener(touch, () => (speaker ??= new AudioContext()).resume(), { capture: true });
}

export function play(tone) {
  const note = NOTES[tone];
  if (!note || place.muted) return;
  // Before the first touch of the page a browser only complains of this.
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(note.shake);
  if (speaker?.state === "running")
    for (const [pitch, start, length] of note.tones) sound(note.shape, pitch, start, length);
}

function sound(shape, pitch, start, length) {
  const from = speaker.currentTime + start;
  const voice = new OscillatorNode(speaker, { type: shape, frequency: pitch });
  const volume = new GainNode(speaker, { gain: LOUDNESS });
  // Faded, because a tone that is cut off clicks.
  volume.gain.setValueAtTime(LOUDNESS, from + length * 0.7);
  volume.gain.linearRampToValueAtTime(0, from + length);
  voice.connect(volume).connect(speaker.destination);
  voice.start(from);
  voice.stop(from + length);
}
