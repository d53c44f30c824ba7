// Registration marks and vehicle identification numbers as Latin capitals and digits: formats/vehicles/folding.py, vin.py
// and the classes of matching/plates.py in the browser.
import { decimal, zipped } from "./scanned.js";

const KEPT = /^[0-9A-Z]$/;
const BETWEEN = /^[\s\x1c-\x1f\x85\-‐-―−./·•:;,_|'’*]$/;
const TWINS = Object.fromEntries([...zipped("АВЕКМНОРСТУХІЅЈ", "ABEKMHOPCTYXISJ"), ...zipped("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")]);
const STROKED = { "Đ": "D", "Ð": "D", "Ł": "L", "Ø": "O" }; // letters that Unicode does not take apart
const CONFUSED = { O: "0", Q: "0", D: "0", I: "1", L: "1", B: "8", S: "5", Z: "2", G: "6" };
const NEVER = { I: "1", O: "0", Q: "0" }; // in no vehicle identification number
const VALUES = Object.fromEntries([
  ...zipped("0123456789", "0123456789"), ...zipped("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789"),
].map(([sign, value]) => [sign, Number(value)]));
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
const LENGTH = 17;

const asked = (text, table) => [...text].map((sign) => table[sign] ?? sign).join("");

function bare(capital) {
  const parts = [...capital.normalize("NFKD").toUpperCase()].filter((part) => !/\p{M}/u.test(part));
  return parts.length === 1 && KEPT.test(parts[0]) ? parts[0] : "";
}

// The Latin capital or digit that one sign is read as; the sign itself where none looks like it, "" for what stands
// between letters and digits.
export function latin(sign) {
  const capital = sign.toUpperCase();
  if (KEPT.test(capital)) return capital;
  if (BETWEEN.test(sign) || !/[\p{L}\p{N}]/u.test(sign)) return "";
  const twin = TWINS[capital] ?? STROKED[capital] ?? bare(capital);
  if (twin) return twin;
  return /\p{Nd}/u.test(sign) ? decimal(sign) : sign;
}

// Letters and digits of a text, Latin where they can be.
export const folded = (text) => [...text.normalize("NFC").trim()].map(latin).join("");

// Latin capitals and digits alone; empty where a letter has no Latin twin.
export function plain(text) {
  const kept = [...text].map(latin).join("");
  return /^[\x00-\x7f]*$/.test(kept) ? kept : "";
}

// The class of a mark: one sign for those that are taken for one another.
export const plateForm = (text) => asked(plain(text), CONFUSED);

// The number without I, O and Q; empty where it has not 17 signs.
export function vinForm(text) {
  const kept = asked(plain(text), NEVER);
  return kept.length === LENGTH ? kept : "";
}

// Whether the ninth sign is the check digit of 49 CFR 565.15; a maker outside North America may not use it.
export function vinAgrees(number) {
  let sum = 0;
  for (let at = 0; at < LENGTH; at += 1) {
    if (!(number[at] in VALUES)) return false;
    sum += VALUES[number[at]] * WEIGHTS[at];
  }
  return number[8] === "0123456789X"[sum % 11];
}

// Whether the maker must set the check digit: those of North America.
export const vinChecked = (number) => "12345".includes(number[0]);
