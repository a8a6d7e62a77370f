// Which gate this is and which way cars pass it: chosen once, kept by this browser. Where the car park has gates, it is
// one of them; its number goes with every scan, and in a cookie with the pages that are opened without one.

const KEPT = "gate-place";
const WAYS = ["IN", "OUT", "BOTH"];
const LONGEST_NAME = 24;

const COOKIE = "gate_id";
const A_YEAR = 365 * 24 * 60 * 60;

export const place = { gate: "", name: "", site: "", direction: "IN", muted: false, chosen: false };

export function startPlace() {
  read();
  forgetLostGate();
  show();
  keepCookie();
  addEventListener("change", ({ target }) => {
    if (target.name === "direction") turn(target.value);
  });
  const choice = dialog();
  choice.addEventListener("close", () => {
    choose(choice);
    dispatchEvent(new Event("placed"));
  });
  document.querySelector("[data-mute]").addEventListener("click", mute);
  const field = choice.querySelector("[name=place]");
  if (place.name && field) field.value = place.name;
  if (!place.chosen) askForPlace();
}

export function askForPlace() {
  if (!dialog().open) dialog().showModal();
}

// Where there are gates, nothing is scanned before one is chosen.
export const isUnplaced = () => gates().length > 0 && !place.gate;

export function turn(direction) {
  place.direction = direction ?? WAYS[(WAYS.indexOf(place.direction) + 1) % WAYS.length];
  keep();
}

// The number of a scan: the server answers the same number with the same answer.
export function newScanId() {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0"));
  return `${place.name.slice(0, LONGEST_NAME) || "gate"}-${random.join("")}`;
}

const dialog = () => document.querySelector("[data-place-choice]");
const gates = () => [...dialog().querySelectorAll("[data-gate]")];

function choose(choice) {
  const gate = gates().find((button) => button.value === choice.returnValue);
  if (gate) {
    const { name, site = "", direction } = gate.dataset;
    Object.assign(place, { gate: gate.value, name, site, chosen: true });
    turn(direction);
  } else if (!gates().length && WAYS.includes(choice.returnValue)) {
    place.name = choice.querySelector("[name=place]").value.trim().slice(0, LONGEST_NAME);
    place.chosen = true;
    turn(choice.returnValue);
  }
  // Closed by a key: nothing was chosen, the next visit asks again.
}

// A gate that was retired, or that is not one of this person's, and a name that was typed before there were gates.
function forgetLostGate() {
  const isThere = place.gate ? gates().some((button) => button.value === place.gate) : !gates().length;
  if (!isThere) Object.assign(place, { gate: "", name: "", site: "", chosen: false });
}

function mute() {
  place.muted = !place.muted;
  keep();
}

function read() {
  try {
    Object.assign(place, JSON.parse(localStorage.getItem(KEPT) ?? "{}"));
  } catch {
    // Storage is not available: the gate is chosen at each visit.
  }
}

function keep() {
  try {
    localStorage.setItem(KEPT, JSON.stringify(place));
  } catch {
    // See above.
  }
  keepCookie();
  show();
}

function keepCookie() {
  document.cookie = `${COOKIE}=${place.gate}; path=/gate/; max-age=${place.gate ? A_YEAR : 0}; samesite=lax`;
}

function show() {
  for (const field of document.querySelectorAll("[name=direction]")) {
    if (field.type === "radio") field.checked = field.value === place.direction;
  }
  for (const words of document.querySelectorAll("[data-way]")) words.hidden = words.dataset.way !== place.direction;
  const name = [place.name, place.site].filter(Boolean).join(" · ");
  if (name) document.querySelector("[data-place-name]").textContent = name;
  document.querySelector("[data-mute]").setAttribute("aria-pressed", String(place.muted));
  for (const picture of document.querySelectorAll("[data-sound]")) {
    picture.hidden = (picture.dataset.sound === "off") !== place.muted;
  }
}
