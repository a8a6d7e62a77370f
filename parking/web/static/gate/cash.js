// The number pad: what was handed over, and the change. The server calculates it again. Nothing typed means the exact
// amount; notes add up; a sum over ten times the due is asked about before it is sent.

import { paiseOf, plainAmount, rupees } from "./amounts.js";

const LONGEST = 9;
const DOUBTFUL = 10; // times the due

export function startCash(part) {
  const form = part.querySelector("[data-cash]");
  if (!form) return null;
  const field = form.querySelector("[name=tendered]");
  const due = Math.round(Number(part.querySelector("[data-due]").dataset.due || part.dataset.due) * 100);
  const doubt = startDoubt({ form, field, due });

  const put = (text) => {
    field.value = text;
    reckon();
  };
  const press = (digit) => {
    if (doubt.isOpen()) return;
    const present = plainAmount(field.value);
    if (digit === "back") put(present.slice(0, -1));
    else if (present.length + digit.length <= LONGEST && !(digit.startsWith(".") && present.includes(".")))
      put((present + digit).replace(/^0+(?=\d)/, ""));
  };
  const add = (note) => {
    const sum = (paiseOf(field.value) || 0) / 100 + Number(note);
    put(Number.isInteger(sum) ? String(sum) : sum.toFixed(2));
  };
  const reckon = () => tell(form, paiseOf(field.value), due, field.value.trim() === "");

  form.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-digit], [data-note], [data-amount]");
    if (button?.dataset.digit) press(button.dataset.digit);
    if (button?.dataset.note) add(button.dataset.note);
    if (button?.dataset.amount !== undefined) put(button.dataset.amount);
  });
  field.addEventListener("input", reckon);
  reckon();
  return { press, back: doubt.close, select: () => field.setSelectionRange?.(LONGEST, LONGEST) };
}

// What is to be given back, or what is missing; with nothing typed, that it is exact.
function tell(form, received, due, isEmpty) {
  const change = isEmpty ? 0 : received - due;
  const isShort = !(change >= 0);
  form.querySelector("[data-change-line]").hidden = isShort;
  form.querySelector("[data-short-line]").hidden = !isShort;
  form.querySelector(isShort ? "[data-short]" : "[data-change]").value = rupees(Math.abs(change || 0));
  form.classList.toggle("is-empty", isEmpty);
  const give = form.querySelector("[data-give]");
  if (!give) return;
  form.querySelector("[data-take-exact]").hidden = !isEmpty;
  form.querySelector("[data-take-typed]").hidden = isEmpty;
  give.hidden = !(change > 0);
  give.querySelector("[data-give-amount]").textContent = rupees(Math.max(change || 0, 0));
}

// The question whether so much was handed over; the likely sum has a nought less.
function startDoubt({ form, field, due }) {
  const panel = form.querySelector("[data-doubt]");
  let isSure = false;

  const open = (received) => {
    const likely = received / 10;
    for (const place of panel.querySelectorAll("[data-doubt-amount]")) place.textContent = rupees(received);
    const button = panel.querySelector("[data-likely]");
    button.hidden = !(likely >= due && likely <= due * DOUBTFUL);
    button.dataset.likely = String(likely / 100);
    panel.querySelector("[data-likely-amount]").textContent = rupees(likely);
    panel.hidden = false;
    [...panel.querySelectorAll("button")].find(({ hidden }) => !hidden).focus();
  };
  const isOpen = () => Boolean(panel && !panel.hidden);
  const close = () => {
    if (!isOpen()) return false;
    panel.hidden = true;
    field.focus();
    return true;
  };

  if (panel) {
    form.addEventListener("submit", (event) => {
      const received = paiseOf(field.value);
      if (isSure || !(received > due * DOUBTFUL)) return;
      event.preventDefault();
      event.stopPropagation();
      open(received);
    });
    panel.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (!button) return;
      if (button.matches("[data-correct]")) return close();
      if (button.matches("[data-likely]")) field.value = button.dataset.likely;
      isSure = true;
      form.requestSubmit();
    });
  }
  return { isOpen, close };
}
