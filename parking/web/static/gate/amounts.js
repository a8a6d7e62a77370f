// Amounts as people type them, and as pages show them.

const WHOLE = new Intl.NumberFormat("en-IN", { style: "currency", currency: "INR", maximumFractionDigits: 0 });
const WITH_PAISE = new Intl.NumberFormat("en-IN", { style: "currency", currency: "INR" });
const NOISE = /[,₹\s]/g;
const AMOUNT = /^(?:[0-9]+\.?[0-9]{0,2}|\.[0-9]{1,2})$/;

// Paise: 1,000 and १००० are both 100000; NaN for what is no amount, nothing for nothing.
export function paiseOf(text) {
  const plain = plainAmount(text);
  if (plain === "") return 0;
  return AMOUNT.test(plain) ? Math.round(Number(plain) * 100) : NaN;
}

export const plainAmount = (text) => text.replace(NOISE, "").replace(/\p{Nd}/gu, digitOf);

export const rupees = (paise) => (paise % 100 ? WITH_PAISE : WHOLE).format(paise / 100);

// Unicode has the ten digits of a script in a row, from nought.
function digitOf(character) {
  const place = character.codePointAt(0);
  let first = place;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((place - first) % 10);
}
