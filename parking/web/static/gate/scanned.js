// What scanners put around a code: the identifier of its kind (AIM, ISO/IEC 15424: "]Q1" is a QR code), a byte order
// mark, also as three letters of Latin-1, control characters and spaces.

const BEFORE = /^(?:[\s\p{Cc}\p{Cf}]|ï»¿|\][a-z][0-9a-z])+/iu;
const AFTER = /[\s\p{Cc}\p{Cf}]+$/u;
// The code of a pass, and that of a token, is scanned as that of a ticket.
const TICKET = /^(?:QR|PASS|TK)-/i;
const WHOLE_TICKET = /^(?:(?:QR|PASS)-[0-9a-z]{12}|TK-[0-9a-z]{8})(?![0-9a-z])/i;
// A single P or T is a shortcut.
const BEGINNING = /^(?:Q|QR|QR-.*|PASS?|PASS-.*|TK|TK-.*)$/i;
const UNFINISHED_IDENTIFIER = /^\](?:[a-z])?$/i;

export const cleaned = (text) => text.replace(BEFORE, "").replace(AFTER, "");

// The identifier that stood before a code: "]Q1", or "".
export const identifierOf = (text) => /\][a-z][0-9a-z]/i.exec(BEFORE.exec(text)?.[0] ?? "")?.[0] ?? "";

export const isTicket = (text) => TICKET.test(cleaned(text));

export const isWholeTicket = (text) => WHOLE_TICKET.test(cleaned(text));

// Whether what was typed so far may become the code of a ticket.
export function beginsAsTicket(text) {
  const rest = cleaned(text);
  return rest ? BEGINNING.test(rest) || UNFINISHED_IDENTIFIER.test(rest) : identifierOf(text) !== "";
}
