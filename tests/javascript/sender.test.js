import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { define, gate, open, settle, stopTimers } from "./page.js";

const { isSending, send, stopSending } = await gate("sender");
const { forget, keptScans } = await gate("kept");
const SCAN = { qr_code: "QR-1", scan_id: "Gate 1-ab" };

let asked; // the requests, in order
let answers; // what they get: a Response, or an Error

beforeEach(() => {
  open();
  stopSending();
  stopTimers();
  [asked, answers] = [[], []];
  document.cookie = "csrftoken=secret";
  define("fetch", async (address, options) => {
    asked.push({ address, body: options.body.toString(), headers: options.headers });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  });
});

const html = (text, status = 200, headers = {}) => new Response(text, { status, headers });

// Sends a scan; `part` is what came of it as soon as something did, `waited` how often no answer was said.
function start() {
  const sent = { part: undefined, waited: 0 };
  send("/gate/scan/", SCAN, () => (sent.waited += 1)).then((part) => (sent.part = part));
  return sent;
}

// Waits until the request is on its way.
async function asking() {
  while (!asked.length) await Promise.resolve();
}

test("an answer ends the sending", async () => {
  answers = [html("<p>yes</p>")];
  const sent = start();
  assert.equal(isSending(), true);
  await settle();
  assert.deepEqual(sent, { part: "<p>yes</p>", waited: 0 });
  assert.equal(isSending(), false);
  assert.deepEqual(await keptScans(), []);
});

test("the request carries the fields and the token of the cookie", async () => {
  answers = [html("")];
  start();
  await settle();
  assert.deepEqual(asked, [
    {
      address: "/gate/scan/",
      body: "qr_code=QR-1&scan_id=Gate+1-ab",
      headers: { "X-CSRFToken": "secret", "HX-Request": "true" },
    },
  ]);
});

const NO_ANSWERS = {
  "a broken connection": () => new TypeError("Failed to fetch"),
  "a fault of the server": () => html("", 502),
  "too many requests": () => html("", 429),
  "a database that cannot be reached": () => html('<p data-refusal="database_unavailable"></p>'),
};
for (const [name, noAnswer] of Object.entries(NO_ANSWERS)) {
  test(`${name} is no answer: the same is sent again after two seconds`, async () => {
    answers = [noAnswer(), html("<p>yes</p>")];
    const sent = start();
    await settle();
    assert.deepEqual(sent, { part: undefined, waited: 1 });
    mock.timers.tick(1999);
    await settle();
    assert.equal(asked.length, 1);
    mock.timers.tick(1);
    await settle();
    assert.equal(sent.part, "<p>yes</p>");
    assert.equal(asked[0].body, asked[1].body);
  });
}

test("a refusal is an answer", async () => {
  answers = [html("<p>This code is not known.</p>", 404)];
  const sent = start();
  await settle();
  assert.equal(sent.part, "<p>This code is not known.</p>");
});

test("it is sent again as soon as the network is back", async () => {
  answers = [new TypeError("Failed to fetch"), html("<p>yes</p>")];
  const sent = start();
  await settle();
  dispatchEvent(new Event("online"));
  await settle();
  assert.equal(sent.part, "<p>yes</p>");
});

test("a scan is kept with its number before it is sent, for the next visit of the page", async (context) => {
  context.mock.method(Date, "now", () => 1_800_000_000_000);
  let kept = null;
  define("fetch", () => {
    kept = Object.values(JSON.parse(localStorage.getItem("gate-unanswered")));
    return new Promise(() => undefined);
  });
  start();
  await settle();
  const scan = { id: "Gate 1-ab", address: "/gate/scan/", fields: SCAN, at: 1_800_000_000_000 };
  assert.deepEqual(kept, [scan]);
  assert.deepEqual(await keptScans(), [scan]);
});

test("scans of several tabs are kept beside each other, the oldest first", async () => {
  define("fetch", () => new Promise(() => undefined));
  for (const [scanId, at] of [
    ["second", 2000],
    ["first", 1000],
  ]) {
    mock.method(Date, "now", () => at);
    send("/gate/scan/", { ...SCAN, scan_id: scanId }, () => undefined);
    await settle();
  }
  mock.restoreAll();
  const ids = async () => (await keptScans()).map(({ id }) => id);
  assert.deepEqual(await ids(), ["first", "second"]);
  await forget("first");
  assert.deepEqual(await ids(), ["second"]);
});

test("a scan that another tab is sending is left to it", async () => {
  define("fetch", () => new Promise(() => undefined));
  start();
  await settle();
  const query = async () => ({ held: [{ name: "gate-scan Gate 1-ab" }] });
  define("navigator", { locks: { query } });
  assert.deepEqual(await keptScans(), []);
});

test("without any storage a scan is sent all the same", async () => {
  define("localStorage", undefined);
  answers = [html("<p>yes</p>")];
  const sent = start();
  await settle();
  assert.equal(sent.part, "<p>yes</p>");
});

test("who stops the sending gets nothing, and nothing is sent or kept", async () => {
  answers = [new TypeError("Failed to fetch")];
  const sent = start();
  await settle();
  stopSending();
  mock.timers.tick(2000);
  await settle();
  assert.deepEqual([sent.part, asked.length, await keptScans()], [null, 1, []]);
});

test("an answer to a scan that was stopped meanwhile is not shown", async () => {
  answers = [html("<p>late</p>")];
  const sent = start();
  await asking();
  stopSending();
  await settle();
  assert.deepEqual(sent, { part: null, waited: 0 });
});

test("another scan takes the place of the one that waits", async () => {
  answers = [new TypeError("Failed to fetch"), html("<p>second</p>")];
  const first = start();
  await settle();
  const second = start();
  await settle();
  mock.timers.tick(2000);
  await settle();
  assert.deepEqual([first.part, second.part, asked.length], [null, "<p>second</p>", 2]);
});

test("who was signed out is led to the sign-in, and the scan is kept", async () => {
  const assign = mock.method(location, "assign", () => undefined);
  answers = [html("", 200, { "HX-Redirect": "/sign-in/" })];
  start();
  await settle();
  assert.deepEqual(assign.mock.calls[0].arguments, ["/sign-in/?next=%2Fgate%2F"]);
  assert.deepEqual((await keptScans())[0]?.fields, SCAN);
});
