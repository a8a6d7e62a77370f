// What a key of a keyboard types, and which keys end a scan.

// Keys as they are on the US keyboard, as which scanners act unless they are told otherwise: plain, with Shift.
const PLACES = {
  Space: "  ",
  Minus: "-_",
  Equal: "=+",
  BracketLeft: "[{",
  BracketRight: "]}",
  Backslash: "\\|",
  Semicolon: ";:",
  Quote: "'\"",
  Comma: ",<",
  Period: ".>",
  Slash: "/?",
  NumpadSubtract: "--",
  NumpadDecimal: "..",
  NumpadDivide: "//",
};
const ABOVE_DIGITS = ")!@#$%^&*(";
// Names of places by the older number of a key, which some devices send alone.
const BY_NUMBER = {
  9: "Tab",
  13: "Enter",
  32: "Space",
  59: "Semicolon",
  61: "Equal",
  109: "NumpadSubtract",
  110: "NumpadDecimal",
  111: "NumpadDivide",
  173: "Minus",
  186: "Semicolon",
  187: "Equal",
  188: "Comma",
  189: "Minus",
  190: "Period",
  191: "Slash",
  219: "BracketLeft",
  220: "Backslash",
  221: "BracketRight",
  222: "Quote",
};
const NAMELESS = ["", "Unidentified", "Process", "Dead"];
const NAMED = /^[A-Z][A-Za-z0-9]+$/; // Shift, Enter, F2 …
const ENDS_BY_PLACE = { Enter: "Enter", NumpadEnter: "Enter", Tab: "Tab" };

// Whether the device does not say which key this is.
export const isNameless = ({ key }) => NAMELESS.includes(key ?? "");

// The character that a key types; "" for one that types none, or of which nothing is known.
export function characterOf(event) {
  if (isNameless(event)) return characterAtPlace(event);
  return NAMED.test(event.key) ? "" : event.key;
}

// The character that a US keyboard has at the place of this key; "" if the place is not known.
export function characterAtPlace(event) {
  const place = event.code || placeOf(event.keyCode);
  const [, kind, sign] = /^(Key|Digit|Numpad)([A-Z0-9])$/.exec(place) ?? [];
  const plainAndShifted = {
    Key: [sign?.toLowerCase(), sign],
    Digit: [sign, ABOVE_DIGITS[sign]],
    Numpad: [sign, sign],
  };
  return (plainAndShifted[kind] ?? PLACES[place])?.[event.shiftKey ? 1 : 0] ?? "";
}

// Which key it is that ends a scan: "Enter", "Tab", "Ctrl-J" or "Ctrl-M", as scanners send line ends; else "".
export function endOf(event) {
  const place = event.code || placeOf(event.keyCode);
  if (event.ctrlKey) return { KeyJ: "Ctrl-J", KeyM: "Ctrl-M" }[place] ?? "";
  const name = isNameless(event) ? ENDS_BY_PLACE[place] : event.key;
  // Shift and Tab go back in the page.
  return name === "Enter" || (name === "Tab" && !event.shiftKey && !isShortcut(event)) ? name : "";
}

// A key that belongs to the browser. AltGr types characters, and on Windows looks like Ctrl and Alt together.
export function isShortcut(event) {
  if (event.getModifierState?.("AltGraph")) return false;
  return event.ctrlKey || event.altKey || event.metaKey;
}

// A key that leaves no text: a shortcut, or a key such as Shift.
export const typesNothing = (event) => isShortcut(event) || !(characterOf(event) || isNameless(event));

function placeOf(number) {
  if (number >= 65 && number <= 90) return `Key${String.fromCharCode(number)}`;
  if (number >= 48 && number <= 57) return `Digit${number - 48}`;
  if (number >= 96 && number <= 105) return `Numpad${number - 96}`;
  return BY_NUMBER[number] ?? "";
}
