// The number pad: what was received, and the change. The server calculates it again.

const MONEY = new Intl.NumberFormat("en-IN", { style: "currency", currency: "INR" });
const LONGEST = 9;
// Above so many times the amount due it is asked once whether it is right: a digit too many is typed easily.
const MUCH = 10;

export function startCash(part) {
  const form = part.querySelector("[data-cash]");
  if (!form) return null;
  const field = form.querySelector("[name=tendered]");
  const due = Math.round(Number(part.dataset.due) * 100);
  let confirmed = "";

  const put = (text) => {
    field.value = text;
    reckon();
  };
  const press = (digit) => {
    if (digit === "back") put(field.value.slice(0, -1));
    else if (field.value.length < LONGEST) put((field.value + digit).replace(/^0+(?=\d)/, ""));
  };
  // Notes are laid one on the other.
  const lay = (note) => put(String(Math.round(rupees(field.value) * 100 + note * 100) / 100));

  function reckon() {
    const isEmpty = !field.value.trim();
    const paise = Math.round(rupees(field.value) * 100) - due;
    const isShort = !isEmpty && !(paise >= 0);
    show("[data-change-line]", !isEmpty && !isShort);
    show("[data-short-line]", isShort);
    show("[data-take-exact]", isEmpty);
    show("[data-take-typed]", !isEmpty);
    if (field.value !== confirmed) show("[data-much]", false);
    form.querySelector(isShort ? "[data-short]" : "[data-change]").value = MONEY.format(
      isEmpty ? 0 : Math.abs(paise || 0) / 100,
    );
  }

  function show(selector, isShown) {
    const element = form.querySelector(selector);
    if (element) element.hidden = !isShown;
  }

  // Before what sends it: without a sum the exact amount is meant; digits go as the server reads them.
  function settle(event) {
    const typed = field.value;
    if (!typed.trim()) field.value = (due / 100).toFixed(2);
    else if (rupees(typed) * 100 > due * MUCH && confirmed !== typed) {
      event.preventDefault();
      event.stopImmediatePropagation();
      confirmed = typed;
      show("[data-much]", true);
    } else field.value = plain(typed);
  }

  form.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-digit], [data-note]");
    if (button?.dataset.digit) press(button.dataset.digit);
    if (button?.dataset.note) lay(Number(button.dataset.note));
  });
  field.addEventListener("input", reckon);
  form.addEventListener("submit", settle);
  reckon();
  return { press, select: () => field.select() };
}

// Digits of any script become those of the keyboard; commas, spaces and the sign of the rupee go.
export function plain(text) {
  const digits = text.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0);
    let zero = code;
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && code - zero < 9) zero -= 1;
    return String(code - zero);
  });
  return digits.replace(/[,\s₹]/g, "");
}

const rupees = (text) => Number(plain(text) || 0);
