// The camera: its picture on the page, and the codes in it. A system takes the camera away from a page whose app was
// left, or gives it to another one: then it is asked for again.

import { CodeReader } from "./reader.js";

const LOOK_EVERY = 80;
// A code that stays in the picture is one scan; it counts again after so long out of sight.
const FORGOTTEN_AFTER = 4000;
// How long to wait before each try to get the camera back.
const TRIES = [0, 1000, 3000];
// A camera that comes back with the page needs a moment.
const BACK_WITHIN = 1000;

export class Camera {
  #panel;
  #video;
  #button;
  #onCode;
  #onPicture;
  #reader;
  #stream = null;
  #isOn = false;
  #isLost = false;
  #turn = 0; // on, off and lost: what was begun in another turn is of no interest any more
  #seen = new Map();

  constructor({ panel, button, onCode, onPicture = () => {} }) {
    this.#panel = panel;
    this.#video = panel.querySelector("video");
    this.#button = button;
    this.#onCode = onCode;
    this.#onPicture = onPicture;
    this.#reader = new CodeReader(panel.dataset.wasm);
    button.addEventListener("click", () => this.toggle());
    document.addEventListener("visibilitychange", () => this.#comeBack());
  }

  toggle() {
    return this.#isOn ? this.#stop() : this.#start();
  }

  async #start() {
    this.#say(null);
    if (!navigator.mediaDevices) return this.#say("insecure");
    this.#isOn = true;
    this.#button.disabled = true;
    try {
      await this.#open();
    } catch (error) {
      this.#stop();
      this.#say(error.name);
    } finally {
      this.#button.disabled = false;
    }
  }

  async #open() {
    const turn = (this.#turn += 1);
    try {
      await this.#reader.prepare();
      const stream = await picture();
      if (turn === this.#turn) await this.#play(stream);
      else release(stream);
    } catch (error) {
      if (turn === this.#turn) throw error;
    }
  }

  async #play(stream) {
    this.#stream = stream;
    this.#isLost = false;
    for (const track of stream.getTracks()) track.addEventListener("ended", () => this.#lose(stream));
    this.#video.srcObject = stream;
    this.#show(true);
    this.#onPicture(stream);
    await this.#video.play();
    this.#look(stream);
  }

  #stop() {
    this.#isOn = false;
    this.#isLost = false;
    this.#release();
    this.#show(false);
  }

  #release() {
    this.#turn += 1;
    release(this.#stream);
    this.#stream = null;
    this.#video.srcObject = null;
    this.#onPicture(null);
  }

  async #look(stream) {
    try {
      while (this.#stream === stream) {
        for (const text of await this.#read()) this.#take(text);
        await pause(LOOK_EVERY);
      }
    } catch {
      this.#stop();
      this.#say("other");
    }
  }

  async #read() {
    const isInSight = !document.hidden && this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    return isInSight ? this.#reader.read(this.#video) : [];
  }

  #take(text) {
    const now = performance.now();
    const last = this.#seen.get(text) ?? -Infinity;
    // A code that was not taken, because the attendant is at another car, may be taken later.
    if (now - last < FORGOTTEN_AFTER || this.#onCode(text)) this.#seen.set(text, now);
  }

  // --- A camera that was taken away ------------------------------------------------------------------

  #lose(stream) {
    if (stream !== this.#stream) return;
    this.#release();
    this.#isLost = true;
    this.#say("restarting");
    if (!document.hidden) this.#regain();
  }

  async #comeBack() {
    if (document.hidden || !this.#isOn) return;
    if (this.#isLost) return this.#regain();
    const stream = this.#stream;
    if (!stream) return;
    if (stream.getTracks().some(isMuted)) await pause(BACK_WITHIN);
    if (stream !== this.#stream) return;
    if (stream.getTracks().some((track) => isMuted(track) || track.readyState === "ended")) this.#lose(stream);
    else this.#video.play().catch(() => undefined);
  }

  async #regain() {
    let turn = this.#turn;
    for (const wait of TRIES) {
      await pause(wait);
      // Meanwhile it was switched off, or the page was left again, which calls this anew when it is back.
      if (turn !== this.#turn || document.hidden) return;
      try {
        await this.#open();
        return this.#say(null);
      } catch {
        turn = this.#turn;
      }
    }
    this.#stop();
    this.#say("ended");
  }

  // --- What is seen ----------------------------------------------------------------------------------

  #show(on) {
    this.#panel.hidden = !on;
    this.#button.setAttribute("aria-expanded", String(on));
  }

  #say(problem) {
    const words = (name) => document.querySelector(`template[data-camera-problem="${name}"]`);
    const place = document.querySelector("[data-camera-status]");
    place.replaceChildren();
    if (problem) place.append((words(problem) ?? words("other")).content.cloneNode(true));
  }
}

const isMuted = (track) => track.muted === true;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function release(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

function picture() {
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
  });
}
