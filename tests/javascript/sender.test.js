import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { define, gate, open, settle, stopTimers } from "./page.js";

const { isSending, send, stopSending, unanswered } = await gate("sender");
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

test("an answer ends the sending", async () => {
  answers = [html("<p>yes</p>")];
  const sent = start();
  assert.equal(isSending(), true);
  await settle();
  assert.deepEqual(sent, { part: "<p>yes</p>", waited: 0 });
  assert.equal(isSending(), false);
  assert.equal(unanswered(), null);
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

test("what has no answer is kept for the next visit of the page", async () => {
  answers = [new TypeError("Failed to fetch")];
  start();
  await settle();
  assert.deepEqual(unanswered(), { address: "/gate/scan/", fields: SCAN });
});

test("who stops the sending gets nothing, and nothing is sent or kept", async () => {
  answers = [new TypeError("Failed to fetch")];
  const sent = start();
  await settle();
  stopSending();
  mock.timers.tick(2000);
  await settle();
  assert.deepEqual([sent.part, asked.length, unanswered()], [null, 1, null]);
});

test("an answer to a scan that was stopped meanwhile is not shown", async () => {
  answers = [html("<p>late</p>")];
  const sent = start();
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
  assert.deepEqual(unanswered()?.fields, SCAN);
});
