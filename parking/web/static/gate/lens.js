// What a camera can do beside its picture: light, nearness, and a screen that stays awake meanwhile.

const FACTORS = [1, 2, 3];

export class Lens {
  #torch;
  #zoom;
  #track = null;
  #lock = null;

  constructor({ torch, zoom }) {
    this.#torch = torch;
    this.#zoom = zoom;
    torch.addEventListener("click", () => this.#light(torch.getAttribute("aria-pressed") !== "true"));
    zoom.addEventListener("click", () => this.#nearer());
    document.addEventListener("visibilitychange", () => this.#awake());
  }

  // Shows what this track can do; null: there is no picture any more.
  take(track) {
    this.#track = track;
    const can = track?.getCapabilities?.() ?? {};
    this.#torch.hidden = !can.torch;
    this.#torch.setAttribute("aria-pressed", "false");
    this.#zoom.hidden = !(can.zoom?.max > 1);
    this.#name(1);
    this.#awake();
  }

  async #light(on) {
    if (await this.#apply({ torch: on })) this.#torch.setAttribute("aria-pressed", String(on));
  }

  async #nearer() {
    const { min = 1, max } = this.#track.getCapabilities().zoom;
    const now = Number(this.#zoom.dataset.factor);
    const next = FACTORS.find((factor) => factor > now && factor <= max) ?? Math.max(min, 1);
    if (await this.#apply({ zoom: next })) this.#name(next);
  }

  async #apply(wish) {
    try {
      await this.#track?.applyConstraints({ advanced: [wish] });
      return this.#track !== null;
    } catch {
      return false;
    }
  }

  #name(factor) {
    this.#zoom.dataset.factor = factor;
    this.#zoom.querySelector("[data-zoom-factor]").textContent = `${factor}×`;
  }

  // The system lets go of the screen when the page is left: then it is asked for again.
  async #awake() {
    if (!navigator.wakeLock || document.hidden) return;
    if (this.#track) this.#lock ??= await navigator.wakeLock.request("screen").catch(() => null);
    else {
      this.#lock?.release();
      this.#lock = null;
    }
    this.#lock?.addEventListener("release", () => (this.#lock = null), { once: true });
  }
}
