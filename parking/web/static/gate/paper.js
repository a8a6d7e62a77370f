// Draws the rows of a slip as a picture of black and white dots, as wide as the paper; the browser shapes the letters.

const MARGIN = 8;
const LINE = 1.35;
// Dots of the letters of size 1: 2.6 mm high on a printer of 8 dots in a millimetre.
const LETTERS = 26;
const DARK = 140;

export function drawn(rows, width) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = 1;
  const measured = rows.flatMap((row) => pieces(canvas.getContext("2d"), row, width));
  canvas.height = Math.ceil(measured.reduce((sum, piece) => sum + piece.height, 2 * MARGIN));
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, canvas.height);
  pen.fillStyle = "#000";
  let top = MARGIN;
  for (const piece of measured) {
    piece.draw(pen, top);
    top += piece.height;
  }
  return dotsOf(pen.getImageData(0, 0, width, canvas.height));
}

function pieces(pen, row, width) {
  if (row.rule) return [{ height: 16, draw: (on, top) => on.fillRect(0, top + 7, width, 2) }];
  if (row.qr) return [code(row.qr, width * (row.share ?? 0.6), width)];
  const letters = LETTERS * (row.size ?? 1);
  const font = `${row.bold ? 700 : 400} ${letters}px Inter, sans-serif`;
  pen.font = font;
  if ("left" in row) return [...pair(pen, row, { font, letters, width })];
  return balanced(pen, row.text, width - 2 * MARGIN).map((text) =>
    line(text, { font, letters, x: width / 2, align: "center" }),
  );
}

function line(text, { font, letters, x, align }) {
  return {
    height: letters * LINE,
    draw(pen, top) {
      pen.font = font;
      pen.textAlign = align;
      pen.textBaseline = "middle";
      pen.fillText(text, x, top + (letters * LINE) / 2);
    },
  };
}

// The right part never wraps: it is an amount or a time.
function* pair(pen, row, { font, letters, width }) {
  const right = line(row.right, { font, letters, x: width, align: "right" });
  const lines = wrapped(pen, row.left, width - pen.measureText(row.right).width - letters);
  for (const [number, text] of lines.entries()) {
    const left = line(text, { font, letters, x: 0, align: "left" });
    yield {
      height: left.height,
      draw(on, top) {
        left.draw(on, top);
        if (number === 0) right.draw(on, top);
      },
    };
  }
}

// As few lines as fit, of about the same length: no word stands alone in the last one.
function balanced(pen, text, width) {
  let lines = wrapped(pen, text, width);
  for (let narrower = width - 8; lines.length > 1 && narrower > width / 2; narrower -= 8) {
    const shorter = wrapped(pen, text, narrower);
    const fits = shorter.every((one) => pen.measureText(one).width <= narrower);
    if (shorter.length > lines.length || !fits) break;
    lines = shorter;
  }
  return lines;
}

function wrapped(pen, text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (lines.at(-1) && pen.measureText(longer).width > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

function code(rows, side, width) {
  const scale = Math.max(Math.floor(side / rows.length), 2);
  const left = Math.floor((width - scale * rows.length) / 2);
  return {
    height: scale * rows.length,
    draw(pen, top) {
      const from = Math.round(top);
      for (const [y, row] of rows.entries())
        for (let x = 0; x < row.length; x += 1)
          if (row[x] === "1") pen.fillRect(left + x * scale, from + y * scale, scale, scale);
    },
  };
}

function dotsOf({ width, height, data }) {
  const dots = new Uint8Array(width * height);
  for (let at = 0; at < dots.length; at += 1) dots[at] = data[at * 4] < DARK ? 1 : 0;
  return { width, height, dots };
}
