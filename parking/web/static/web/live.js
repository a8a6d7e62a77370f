// Parts of a page that poll for updates every two seconds: <div data-live="/address/">; data-every names other
// milliseconds.
// The server answers 304 while nothing has changed. What has changed is merged in, so that focus and scrolling stay.
// A part that waits for a payment names in data-check the address that lets the server ask the payment service first.

import { Idiomorph } from "../vendor/idiomorph.js";
import { csrfToken } from "./csrf.js";

const EVERY = 2000;
const SLOWEST = 10000;

export function startLive(root) {
  for (const part of root.querySelectorAll("[data-live]")) follow(part);
}

// What a person opened stays open: the server does not know of it.
const callbacks = {
  beforeAttributeUpdated: (name, element) => !(name === "open" && ["DIALOG", "DETAILS"].includes(element.tagName)),
};

function follow(part) {
  const every = Number(part.dataset.every) || EVERY;
  let tag = "";
  let wait = every;
  let timer = 0;
  let asking = false;

  async function look() {
    // One request at a time, or each immediate poll would leave one more timer running.
    if (asking || !part.isConnected) return;
    clearTimeout(timer);
    asking = true;
    if (!document.hidden) wait = (await ask()) ? every : Math.min(wait * 1.5, SLOWEST);
    asking = false;
    timer = setTimeout(look, wait);
  }

  async function ask() {
    let response;
    try {
      if (part.dataset.check) await check(part.dataset.check);
      response = await fetch(part.dataset.live, {
        cache: "no-store",
        headers: { "X-Live": "true", ...(tag && { "If-None-Match": tag }) },
      });
    } catch {
      part.dataset.stale = "yes";
      return false;
    }
    delete part.dataset.stale;
    const elsewhere = response.headers.get("HX-Redirect");
    if (elsewhere) location.assign(elsewhere);
    if (response.status !== 200) return response.status === 304;
    tag = response.headers.get("ETag") ?? "";
    Idiomorph.morph(part, await response.text(), { morphStyle: "innerHTML", ignoreActiveValue: true, callbacks });
    part.dispatchEvent(new CustomEvent("live", { bubbles: true }));
    return true;
  }

  const check = (address) =>
    fetch(address, { method: "POST", headers: { "X-Live": "true", "X-CSRFToken": csrfToken() } });

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
  part.addEventListener("looknow", look);
  look();
}
