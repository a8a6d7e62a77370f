// Which gate this is and which way cars pass it: chosen once, kept by this browser.

const KEPT = "gate-place";
const WAYS = ["IN", "OUT", "BOTH"];

export const place = { name: "", direction: "IN", muted: false, chosen: false };

export function startPlace() {
  read();
  show();
  addEventListener("change", ({ target }) => {
    if (target.name === "direction") turn(target.value);
  });
  const choice = document.querySelector("[data-place-choice]");
  choice.addEventListener("close", () => choose(choice));
  document.querySelector("[data-mute]").addEventListener("click", mute);
  const field = choice.querySelector("[name=place]");
  if (place.name) field.value = place.name;
  if (!place.chosen) choice.showModal();
}

export function turn(direction) {
  place.direction = direction ?? WAYS[(WAYS.indexOf(place.direction) + 1) % WAYS.length];
  keep();
}

// The number of a scan: the server answers the same number with the same answer.
export function newScanId() {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0"));
  return `${place.name || "gate"}-${random.join("")}`;
}

function choose(dialog) {
  // Closed by a key: nothing was chosen, the next visit asks again.
  if (!WAYS.includes(dialog.returnValue)) return;
  place.name = dialog.querySelector("[name=place]").value.trim().slice(0, 24);
  place.chosen = true;
  turn(dialog.returnValue);
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
  show();
}

function show() {
  for (const field of document.querySelectorAll("[name=direction]")) {
    if (field.type === "radio") field.checked = field.value === place.direction;
  }
  for (const words of document.querySelectorAll("[data-way]")) words.hidden = words.dataset.way !== place.direction;
  if (place.name) document.querySelector("[data-place-name]").textContent = place.name;
  document.querySelector("[data-mute]").setAttribute("aria-pressed", String(place.muted));
  for (const picture of document.querySelectorAll("[data-sound]")) {
    picture.hidden = (picture.dataset.sound === "off") !== place.muted;
  }
}
