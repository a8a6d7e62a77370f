// What runs on a ticket between two polls of the server: clocks, the large code with the screen kept awake, sharing,
// and the copy of this page for times without network.

// --- Clocks: <time data-until>, and parts that are shown until or from a moment ------------------------------

// The device's clock may be wrong; the server's is not. A page from the service worker is old, so only updates count.
let ahead = 0;

function tick() {
  const now = Date.now() + ahead;
  const after = (moment) => now > Date.parse(moment);
  for (const clock of document.querySelectorAll("time[data-until]")) clock.textContent = left(clock.dataset.until, now);
  for (const part of document.querySelectorAll("[data-shown-until]")) part.hidden = after(part.dataset.shownUntil);
  for (const part of document.querySelectorAll("[data-shown-from]")) part.hidden = !after(part.dataset.shownFrom);
  for (const part of document.querySelectorAll("[data-after-seconds]")) {
    if (performance.now() > part.dataset.afterSeconds * 1000) part.hidden = false;
  }
}

function left(until, now) {
  const seconds = Math.max(Math.ceil((Date.parse(until) - now) / 1000), 0);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

tick();
setInterval(tick, 1000);

// --- Updates ------------------------------------------------------------------------------------------

const ticket = document.querySelector("[data-ticket]");
const stage = () => ticket?.querySelector("[data-stage]")?.dataset.stage;
let shown = stage();

addEventListener("live", () => {
  const said = document.querySelector("[data-now]")?.dataset.now;
  if (said) ahead = Date.parse(said) - Date.now();
  tick();
  if (!ticket || stage() === shown) return;
  shown = stage();
  // The gate has let the car pass: what matters now is the page below.
  document.querySelector("[data-show-code]")?.close();
  keep();
});

// --- The large code: the screen stays on while it is shown -------------------------------------------------

let awake = null;

async function stayAwake() {
  if (!document.querySelector("[data-show-code][open]") || document.hidden) return;
  try {
    awake ??= await navigator.wakeLock?.request("screen");
    // Leaving the page for a moment takes it away; coming back asks again.
    awake?.addEventListener("release", () => {
      awake = null;
    });
  } catch {
    awake = null; // the battery is low, or the browser does not want to: the code is shown all the same
  }
}

document.addEventListener("click", (event) => {
  // After app.js has opened it.
  if (event.target.closest?.("[data-opens=show-code]")) setTimeout(stayAwake);
});
document.addEventListener("visibilitychange", stayAwake);
// "close" does not bubble.
document.addEventListener(
  "close",
  (event) => {
    if (event.target.matches("[data-show-code]")) awake?.release();
  },
  true,
);

// --- Sharing, where the device can ---------------------------------------------------------------------------

function offerSharing() {
  for (const button of document.querySelectorAll("[data-share]")) button.hidden = !navigator.share;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-share]");
  if (!button) return;
  const { title, text } = button.dataset;
  // Who closes the sheet without sharing has not failed.
  navigator.share({ title, text }).catch(() => {});
});
addEventListener("live", offerSharing);
offerSharing();

// --- For times without network -------------------------------------------------------------------------

// The first visit comes before the worker; later ones before the update.
function keep() {
  navigator.serviceWorker?.ready.then((worker) => worker.active?.postMessage({ keep: location.pathname }));
}

if (ticket) keep();
