// What a camera can do beside its picture: light, and coming nearer. The buttons are there where the track can do it.

const STEPS = [1, 2, 3];

export class Lens {
  #torch;
  #zoom;
  #track = null;
  #steps = STEPS;

  constructor({ torch, zoom }) {
    this.#torch = torch;
    this.#zoom = zoom;
    torch.addEventListener("click", () => this.#light(torch.getAttribute("aria-pressed") !== "true"));
    zoom.addEventListener("click", () => this.#comeNearer());
  }

  // Begins with the camera's picture; null when there is none any more.
  use(stream) {
    this.#track = stream?.getVideoTracks?.()[0] ?? null;
    const can = this.#track?.getCapabilities?.() ?? {};
    this.#torch.hidden = !can.torch;
    this.#show(false);
    this.#offerZoom(can.zoom ?? { min: 1, max: 1 });
  }

  #offerZoom({ min, max }) {
    this.#steps = STEPS.filter((times) => times * min <= max);
    this.#zoom.hidden = this.#steps.length < 2;
    this.#zoom.dataset.base = min;
    this.#name(1);
  }

  async #light(on) {
    if (await this.#apply({ torch: on })) this.#show(on);
  }

  async #comeNearer() {
    const present = Number(this.#zoom.dataset.times);
    const next = this.#steps[(this.#steps.indexOf(present) + 1) % this.#steps.length];
    if (await this.#apply({ zoom: next * Number(this.#zoom.dataset.base) })) this.#name(next);
  }

  #apply(wanted) {
    return (
      this.#track?.applyConstraints({ advanced: [wanted] }).then(
        () => true,
        () => false,
      ) ?? false
    );
  }

  #show(on) {
    this.#torch.setAttribute("aria-pressed", String(on));
  }

  #name(times) {
    this.#zoom.dataset.times = times;
    this.#zoom.querySelector("[data-times]").textContent = `${times}×`;
  }
}
