// Sends a form by fetch and shows the answer below it, in words and colour. The words stand in the page itself.

const form = document.querySelector("form[data-answered-below]");
const verdict = document.querySelector(".verdict");
const [yes, no] = verdict.querySelectorAll(".answer");
const words = document.querySelector("template[data-words]").content;
const button = form.querySelector("button");

const locale = `${document.documentElement.lang}-IN`;
const money = new Intl.NumberFormat(locale, {
  style: "currency",
  currency: "INR",
  trailingZeroDisplay: "stripIfInteger",
});
const time = new Intl.DateTimeFormat(locale, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZone: verdict.dataset.timeZone,
});

// What was sent last and not answered yet: sent again, it is the same request and keeps its key.
let unanswered = null;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.ariaDisabled === "true") return;
  begin();
  try {
    show(await send(new URLSearchParams(new FormData(form)).toString()));
  } catch {
    showRefusal({ message: no.querySelector("[data-message]").dataset.offline });
  } finally {
    button.ariaDisabled = null;
  }
});

function begin() {
  // Not `disabled`: that would take the keyboard's focus away.
  button.ariaDisabled = "true";
  yes.hidden = no.hidden = true;
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

async function send(body) {
  if (unanswered?.body !== body) unanswered = { body, key: newKey() };
  const response = await fetch(form.action, {
    method: "POST",
    body,
    headers: { "Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": unanswered.key },
  });
  const answer = await response.json();
  if (response.status < 500) unanswered = null;
  return answer;
}

// crypto.randomUUID() is missing where a page comes over plain HTTP, as in a car park's own network.
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function show(answer) {
  if (answer.success) {
    fill(yes, answer.data);
    getReadyForNext();
    bringIntoView(yes);
  } else {
    showRefusal(answer);
  }
}

function bringIntoView(part) {
  // What is taller than the screen is read from its top.
  part.scrollIntoView({ block: part.offsetHeight > innerHeight ? "start" : "nearest" });
}

function showRefusal({ code, message, errors = {}, ...facts }) {
  no.querySelector("[data-message]").textContent = wordOf("code", code) ?? message;
  fill(no, { ...facts, ...facts.payment });
  const texts = Object.entries(errors).flatMap(([name, lines]) => whatIsWrong(name, lines));
  no.querySelector("[data-errors]").replaceChildren(...texts.map(listItem));
  for (const name of Object.keys(errors)) form.elements[name]?.setAttribute("aria-invalid", "true");
  const field = form.querySelector("[aria-invalid]") ?? form.elements[form.dataset.scanField];
  field?.focus();
  field?.select?.();
  bringIntoView(no);
}

function getReadyForNext() {
  for (const field of form.querySelectorAll("[data-of-one-car]")) field.value = "";
  form.elements[form.dataset.scanField]?.focus();
}

function fill(part, facts) {
  for (const place of part.querySelectorAll("[data-fact]")) {
    const value = facts[place.dataset.fact];
    place.textContent = value == null ? "" : worded(value, place.dataset.as);
    place.parentElement.hidden = value == null;
  }
  for (const image of part.querySelectorAll("[data-picture]")) {
    image.src = `data:image/svg+xml,${encodeURIComponent(facts[image.dataset.picture])}`;
    image.hidden = false;
  }
  for (const link of part.querySelectorAll("[data-link]")) {
    link.hidden = !/^https:/.test(facts[link.dataset.link] ?? "");
    if (!link.hidden) link.href = facts[link.dataset.link];
  }
  part.hidden = false;
}

function worded(value, as) {
  if (as === "money") return money.format(value);
  if (as === "time") return time.format(new Date(value));
  if (as === "word") return wordOf("word", value) ?? value;
  if (as === "lines") return value.map(lineOfBill).join(", ");
  return value;
}

function lineOfBill({ label, quantity, unit_price }) {
  return `${wordOf("word", label) ?? label} ${quantity} × ${money.format(unit_price)}`;
}

// The page's own word for a code of the answer, in the reader's language.
function wordOf(kind, code) {
  return words.querySelector(`[data-${kind}="${CSS.escape(code ?? "")}"]`)?.textContent;
}

function whatIsWrong(name, lines) {
  const known = form.elements[name]?.dataset?.wrong;
  return (known ? [known] : lines).map((line) => `${labelOf(name)}: ${line}`);
}

function labelOf(name) {
  return form.elements[name]?.labels?.[0]?.textContent ?? name;
}

function listItem(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}
