// The search box: "/" or Ctrl-K goes to it, arrows through what it finds, Escape back. Enter sends it as a form.

const box = document.querySelector("[data-search]");
const field = box?.querySelector("input");
const hits = box?.querySelector("[data-search-hits]");
const SOON = 150;
let timer = 0;
let asked = "";

const links = () => [...hits.querySelectorAll("a")];

function close() {
  hits.hidden = true;
  asked = "";
}

async function ask() {
  const text = field.value.trim();
  if (text.length < 2) return close();
  asked = text;
  let response;
  try {
    response = await fetch(`${box.dataset.search}?q=${encodeURIComponent(text)}`, {
      headers: { "X-Live": "true" },
    });
  } catch {
    return; // Enter still sends the form, and the browser says what is wrong.
  }
  const elsewhere = response.headers.get("HX-Redirect");
  if (elsewhere) return location.assign(elsewhere);
  // An answer to what was typed before comes too late.
  if (response.status !== 200 || asked !== text) return;
  hits.innerHTML = await response.text();
  hits.hidden = false;
}

function step(by) {
  const all = [field, ...links()];
  const at = all.indexOf(document.activeElement);
  all[(at + by + all.length) % all.length].focus();
}

const isTyping = (element) => element.closest?.("input, textarea, select, [contenteditable]");

if (box) {
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, SOON);
  });
  field.addEventListener("focus", () => {
    if (hits.hidden && field.value.trim().length >= 2) ask();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!hits.hidden) step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && !hits.hidden) {
      event.preventDefault();
      field.focus();
      close();
    }
  });
  addEventListener("click", (event) => {
    if (!box.contains(event.target)) close();
  });
  addEventListener("keydown", (event) => {
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !isTyping(event.target);
    const isCtrlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    if (!isSlash && !isCtrlK) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}
