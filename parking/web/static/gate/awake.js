// Keeps the screen on while the camera looks. Systems let it go when the page is left.

let wanted = false;
let held = null;

export function keepAwake(on) {
  wanted = on;
  return renew();
}

async function renew() {
  if (!wanted) {
    const released = held;
    held = null;
    return released?.release().catch(() => undefined);
  }
  if (document.hidden || (held && !held.released)) return undefined;
  try {
    held = (await navigator.wakeLock?.request("screen")) ?? null;
  } catch {
    held = null; // a battery that is low: the screen goes off as usual
  }
  return undefined;
}

document.addEventListener("visibilitychange", renew);
