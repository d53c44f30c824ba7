// What stands where in the five zones of ICAO Doc 9303, their check digits and their types: formats/mrz/layouts.py and
// digits.py in the browser. Places are counted from 0 over the lines run together.
export const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<";
const LETTERS = ALPHABET.slice(10, 36);
const DIGITS = ALPHABET.slice(0, 10);
// What may stand at a place: L a letter, A a letter or filler, N anything, T and O a digit or filler, C a digit, S a sex.
const ALLOWED = Object.fromEntries(Object.entries({
  L: LETTERS, A: LETTERS + "<", N: ALPHABET, T: DIGITS + "<", O: DIGITS + "<", C: DIGITS, S: "MF<",
}).map(([kind, signs]) => [kind, new Set(signs)]));
const WEIGHTS = [7, 3, 1];
const VALUES = Object.fromEntries([...ALPHABET].map((sign, value) => [sign, sign === "<" ? 0 : value]));
export const MISFIT = 1 << 8;
export const LONG = 1 << 9;
const COUNTED = 1 << 10;
export const FAULTS = MISFIT | 0xff;

const check = (field, at, first, blank = false) => ({ field, at, pieces: [[first, at]], blank });

function twoLines(name, width, visa) {
  const at = width;
  const passport = width === 44 && !visa;
  let tail = visa ? "N".repeat(width - 28) : `${"N".repeat(width - 29)}C`;
  if (passport) tail = `${"N".repeat(14)}OC`;
  const numberCheck = passport || visa ? "C" : "O"; // the number of a TD2 may go on in its optional data
  const kinds = `LA${"A".repeat(width - 2)}${"N".repeat(9)}${numberCheck}AAATTTTTTCSTTTTTTC${tail}`;
  const fields = {
    code: [0, 2], issuer: [2, 5], names: [5, width], number: [at, at + 9], nationality: [at + 10, at + 13],
    birth: [at + 13, at + 19], sex: [at + 20, at + 21], expiry: [at + 21, at + 27],
  };
  const checks = [check("number", at + 9, at), check("birth", at + 19, at + 13), check("expiry", at + 27, at + 21)];
  const layout = { name, width, kinds, fields, checks, overflow: [0, 0], visa };
  if (visa) return layout;
  const end = kinds.length;
  if (passport) checks.push(check("optional", at + 42, at + 28, true));
  else layout.overflow = [at + 28, end - 1];
  checks.push({ field: "composite", at: end - 1, pieces: [[at, at + 10], [at + 13, at + 20], [at + 21, end - 1]], blank: false });
  return layout;
}

function card() {
  const kinds = `LAAAA${"N".repeat(9)}O${"N".repeat(15)}TTTTTTCSTTTTTTCAAA${"N".repeat(11)}C${"A".repeat(30)}`;
  const fields = {
    code: [0, 2], issuer: [2, 5], number: [5, 14], birth: [30, 36], sex: [37, 38], expiry: [38, 44],
    nationality: [45, 48], names: [60, 90],
  };
  const checks = [
    check("number", 14, 5), check("birth", 36, 30), check("expiry", 44, 38),
    { field: "composite", at: 59, pieces: [[5, 30], [30, 37], [38, 45], [48, 59]], blank: false },
  ];
  return { name: "TD1", width: 30, kinds, fields, checks, overflow: [15, 30], visa: false };
}

export const LAYOUTS = [
  card(), twoLines("TD2", 36, false), twoLines("TD3", 44, false), twoLines("MRV-A", 44, true), twoLines("MRV-B", 36, true),
];
export const SIZES = [72, 88, 90];

export const linesOf = (layout) => layout.kinds.length / layout.width;

// The layout of a zone by its size and first letter; undefined where no layout has that size.
export function layoutOf(text) {
  const visa = text.startsWith("V");
  return LAYOUTS.find((each) => each.kinds.length === text.length && (each.name === "TD1" || each.visa === visa));
}

// The check digit of a text: digits as they are, A to Z as 10 to 35, a filler as 0; weights 7, 3, 1.
export function digit(text) {
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) sum += (VALUES[text[at]] ?? 0) * WEIGHTS[at % 3];
  return String(sum % 10);
}

export const fits = (sign, kind) => ALLOWED[kind].has(sign);

// What of a long number, with its check digit at the end, stands in the optional data.
export const overflowOf = (layout, text) => text.slice(...layout.overflow).split("<")[0];

function agrees({ pieces, at, blank }, text) {
  const covered = pieces.map((piece) => text.slice(...piece)).join("");
  if (text[at] === "<") return blank && /^<*$/.test(covered);
  return text[at] === digit(covered);
}

function longNumber(layout, text) {
  const rest = overflowOf(layout, text);
  if (rest.length < 2) return 1;
  const number = text.slice(...layout.fields.number);
  const last = rest.at(-1);
  if (digit(number + rest.slice(0, -1)) === last) return 0;
  return digit(`${number}<${rest.slice(0, -1)}`) === last ? COUNTED : 1;
}

// Bits: i that check i does not agree, MISFIT that a sign is of the wrong type; LONG and COUNTED are no faults.
export function verdict(layout, text) {
  let bits = 0;
  layout.checks.forEach((each, number) => { if (!agrees(each, text)) bits |= 1 << number; });
  if ([...layout.kinds].some((kind, at) => !fits(text[at], kind))) bits |= MISFIT;
  if (layout.overflow[1] > 0 && text[layout.checks[0].at] === "<" && text[layout.overflow[0]] !== "<") {
    bits = (bits & ~1) | LONG | longNumber(layout, text);
  }
  return bits;
}
