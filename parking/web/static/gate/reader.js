// Reads codes out of a picture: with the browser's own reader where there is one, otherwise with ours, which is loaded
// only then. Some browsers have a reader that does not work: after its third failure ours takes its place.

const WANTED = { formats: ["qr_code"] };
const MOST_FAILURES = 3;
const PATIENCE = 2000; // some readers never answer

export class CodeReader {
  #load;
  #own = null;
  #ours = null;
  #failures = 0;

  constructor(wasm, load = () => ourReader(wasm)) {
    this.#load = load;
  }

  // Rejects if no reader can be had.
  async prepare() {
    this.#own ??= await browsersReader();
    if (!this.#own) this.#ours ??= await this.#load();
  }

  // Returns the texts of the codes in the picture; rejects if ours has failed three times in a row too.
  async read(picture) {
    try {
      const codes = await (this.#ours ? this.#ours.detect(picture) : inTime(this.#own.detect(picture)));
      if (this.#ours) this.#failures = 0;
      return codes.map(({ rawValue }) => rawValue);
    } catch (error) {
      await this.#failed(error);
      return [];
    }
  }

  async #failed(error) {
    this.#failures += 1;
    if (this.#failures < MOST_FAILURES) return;
    if (this.#ours) throw error;
    this.#failures = 0;
    this.#ours = await this.#load();
  }
}

async function browsersReader() {
  try {
    const formats = await inTime(globalThis.BarcodeDetector?.getSupportedFormats());
    return formats?.includes("qr_code") ? new globalThis.BarcodeDetector(WANTED) : null;
  } catch {
    return null;
  }
}

async function ourReader(wasm) {
  const { BarcodeDetector, prepareZXingModule } = await import("../vendor/barcode-detector/ponyfill.js");
  prepareZXingModule({ overrides: { locateFile: (name) => (name.endsWith(".wasm") ? wasm : name) } });
  return new BarcodeDetector(WANTED);
}

function inTime(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("The reader does not answer.")), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
