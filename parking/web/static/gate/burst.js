// Keys that came without a pause, and what they say: a scan, or keys of a person.

import { characterAtPlace, characterOf } from "./keys.js";
import { beginsAsTicket, cleaned, isTicket } from "./scanned.js";

export const FAST = 100; // milliseconds between two characters of a scanner
const BY_HAND = 1500; // a code that is typed without a field may take its time
export const SHORTEST = 6;

export const fieldOf = (target) => target.closest?.("input:not([type=radio]), textarea, select") ?? null;

export class Burst {
  typed = "";
  atPlaces = ""; // the same keys on a US keyboard
  keys = 0;
  slowest = 0;
  last = -Infinity;

  constructor(target) {
    this.target = target;
    this.field = target && fieldOf(target);
    this.before = this.field?.value ?? "";
  }

  add(event) {
    const character = characterOf(event);
    if (this.keys) this.slowest = Math.max(this.slowest, event.timeStamp - this.last);
    this.typed += character;
    this.atPlaces += characterAtPlace(event) || character;
    this.keys += 1;
    this.last = event.timeStamp;
  }

  get patience() {
    return beginsAsTicket(this.typed) || beginsAsTicket(this.atPlaces) ? BY_HAND : FAST;
  }

  goesOnWith(event) {
    return this.keys > 0 && event.timeStamp - this.last <= this.patience;
  }

  isByScanner(event) {
    return this.slowest <= FAST && event.timeStamp - this.last <= FAST;
  }

  // Keys without names leave their text in a field alone; a keyboard of another script has it at their places.
  get text() {
    const inField = this.field?.value.startsWith(this.before) ? this.field.value.slice(this.before.length) : "";
    return cleaned([this.typed, this.atPlaces, inField].find(isTicket) ?? this.typed);
  }

  get isScan() {
    return isTicket(this.text) || (!this.field && this.text.length >= SHORTEST);
  }
}
