// Keyboards and scanners that type like one. A scanner types fast and ends with Enter; a person presses single keys,
// which are shortcuts, or types into a field. A scan counts wherever the focus is.

const FAST = 100; // milliseconds between two characters of a scanner
const BY_HAND = 1500; // a code that is typed without a field may take its time
const SHORTEST = 6;
const CODE = /^QR-/i;
const BEGINS_AS_CODE = /^Q(R(-.*)?)?$/i;

export function listen({ onScan, onKey }) {
  let typed = "";
  let last = 0;
  let timer = 0;
  let field = null; // the field that the characters went into, and what stood in it before
  let before = "";

  const patience = () => (BEGINS_AS_CODE.test(typed) ? BY_HAND : FAST);
  const isScan = (text) => CODE.test(text) || (!field && text.length >= SHORTEST);
  const begin = (target) => {
    typed = "";
    field = target.closest?.("input:not([type=radio]), textarea, select") ?? null;
    before = field?.value ?? "";
  };
  // Nothing more came: not a scanner. Outside of fields each key is a shortcut of its own.
  const settle = () => {
    const keys = typed;
    typed = "";
    if (!field && keys.length < SHORTEST) for (const key of keys) onKey(key);
  };

  function take(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const isSlow = event.timeStamp - last > patience();
    if (event.key === "Enter") return end(event, isSlow);
    if (event.key.length !== 1) return;
    if (isSlow || !typed) begin(event.target);
    typed += event.key;
    last = event.timeStamp;
    clearTimeout(timer);
    timer = setTimeout(settle, patience());
  }

  function end(event, isSlow) {
    const text = isSlow ? "" : typed;
    clearTimeout(timer);
    typed = "";
    // The code's own field sends itself.
    if (field?.name === "qr_code" && field.type !== "hidden") return;
    if (isScan(text)) {
      event.preventDefault();
      event.stopPropagation();
      if (field) field.value = before;
      onScan(text);
    } else if (!field) {
      // A quick hand: the shortcut counts, the Enter must not press the button that it shows.
      if (text) event.preventDefault();
      for (const key of text) onKey(key);
    }
  }

  document.addEventListener("keydown", take, { capture: true });
}
