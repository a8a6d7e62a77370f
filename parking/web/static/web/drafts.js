// What was typed into a form is not lost: on the way Back, and when somebody must sign in again in the midst of it.
// A draft stays in this tab (sessionStorage) until another page follows the sent form, and is only its writer's.

const NAME = "draft";
const reader = document.body.dataset.signedIn ?? "";
const path = location.pathname;
// Never kept: secrets, files, tokens, and the key that makes a form count once.
const isKept = (field) =>
  field.name && !["hidden", "password", "file", "submit", "button", "image", "reset"].includes(field.type);

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME));
  } catch {
    return null;
  }
}

function write(draft) {
  try {
    if (draft) sessionStorage.setItem(NAME, JSON.stringify(draft));
    else sessionStorage.removeItem(NAME);
  } catch {
    // Without storage a form is as it was without drafts.
  }
}

/** The fields of a form as a list of [name, value, checked]. */
export function valuesOf(form) {
  return [...form.elements].filter(isKept).map((field) => [field.name, field.value, field.checked === true]);
}

/** Put kept values into a form; true if that changed anything. */
export function fill(form, values) {
  let changed = false;
  for (const field of [...form.elements].filter(isKept)) {
    const isChoice = field.type === "checkbox" || field.type === "radio";
    const kept = values.find(([name, value]) => name === field.name && (!isChoice || value === field.value));
    if (!kept || (isChoice ? field.checked === kept[2] : field.value === kept[1])) continue;
    if (isChoice) field.checked = kept[2];
    else field.value = kept[1];
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    changed = true;
  }
  return changed;
}

const forms = () => [...document.querySelectorAll("form[method=post]")];
// The page of signing in stands between a form and its way back, and has nothing to keep itself.
const isBetween = document.querySelector("[data-between]") !== null;

function keep(form) {
  const values = valuesOf(form);
  if (!isBetween && values.length) write({ path, reader, at: forms().indexOf(form), values, wasAsked: false });
}

const isBack = () => performance.getEntriesByType("navigation")[0]?.type === "back_forward";

function showKept() {
  const note = document.querySelector("[data-draft-note]");
  if (note) note.hidden = false;
}

function restore(draft) {
  // Where the server shows an error, what it shows is newer.
  const form = document.querySelector(".error-summary") ? undefined : forms()[draft.at];
  if (form && fill(form, draft.values) && draft.wasAsked) showKept();
  write({ ...draft, wasAsked: false });
}

function begin() {
  const draft = read();
  if (!draft) return;
  const isMine = draft.reader === reader;
  if (isBetween) write({ ...draft, wasAsked: true });
  else if (!isMine || (draft.wasAsked && draft.path !== path)) write(null);
  else if (draft.path === path && (draft.wasAsked || isBack())) restore(draft);
}

begin();
// A refused form is the answer to a POST, which no browser shows again on the way back; its page is.
if (document.querySelector(".error-summary")) history.replaceState(history.state, "", location.href);
addEventListener("submit", (event) => keep(event.target));

// --- A changed form is not left by mistake ---------------------------------------------------------------

let before = new Map();
addEventListener("load", () => {
  before = new Map([...document.querySelectorAll("form[data-warns]")].map((form) => [form, String(valuesOf(form))]));
});
addEventListener("beforeunload", (event) => {
  const isChanged = ([form, values]) => !form.dataset.sent && String(valuesOf(form)) !== values;
  if ([...before].some(isChanged)) event.preventDefault();
});
