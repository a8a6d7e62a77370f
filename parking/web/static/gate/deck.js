// Beside the scanner: the numbers of the gate, and the last ten scans of this device's tab.

const MOST = 10;
const MARKS = { yes: "✓", wait: "!", no: "✕" };

const place = document.querySelector("[data-strip]");
const list = document.querySelector("[data-last]");
const rows = list.querySelector("[data-last-rows]");
const template = document.querySelector("template[data-last-row]");
// Another person at the same tab sees nothing of it.
const KEY = `last-scans-${document.body.dataset.signedIn ?? ""}`;

// Fetches the numbers again. Without an answer the old ones go: they would be wrong.
export async function freshen() {
  try {
    const answer = await fetch(place.dataset.strip, { headers: { "X-Live": "true" } });
    place.innerHTML = answer.ok && !answer.redirected ? await answer.text() : "";
  } catch {
    place.replaceChildren();
  }
}

// Keeps the outcome of a scan: `tone` yes, wait or no, its word, and the plate where one is known.
export function keep({ tone, word, plate }) {
  if (!MARKS[tone]) return;
  const kept = [{ tone, word, plate, at: Date.now() }, ...read()].slice(0, MOST);
  sessionStorage.setItem(KEY, JSON.stringify(kept));
  draw(kept);
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

function draw(kept) {
  list.hidden = !kept.length;
  rows.replaceChildren(...kept.map(row));
  list.querySelector("[data-last-newest]").replaceChildren(...(kept.length ? [...row(kept[0]).childNodes] : []));
}

function row({ tone, word, plate, at }) {
  const item = template.content.firstElementChild.cloneNode(true);
  const mark = item.querySelector("[data-mark]");
  mark.dataset.mark = tone;
  mark.textContent = MARKS[tone];
  item.querySelector("[data-time]").textContent = new Date(at).toLocaleTimeString("en-IN", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const shown = item.querySelector("[data-last-plate]");
  shown.textContent = plate;
  shown.hidden = !plate;
  item.querySelector("[data-word]").textContent = word;
  return item;
}

draw(read());
