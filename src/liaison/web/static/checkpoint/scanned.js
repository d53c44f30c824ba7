// Whatever a scanner or a keyboard typed, as pieces in ICAO's alphabet: formats/mrz/scanned.py in the browser.
// A piece has a text, which may hold blanks and ? for what cannot be read, and the kinds of its doubts by place.
import { ALPHABET } from "./layouts.js";

export const LONGEST_TEXT = 4000; // characters; the longest zone has 90
const MOST_PIECES = 40;
export const FILLERS = "«‹＜〈⟨❮◄«˂ᐸ≪≤";
const LOOK_ALIKES = Object.fromEntries(
  [...zipped("АВЕЅІЈКМНОРСТУХԚԜҮаеосрхуіјѕ", "ABESIJKMHOPCTYXQWYAEOCPXYIJS"), ...zipped("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϹ", "ABEZHIKMNOPTYXOC")],
);
const BREAKS = new Set("\r\n\t\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029|");
const BLANKS = new Set(" \u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000");
const DROPPED = new Set("\ufeff\u200b\u200c\u200d\u2060\u00ad\u200e\u200f");
const PLAIN = new Set(ALPHABET);

export function zipped(one, two) {
  const other = [...two];
  return [...one].map((sign, at) => [sign, other[at]]);
}

// What cannot be read; `code` names the words that the page says.
export class Unreadable extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// The value of a decimal digit of any script: each script's ten stand in a row.
export function decimal(sign) {
  const at = sign.codePointAt(0);
  let first = at;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((at - first) % 10);
}

// One sign in ICAO's alphabet, blank, line end or ?; and the kind of its doubt, if any.
function signOf(raw) {
  const capital = raw >= "a" && raw <= "z" ? raw.toUpperCase() : raw;
  if (PLAIN.has(capital)) return [capital, ""];
  if (BREAKS.has(raw)) return ["\n", ""];
  if (BLANKS.has(raw)) return [" ", ""];
  if (DROPPED.has(raw)) return ["", ""];
  if (FILLERS.includes(raw)) return ["<", "corrected"];
  if (raw in LOOK_ALIKES) return [LOOK_ALIKES[raw], "corrected"];
  if (raw < " " || raw === "\x7f") return ["\n", ""];
  const plain = /\p{Nd}/u.test(raw) ? decimal(raw) : raw.normalize("NFKC").toUpperCase();
  return PLAIN.has(plain) ? [plain, "corrected"] : ["?", "unreadable"];
}

function rowOf(row) {
  const found = [];
  let piece = { text: "", notes: new Map() };
  for (const raw of row) {
    const [sign, note] = signOf(raw);
    if (sign === "\n") {
      found.push(piece);
      piece = { text: "", notes: new Map() };
      continue;
    }
    if (note) piece.notes.set(piece.text.length, note);
    piece.text += sign;
  }
  found.push(piece);
  return found.filter((each) => /[^ ?]/.test(each.text)).map(trimmed);
}

function trimmed({ text, notes }) {
  const left = text.length - text.trimStart().length;
  return { text: text.trim(), notes: new Map([...notes].map(([at, note]) => [at - left, note])) };
}

// The pieces of a text that hold a letter, digit or filler. Throws Unreadable for a text that is too long.
export function pieces(text) {
  if ([...text].length > LONGEST_TEXT) throw new Unreadable("long");
  const rows = text.replaceAll("&lt;", "<").replaceAll("&LT;", "<").replace(/\r\n?/g, "\n").split("\n");
  const found = [];
  for (const row of rows) {
    found.push(...rowOf(row));
    if (found.length > MOST_PIECES) throw new Unreadable("lines");
  }
  return found;
}
