// The strip beside the scanner: free slots, who is expected, who is on duty. It is asked for now and then, and after
// each car; where no answer comes, the last one stays and is marked as old.

import { Idiomorph } from "../vendor/idiomorph.js";
import { place } from "./place.js";

const EVERY = 10000;
// The server looks for news once a second.
const AFTER_NEWS = 1200;

let part;
let tag = "";
let timer = 0;

export function startNow() {
  part = document.querySelector("[data-now]");
  addEventListener("placed", () => refresh());
  document.addEventListener("visibilitychange", () => !document.hidden && refresh());
  return refresh();
}

// After a car the strip is asked for twice: at once it may still be the old one.
export const refreshAfterNews = () => refresh(AFTER_NEWS);

async function refresh(again = EVERY) {
  clearTimeout(timer);
  timer = setTimeout(refresh, again);
  if (document.hidden || !part) return;
  try {
    const response = await fetch(`${part.dataset.now}?gate=${encodeURIComponent(place.gate)}`, {
      cache: "no-store",
      headers: { "X-Live": "true", ...(tag && { "If-None-Match": tag }) },
    });
    delete part.dataset.stale;
    if (response.status !== 200 || response.headers.get("HX-Redirect")) return;
    tag = response.headers.get("ETag") ?? "";
    show(await response.text());
  } catch {
    part.dataset.stale = "yes";
  }
}

function show(html) {
  Idiomorph.morph(part, html, { morphStyle: "innerHTML" });
  const name = part.querySelector("[data-on-duty]")?.dataset.onDuty ?? "";
  for (const element of document.querySelectorAll("[data-person]")) element.textContent = name;
  const bell = part.querySelector("[data-bell] .bell");
  const shown = document.querySelector(".top .bell");
  if (bell && shown) Idiomorph.morph(shown, bell.outerHTML, { morphStyle: "outerHTML" });
  // What the car park of the chosen gate offers.
  const links = part.querySelector("[data-links]")?.innerHTML;
  if (!links) return;
  for (const nav of document.querySelectorAll("[data-nav]")) {
    Idiomorph.morph(nav, links, { morphStyle: "innerHTML" });
  }
}
