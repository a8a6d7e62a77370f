// A page for the gate's modules: they find `document`, storage and the rest where a browser has them.

import { register } from "node:module";
import { mock } from "node:test";
import { Window } from "../../.cache/node/node_modules/happy-dom/lib/index.js";

register("./vendor.js", import.meta.url);

const SHARED = [
  ...["document", "location", "localStorage", "sessionStorage", "navigator", "CSS"],
  ...["Event", "CustomEvent", "InputEvent", "KeyboardEvent", "MouseEvent", "FormData", "HTMLMediaElement"],
  ...["Document", "DOMParser", "Element", "Node"], // for idiomorph
];

// Opens a page with this markup, in place of the one before. What modules keep in variables stays.
export function open(markup = "") {
  const window = new Window({ url: "https://parking.example/gate/" });
  for (const name of SHARED) define(name, window[name]);
  for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"]) {
    define(name, window[name].bind(window));
  }
  // There is no layout: what is not hidden is seen.
  window.Element.prototype.checkVisibility = function () {
    return !this.closest("[hidden]");
  };
  window.document.body.innerHTML = markup;
  return window.document;
}

export const gate = (name) => import(`../../parking/web/static/gate/${name}.js`);

// Timers that only `mock.timers.tick` moves, and a clock that goes with them.
export function stopTimers() {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
}

// Lets what waits for a promise go on.
export const settle = () => new Promise((resolve) => setImmediate(resolve));

export function define(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
