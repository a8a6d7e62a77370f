import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { define, gate, open } from "./page.js";

const { isUnplaced, newScanId, place, startPlace, turn } = await gate("place");

let document;
const find = (selector) => document.querySelector(selector);

beforeEach(() => {
  Object.assign(place, { gate: "", name: "", site: "", direction: "IN", muted: false, chosen: false });
  document = open(`
    <span data-place-name>Gate</span>
    <input type="radio" name="direction" value="IN"><input type="radio" name="direction" value="OUT">
    <input type="radio" name="direction" value="BOTH">
    <p data-way="IN"></p><p data-way="OUT"></p><p data-way="BOTH"></p>
    <button data-mute></button><i data-sound="on"></i><i data-sound="off"></i>
    <dialog data-place-choice><input name="place" value="Gate 1"></dialog>`);
});

const kept = () => JSON.parse(localStorage.getItem("gate-place"));
const shownWays = () => [...document.querySelectorAll("[data-way]")].filter((part) => !part.hidden);

function choose(name, way) {
  find("[name=place]").value = name;
  find("dialog").close(way);
}

test("a browser that is new here asks which gate it is at", () => {
  startPlace();
  assert.equal(find("dialog").open, true);
});

test("what is chosen is shown and kept", () => {
  startPlace();
  choose("  North  ", "OUT");
  assert.equal(find("[data-place-name]").textContent, "North");
  assert.deepEqual(
    shownWays().map((part) => part.dataset.way),
    ["OUT"],
  );
  assert.equal(find("[name=direction]:checked").value, "OUT");
  assert.deepEqual(kept(), { gate: "", name: "North", site: "", direction: "OUT", muted: false, chosen: true });
});

test("a question closed by a key chose nothing", () => {
  startPlace();
  choose("North", "");
  assert.deepEqual([place.chosen, place.name, localStorage.getItem("gate-place")], [false, "", null]);
});

test("a name has 24 characters at most", () => {
  startPlace();
  choose("A gate with a name that is long", "IN");
  assert.equal(place.name, "A gate with a name that ");
});

test("a browser that was here before is not asked again", () => {
  localStorage.setItem("gate-place", JSON.stringify({ name: "South", direction: "BOTH", muted: true, chosen: true }));
  startPlace();
  assert.equal(find("dialog").open, false);
  assert.equal(find("[data-place-name]").textContent, "South");
  assert.equal(find("[name=place]").value, "South");
  assert.equal(find("[name=direction]:checked").value, "BOTH");
  assert.equal(find("[data-mute]").getAttribute("aria-pressed"), "true");
});

test("turning goes from in to out to both and back", () => {
  startPlace();
  const ways = [1, 2, 3].map(() => {
    turn();
    return place.direction;
  });
  assert.deepEqual(ways, ["OUT", "BOTH", "IN"]);
});

test("the radio buttons turn too", () => {
  startPlace();
  const out = find("[value=OUT]");
  out.checked = true;
  out.dispatchEvent(new Event("change", { bubbles: true }));
  assert.deepEqual([place.direction, kept().direction], ["OUT", "OUT"]);
});

test("muting is shown and kept", () => {
  startPlace();
  find("[data-mute]").dispatchEvent(new MouseEvent("click", { bubbles: true }));
  assert.deepEqual([place.muted, kept().muted], [true, true]);
  assert.deepEqual([find("[data-sound=on]").hidden, find("[data-sound=off]").hidden], [true, false]);
});

test("without storage the gate works, and asks at each visit", () => {
  const closed = () => {
    throw new Error("storage is closed");
  };
  define("localStorage", { getItem: closed, setItem: closed });
  startPlace();
  turn("OUT");
  assert.deepEqual([find("dialog").open, place.direction], [true, "OUT"]);
});

test("the number of a scan names the gate and eight random bytes", (context) => {
  context.mock.method(crypto, "getRandomValues", (bytes) => bytes.fill(0x0a));
  assert.equal(newScanId(), "gate-0a0a0a0a0a0a0a0a");
  place.name = "North";
  assert.equal(newScanId(), "North-0a0a0a0a0a0a0a0a");
});

test("two scans have two numbers", () => {
  assert.notEqual(newScanId(), newScanId());
});

// --- Where the car park has gates ------------------------------------------------------------------

const withGates = () => {
  find("dialog").innerHTML = `
    <button data-gate value="7" data-name="North entry" data-direction="IN" data-site="Airport"></button>
    <button data-gate value="8" data-name="South exit" data-direction="OUT" data-site="Airport"></button>`;
};

test("one of the gates is chosen, with its direction and its number in a cookie", () => {
  withGates();
  startPlace();
  assert.deepEqual([find("dialog").open, isUnplaced()], [true, true]);
  find("dialog").close("8");
  assert.equal(find("[data-place-name]").textContent, "South exit · Airport");
  assert.deepEqual([place.gate, place.direction, isUnplaced()], ["8", "OUT", false]);
  assert.equal(kept().gate, "8");
  assert.match(document.cookie, /gate_id=8/);
});

test("a direction alone chooses no gate", () => {
  withGates();
  startPlace();
  find("dialog").close("IN");
  assert.deepEqual([place.gate, place.chosen], ["", false]);
});

for (const [what, before] of [
  ["a gate that is no longer there", { gate: "99", name: "East", direction: "OUT", chosen: true }],
  ["a name that was typed before there were gates", { name: "East", direction: "OUT", chosen: true }],
]) {
  test(`${what} is asked for again`, () => {
    withGates();
    localStorage.setItem("gate-place", JSON.stringify(before));
    startPlace();
    assert.deepEqual([find("dialog").open, isUnplaced(), newScanId().startsWith("gate-")], [true, true, true]);
  });
}

test("a gate that was chosen before is kept", () => {
  withGates();
  localStorage.setItem(
    "gate-place",
    JSON.stringify({ gate: "7", name: "North entry", direction: "OUT", chosen: true }),
  );
  startPlace();
  assert.deepEqual([find("dialog").open, place.gate, place.direction], [false, "7", "OUT"]);
});
