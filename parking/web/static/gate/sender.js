// A scan is sent until an answer comes, with the same number each time: the server counts it once.
// It is kept on the device before it is sent, until it is answered.

import { csrfToken } from "../web/csrf.js";
import { forget, keep } from "./kept.js";

const AGAIN_AFTER = 2000;
const LONGEST = 30000; // the server gives a payment service 20 seconds

let sending = null;

// Returns the part to show; null if somebody stopped it, or another scan replaced it.
export async function send(address, fields, noAnswerYet) {
  const mine = { id: fields.scan_id ?? address, address, fields, at: Date.now() };
  sending = mine;
  await keep(mine);
  for (;;) {
    if (sending !== mine) return null;
    const part = await ask(address, fields);
    if (sending !== mine) return null;
    if (part !== null) {
      stopSending();
      return part;
    }
    noAnswerYet();
    await pause();
  }
}

export const isSending = () => sending !== null;

export function stopSending() {
  const stopped = sending;
  sending = null;
  if (stopped) forget(stopped.id);
}

// Returns the text of the answer, or null if there is none yet.
async function ask(address, fields) {
  let response;
  let text;
  try {
    response = await fetch(address, {
      method: "POST",
      // The page may have been cached for days: only the cookie has the present token.
      headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" },
      body: new URLSearchParams(fields),
      signal: AbortSignal.timeout(LONGEST),
    });
    text = await response.text();
  } catch {
    return null;
  }
  const elsewhere = response.headers.get("HX-Redirect");
  if (elsewhere) {
    location.assign(`${elsewhere}?next=${encodeURIComponent(location.pathname)}`);
    return null;
  }
  const busy =
    response.status >= 500 || response.status === 429 || text.includes('data-refusal="database_unavailable"');
  return busy ? null : text;
}

function pause() {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, AGAIN_AFTER);
    addEventListener("online", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
