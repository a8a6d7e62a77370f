// What came from a scanner, key by key, and what is to be said about it. Pure: it takes records of keys, as `recordOf`
// makes them, and of texts that were inserted at once.

import { FAST } from "./burst.js";
import { characterAtPlace, characterOf, endOf, isNameless } from "./keys.js";
import { cleaned, identifierOf, isTicket, isWholeTicket } from "./scanned.js";

const KEPT = ["key", "code", "keyCode", "shiftKey", "ctrlKey", "altKey", "metaKey"];

export function recordOf(event) {
  const record = Object.fromEntries(KEPT.map((name) => [name, event[name]]));
  return { ...record, at: event.timeStamp };
}

// A row for each record: what arrived, its character, the number of that in Unicode, milliseconds since the last one.
export function rowsOf(records) {
  return records.map((record, index) => {
    const text = record.inserted ?? characterOf(record);
    return {
      key: record.inserted === undefined ? record.key || "?" : "",
      place: record.code || (record.keyCode ? `${record.keyCode}` : ""),
      text,
      points: [...text].map(pointOf).join(" "),
      after: index ? Math.round(record.at - records[index - 1].at) : 0,
    };
  });
}

// What was understood: the text, what ended it, the longest pause, and what a person should know of it.
export function summaryOf(records, fieldText = "") {
  const keys = records.filter((record) => record.inserted === undefined);
  const typed = records.map((record) => record.inserted ?? characterOf(record)).join("");
  const atPlaces = keys.map((key) => characterAtPlace(key) || characterOf(key)).join("");
  const raw = [typed, atPlaces, fieldText].find(isTicket) ?? (typed || fieldText);
  const end = endOf(records.at(-1) ?? {});
  const slowest = Math.max(0, ...rowsOf(records).map(({ after }) => after));
  return {
    text: cleaned(raw),
    end,
    slowest,
    notes: notesOf({ keys, raw, end, slowest, byPlace: !isTicket(typed) && isTicket(atPlaces), records }),
  };
}

function notesOf({ keys, raw, end, slowest, byPlace, records }) {
  const wholeAtOnce = records.some(({ inserted }) => isWholeTicket(inserted ?? ""));
  const found = {
    nothing: !cleaned(raw),
    ticket: isWholeTicket(raw),
    other: cleaned(raw) && !isWholeTicket(raw),
    identifier: identifierOf(raw),
    before: !identifierOf(raw) && raw.trimEnd() !== cleaned(raw),
    nameless: keys.some(isNameless),
    layout: byPlace && !keys.some(isNameless),
    endless: !end && !wholeAtOnce,
    slow: slowest > FAST,
  };
  return Object.keys(found).filter((note) => found[note]);
}

function pointOf(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
