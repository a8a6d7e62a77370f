// The camera reads codes: with the browser's own detector where there is one, otherwise with one that we serve,
// which is loaded only then.

const LOOK_EVERY = 150;
// A code that stays in the picture is one scan; it counts again after so long out of sight.
const FORGOTTEN_AFTER = 4000;

export class Camera {
  #panel;
  #video;
  #button;
  #onCode;
  #stream = null;
  #seen = new Map();

  constructor({ panel, button, onCode }) {
    this.#panel = panel;
    this.#video = panel.querySelector("video");
    this.#button = button;
    this.#onCode = onCode;
    button.addEventListener("click", () => this.toggle());
  }

  toggle() {
    return this.#stream ? this.#stop() : this.#start();
  }

  async #start() {
    this.#say(null);
    if (!navigator.mediaDevices) return this.#say("insecure");
    this.#button.disabled = true;
    try {
      const [stream, reader] = await Promise.all([picture(), codeReader(this.#panel.dataset.wasm)]);
      this.#stream = stream;
      this.#video.srcObject = stream;
      this.#show(true);
      await this.#video.play();
      this.#look(reader);
    } catch (error) {
      this.#stop();
      this.#say(error.name);
    } finally {
      this.#button.disabled = false;
    }
  }

  #stop() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
    this.#show(false);
  }

  async #look(reader) {
    while (this.#stream) {
      if (!document.hidden && this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
        const codes = await reader.detect(this.#video).catch(() => []);
        for (const { rawValue } of codes) this.#take(rawValue);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
  }

  #take(text) {
    const now = performance.now();
    const last = this.#seen.get(text) ?? -Infinity;
    // A code that was not taken, because the attendant is at another car, may be taken later.
    if (now - last < FORGOTTEN_AFTER || this.#onCode(text)) this.#seen.set(text, now);
  }

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

function picture() {
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
  });
}

async function codeReader(wasm) {
  const wanted = { formats: ["qr_code"] };
  const formats = (await globalThis.BarcodeDetector?.getSupportedFormats?.().catch(() => [])) ?? [];
  if (formats.includes("qr_code")) return new globalThis.BarcodeDetector(wanted);
  const { BarcodeDetector, prepareZXingModule } = await import("../vendor/barcode-detector/ponyfill.js");
  prepareZXingModule({ overrides: { locateFile: (name) => (name.endsWith(".wasm") ? wasm : name) } });
  return new BarcodeDetector(wanted);
}
