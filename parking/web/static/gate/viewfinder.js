// The camera as the page: its picture, light and zoom, a screen that stays on. Who has used it here finds it running.

import { keepAwake } from "./awake.js";
import { Camera } from "./camera.js";
import { Lens } from "./lens.js";

const KEPT = "gate-camera";

export function startViewfinder(onCode) {
  const find = (selector) => document.querySelector(selector);
  const button = find("[data-camera]");
  const lens = new Lens({ torch: find("[data-torch]"), zoom: find("[data-zoom]") });
  button.addEventListener("click", () => keep(button.getAttribute("aria-expanded") !== "true"));
  const camera = new Camera({
    panel: find("[data-camera-panel]"),
    button,
    onCode,
    onPicture(stream) {
      lens.use(stream);
      keepAwake(stream !== null);
    },
  });
  if (isUsedHere()) camera.toggle();
  return { toggle: () => button.click() };
}

function isUsedHere() {
  try {
    return localStorage.getItem(KEPT) === "on";
  } catch {
    return false;
  }
}

function keep(on) {
  try {
    localStorage.setItem(KEPT, on ? "on" : "off");
  } catch {
    // Storage is not available: the camera is started at each visit.
  }
}
