// What a receipt printer understands (ESC/POS): a picture of black and white dots as bytes. Text is pictured too: no
// printer has the letters of every language. White rows are fed, not sent: radio is slow.

const ESC = 0x1b;
const GS = 0x1d;
const MOST_FED = 255;
// Cheap printers have little memory for one picture.
const MOST_ROWS = 96;
const FEED_BEFORE_CUT = 96;

// `dots` holds a byte for each dot, row by row: 1 is black. The width is a multiple of eight.
export function encoded({ width, height, dots }, { cut = true } = {}) {
  const bytes = [ESC, 0x40];
  let row = 0;
  while (row < height) {
    const white = run(width, height, dots, row, true);
    for (let left = white; left > 0; left -= MOST_FED) bytes.push(ESC, 0x4a, Math.min(left, MOST_FED));
    row += white;
    const black = Math.min(run(width, height, dots, row, false), MOST_ROWS);
    if (black) bytes.push(...band(width, dots, row, black));
    row += black;
  }
  bytes.push(ESC, 0x4a, FEED_BEFORE_CUT);
  if (cut) bytes.push(GS, 0x56, 0x42, 0);
  return new Uint8Array(bytes);
}

// How many rows from this one on are white, or are not.
function run(width, height, dots, from, white) {
  let row = from;
  while (row < height && isWhite(width, dots, row) === white) row += 1;
  return row - from;
}

function isWhite(width, dots, row) {
  for (let at = row * width; at < (row + 1) * width; at += 1) if (dots[at]) return false;
  return true;
}

// GS v 0: a picture as wide as the paper.
function band(width, dots, from, rows) {
  const across = width / 8;
  const bytes = [GS, 0x76, 0x30, 0, across & 0xff, across >> 8, rows & 0xff, rows >> 8];
  for (let at = from * width; at < (from + rows) * width; at += 8) {
    let byte = 0;
    for (let bit = 0; bit < 8; bit += 1) byte = (byte << 1) | (dots[at + bit] ? 1 : 0);
    bytes.push(byte);
  }
  return bytes;
}
