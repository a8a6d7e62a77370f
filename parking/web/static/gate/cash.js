// The number pad: what was handed over, and the change. The server calculates it again.

const MONEY = new Intl.NumberFormat("en-IN", { style: "currency", currency: "INR" });
const LONGEST = 9;

export function startCash(part) {
  const form = part.querySelector("[data-cash]");
  if (!form) return null;
  const field = form.querySelector("[name=tendered]");
  const due = Math.round(Number(part.querySelector("[data-due]").dataset.due || part.dataset.due) * 100);
  let untouched = true; // the first digit takes the place of the exact amount

  const put = (text) => {
    field.value = text;
    untouched = false;
    reckon();
  };
  const press = (digit) => {
    const present = untouched ? "" : field.value;
    if (digit === "back") put(field.value.slice(0, -1));
    else if (present.length < LONGEST) put((present + digit).replace(/^0+(?=\d)/, ""));
  };
  const reckon = () => {
    const paise = Math.round(Number(field.value || 0) * 100) - due;
    const short = !(paise >= 0);
    form.querySelector("[data-change-line]").hidden = short;
    form.querySelector("[data-short-line]").hidden = !short;
    form.querySelector(short ? "[data-short]" : "[data-change]").value = MONEY.format(Math.abs(paise || 0) / 100);
  };

  form.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-digit], [data-amount]");
    if (button?.dataset.digit) press(button.dataset.digit);
    if (button?.dataset.amount) put(button.dataset.amount);
  });
  field.addEventListener("input", () => {
    untouched = false;
    reckon();
  });
  reckon();
  return { press, select: () => field.select() };
}
