import assert from "node:assert/strict";
import { test } from "node:test";
import { gate } from "./page.js";

const { encoded } = await gate("escpos");

const START = [0x1b, 0x40];
const END = [0x1b, 0x4a, 96];
const bytes = (width, height, black, options = { cut: false }) => {
  const dots = new Uint8Array(width * height);
  for (const [x, y] of black) dots[y * width + x] = 1;
  return [...encoded({ width, height, dots }, options)];
};

test("a row of dots is a picture as wide as the paper", () => {
  assert.deepEqual(
    bytes(16, 1, [
      [0, 0],
      [15, 0],
    ]),
    [...START, 0x1d, 0x76, 0x30, 0, 2, 0, 1, 0, 0x80, 0x01, ...END],
  );
});

test("white rows are fed, however many", () => {
  assert.deepEqual(bytes(8, 301, [[7, 300]]), [
    ...START,
    0x1b,
    0x4a,
    255,
    0x1b,
    0x4a,
    45,
    0x1d,
    0x76,
    0x30,
    0,
    1,
    0,
    1,
    0,
    0x01,
    ...END,
  ]);
});

test("a high picture goes in parts that a small memory holds", () => {
  const column = Array.from({ length: 100 }, (_, y) => [0, y]);
  const heights = [];
  const sent = bytes(8, 100, column);
  for (let at = 0; at < sent.length; at += 1) {
    if (sent[at] === 0x1d && sent[at + 1] === 0x76) heights.push(sent[at + 6]);
  }
  assert.deepEqual(heights, [96, 4]);
});

test("the paper is cut at the end", () => {
  assert.deepEqual(bytes(8, 1, [], {}).slice(-4), [0x1d, 0x56, 0x42, 0]);
});
