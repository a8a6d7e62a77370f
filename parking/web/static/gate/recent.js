// The last ten scans of this tab, at hand on the page: what became of each, and the way to its stay.

const KEPT = "gate-recent";
const MOST = 10;
// What waits for an answer of ours, or for a driver's payment, is not over.
const OVER = "[data-verdict=yes], [data-verdict=no], [data-verdict=wait]:not([data-follow], [data-unanswered])";

export function startRecent() {
  show();
}

export function remember(part) {
  if (!part.matches(OVER) || !part.dataset.shape) return;
  const text = (selector) => part.querySelector(selector)?.textContent.trim() ?? "";
  const scan = {
    at: Date.now(),
    shape: part.dataset.shape,
    word: text(".verdict-word"),
    plate: text("[data-plate]"),
    note: text("[data-slot]") || (text("[data-plate]") ? "" : text(".verdict-sentence")),
    stay: part.dataset.stay ?? "",
  };
  keep([scan, ...recent()].slice(0, MOST));
  show();
}

function recent() {
  try {
    const { who, scans } = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
    return who === person() ? scans : [];
  } catch {
    return [];
  }
}

function keep(scans) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ who: person(), scans }));
  } catch {
    // Storage is not available: there is no list.
  }
}

const person = () => document.body.dataset.signedIn ?? "";

function show() {
  const scans = recent();
  const list = document.querySelector("[data-recent]");
  list.replaceChildren(...scans.map((scan) => filled("recent-row", scan)));
  document.querySelector("[data-recent-none]").hidden = scans.length > 0;
  const last = document.querySelector("[data-last]");
  if (scans.length) last.replaceChildren(...filled("recent-last", scans[0]).childNodes);
}

function filled(name, scan) {
  const row = document.querySelector(`template[data-part="${name}"]`).content.firstElementChild.cloneNode(true);
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short", hourCycle: "h23" });
  const texts = { time: time.format(scan.at), plate: scan.plate, word: scan.word, note: scan.note };
  for (const [place, text] of Object.entries(texts)) {
    for (const element of row.querySelectorAll(`[data-row-${place}]`)) {
      element.textContent = text;
      element.hidden = !text;
    }
  }
  for (const shape of row.querySelectorAll("[data-of]"))
    shape.toggleAttribute("hidden", shape.dataset.of !== scan.shape);
  row.querySelector("a")?.[scan.stay ? "setAttribute" : "removeAttribute"]("href", scan.stay);
  return row;
}
