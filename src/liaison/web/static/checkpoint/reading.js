// What a scanned or typed text is, and the forms under which a copy may hold it. Each module stands for one of the node's:
// layouts, scanned, fitting and zones for formats/mrz, vehicles for formats/vehicles, names for its transliteration.
import { before, birth, dated, expiry, iso, latest } from "./dates.js";
import { consistent, issuerOf, numberOf, raw } from "./fitting.js";
import { parted, written } from "./names.js";
import { decimal, FILLERS, LONGEST_TEXT, Unreadable } from "./scanned.js";
import { stateNamed, statesOf } from "./plates.js";
import { family, known } from "./states.js";
import { folded, plain, plateForm, vinAgrees, vinChecked, vinForm } from "./vehicles.js";
import { readAll } from "./zones.js";

export { Unreadable } from "./scanned.js";

const PRINTED = { SI: "SVN", KS: "XKX", UK: "GBR" }; // codes in the field that are not the state's own
const ASKED = { RKS: "XKX", UNK: "XKX" }; // as records write them
const BLANK = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const BLANKS = new RegExp(`${BLANK}+`, "g");
const BETWEEN = new RegExp(`(?:${BLANK}|[/,;:])+`);
const YEAR_FIRST = /(?<!\w)(\d{4})[-./ ](\d{1,2})[-./ ](\d{1,2})(?!\w)/;
const DAY_FIRST = /(?<!\w)(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})(?!\w)/; // ICAO 9303-3, 4.8
const SHORT_YEAR = /(?<!\w)\d{1,2}[-./]\d{1,2}[-./]\d{2}(?!\w)/;
const NAME = /^[\p{L}\p{M} '’`´\-‐.,·]*$/u;
const LONGEST_NAME = 200; // characters
const LONGEST_LINE = 64; // of a mark or number, signs between the groups included
const MARK_SIGNS = [2, 12];
const NUMBER_SIGNS = [6, 20]; // of a document's number, where nothing else says that it is one
const NUMBER_DIGITS = 4; // at least

// The state of a code as records write it; empty for what is no code of three letters.
export function stateForm(code) {
  const own = family(PRINTED[code.replace(/^<+|<+$/g, "")] ?? code);
  const found = (ASKED[own] ?? own).toUpperCase();
  return /^[A-Z]{3}$/.test(found) ? found : "";
}

export function documentForm(number, issuer) {
  const kept = plain(number);
  const state = stateForm(issuer);
  return kept && state ? `${kept}\n${state}` : "";
}

// A person by surname, first given name and full date of birth; none where a letter is not known here.
export function personForms(pairs, born) {
  if (!born?.[2]) return [];
  const day = iso(born).replaceAll("-", "");
  const found = pairs.map(([surname, given]) => [written(surname), written(given)]);
  return [...new Set(found.filter(([surname, given]) => surname && given !== null).map((pair) => `${pair.join("\n")}\n${day}`))];
}

const words = (part) => part.split("<").filter(Boolean).join(" ");

// Surname and given names of a zone.
export function namesOf(document) {
  const [surname, ...given] = raw(document, "names").split("<<");
  return [words(surname), words(given.join("<<"))];
}

function documentOf(document, on) {
  const number = numberOf(document);
  const issuer = raw(document, "issuer").replace(/<+$/, "");
  const [surname, given] = namesOf(document);
  const born = birth(raw(document, "birth"), on);
  const ends = expiry(raw(document, "expiry"), on);
  const findings = [consistent(document) ? "consistent" : "digits"];
  if (born === undefined || ends === undefined) findings.push("no-day");
  if (ends) findings.push(before(latest(ends), on) ? "expired" : "valid");
  if (!known(issuer)) findings.push("issuer");
  const form = documentForm(number, issuer);
  const people = personForms(surname ? [[surname, given.split(" ")[0]]] : [[given, ""]], born);
  return {
    kind: "document",
    forms: [...(form ? [["document", form]] : []), ...people.map((each) => ["person", each])],
    read: [
      ["number", number], ["issuer", issuerOf(document)], ["name", [surname, given].filter(Boolean).join(", ")],
      ["born", born ? iso(born) : ""], ["expires", ends ? iso(ends) : ""],
    ].filter(([, value]) => value),
    findings,
  };
}

const within = (text, [least, most]) => [...text].length >= least && [...text].length <= most;
const digitsIn = (text) => [...text].filter((sign) => /\p{Nd}/u.test(sign)).length;
const lettersIn = (text) => [...text].filter((sign) => /\p{L}/u.test(sign)).length;
const pair = (kind, form) => (form ? [[kind, form]] : []);

function isName(words) {
  return lettersIn(words) >= 2 && NAME.test(words) && [...words].length <= LONGEST_NAME;
}

// A name with a date of birth; null where the text is not that. Throws Unreadable for a date that cannot be.
function personOf(line, on) {
  const signs = [...line];
  const digits = signs.map((sign) => (/\p{Nd}/u.test(sign) ? decimal(sign) : sign)).join("");
  const yearFirst = YEAR_FIRST.exec(digits);
  const found = yearFirst ?? DAY_FIRST.exec(digits);
  if (found === null) {
    if (SHORT_YEAR.test(digits) && isName(digits.replace(SHORT_YEAR, " "))) throw new Unreadable("short-year");
    return null;
  }
  const from = [...digits.slice(0, found.index)].length;
  const rest = `${signs.slice(0, from).join("")} ${signs.slice(from + found[0].length).join("")}`;
  const words = oneLine(rest).replace(/^[ ,.-]+|[ ,.-]+$/g, "");
  if (!isName(words)) return null;
  const parts = found.slice(1).map(Number);
  const born = dated(...(yearFirst ? parts : parts.reverse()));
  if (born === null) throw new Unreadable("no-day");
  if (before(on, [born[0], born[1] || 1, born[2] || 1])) throw new Unreadable("not-born");
  const forms = personForms(parted(words), born);
  return {
    kind: "person",
    forms: forms.map((form) => ["person", form]),
    read: [["name", words], ["born", iso(born)]],
    findings: forms.length ? [] : ["letters"],
  };
}

function vehicleNumberOf(line) {
  const number = vinForm(line);
  if (!number) throw new Unreadable("nothing");
  const findings = vinChecked(number) && !vinAgrees(number) ? ["vin"] : [];
  return { kind: "vehicle-number", forms: pair("vehicle-number", number), read: [["vehicle-number", number]], findings };
}

function plateOf(mark) {
  const capitals = mark.toUpperCase();
  if (!within(capitals, MARK_SIGNS)) throw new Unreadable("nothing");
  return { kind: "plate", forms: pair("plate", plateForm(capitals)), read: [["plate", mark]], findings: [] };
}

function numberOfDocument(number, state) {
  const form = state ? documentForm(number, state) : "";
  const read = [["number", number], ["issuer", state]].filter(([, value]) => value);
  return { kind: "number", forms: pair("document", form), read, findings: form ? [] : ["no-state"] };
}

// A number or mark before or behind which its state stands; null where that is not so.
function stated(line) {
  const parts = line.split(BETWEEN).filter(Boolean);
  if (parts.length < 2) return null;
  for (const [state, rest] of [[parts[0], parts.slice(1)], [parts.at(-1), parts.slice(0, -1)]]) {
    const found = statedNumber(state.toUpperCase(), rest.join("")) ?? statedPlate(state, rest.join(" "), line);
    if (found !== null) return found;
  }
  return null;
}

function statedNumber(state, rest) {
  const signs = folded(rest);
  const issuer = state.length === 3 && known(state) ? stateForm(state) : "";
  if (!issuer || !within(signs, NUMBER_SIGNS) || digitsIn(signs) < NUMBER_DIGITS || !isPlain(signs)) return null;
  return numberOfDocument(signs, issuer);
}

function statedPlate(state, rest, line) {
  const wanted = stateNamed(state);
  const mark = folded(rest);
  const whole = folded(line);
  if (!wanted || !within(mark, MARK_SIGNS) || !isPlain(mark) || !statesOf(mark).includes(wanted)) return null;
  return within(whole, MARK_SIGNS) && statesOf(whole).length ? null : plateOf(mark);
}

const isPlain = (text) => /^[\x00-\x7f]*$/.test(text);

// A mark or a number that stands alone.
function alone(line) {
  const signs = folded(line);
  const digits = digitsIn(signs);
  if (!digits) throw new Unreadable(signs && lettersIn(signs) === [...signs].length ? "no-date" : "nothing");
  if ([...signs].length === 17) return vehicleNumberOf(line);
  const likeNumber = within(signs, NUMBER_SIGNS) && digits >= NUMBER_DIGITS;
  const likeMark = within(signs, MARK_SIGNS);
  if (!likeMark && !likeNumber) throw new Unreadable("nothing");
  if (likeNumber && (!likeMark || !statesOf(signs).length || digits === [...signs].length)) {
    const mark = likeMark ? plateOf(signs).forms : [];
    return { ...numberOfDocument(signs, ""), besides: mark, otherwise: likeMark ? ["plate"] : [] };
  }
  return { ...plateOf(signs), otherwise: likeNumber ? ["number"] : [] };
}

// Whether the whole is a mark of a known form; whether a word is a mark or a vehicle's number by itself. Run together
// with others it would be the number of no document, and found nowhere.
const fits = (line) => within(folded(line), MARK_SIGNS) && statesOf(folded(line)).length > 0;
function byItself(word) {
  const signs = folded(word);
  return digitsIn(signs) > 0 && lettersIn(signs) > 0 && ([...signs].length === 17 || fits(word));
}

// Whether a text is a mark, a vehicle's number or a document's number.
function whole(text) {
  const signs = folded(text);
  return byItself(text) || (within(signs, NUMBER_SIGNS) && digitsIn(signs) >= NUMBER_DIGITS);
}

// Whether the words, in their order, are two or more whole marks or numbers, each of one word or of several.
function several(words) {
  return words.slice(1).some((_, at) => {
    const rest = words.slice(at + 1);
    return whole(words.slice(0, at + 1).join(" ")) && (whole(rest.join(" ")) || several(rest));
  });
}

const oneLine = (text) => text.replace(BLANKS, " ").replace(/^ | $/g, "");
const hasFillers = (text) => text.includes("&lt;") || text.includes("<") || [...text].some((sign) => FILLERS.includes(sign));

function takenFor(kind, line, on) {
  if (kind === "plate") return plateOf(folded(line));
  if (kind === "vehicle-number") return vehicleNumberOf(line);
  if (kind === "number") {
    const found = stated(line);
    return found?.kind === "number" ? found : numberOfDocument(folded(line), "");
  }
  const person = personOf(line, on);
  if (person === null) throw new Unreadable("no-date");
  return person;
}

// What a text holds on a day, [year, month, day]; several only where it holds several zones. `taken` is what it shall be
// taken for. Throws Unreadable for what is nothing of these.
export function recognised(text, on, taken = "") {
  if ([...text].length > LONGEST_TEXT) throw new Unreadable("long");
  if (taken === "document" || (!taken && hasFillers(text))) return readAll(text).map((each) => documentOf(each, on));
  const line = oneLine(text.normalize("NFC"));
  if (!line) throw new Unreadable("empty");
  if (taken) return [takenFor(taken, line, on)];
  const person = personOf(line, on);
  if (person !== null) return [person];
  if ([...line].length > LONGEST_LINE) throw new Unreadable("nothing");
  const words = line.split(BETWEEN).filter(Boolean);
  for (const some of [words.slice(1), words.slice(0, -1)]) { // a state may stand before or behind
    if (several(some) && !fits(some.join(" "))) throw new Unreadable("several");
  }
  const known = stated(line);
  if (known) return [known];
  if ((several(words) || (words.length > 1 && words.some(byItself))) && !fits(line)) throw new Unreadable("several");
  return [alone(line)];
}

// By what one subject is known again, however it was scanned: its forms, its number, the text itself where it is alone.
export function keysOf(text, found) {
  return found.map(({ forms, besides = [], read }) => [
    ...[...forms, ...besides, ...read.filter(([name]) => name === "number")].map((each) => each.join("\n")),
    ...(found.length === 1 ? [`text\n${text.toUpperCase().replace(/[\s-]/g, "")}`] : []),
  ]);
}

// Whether a text has the signs of a zone that is not whole yet, so that more lines may follow.
export const mayGoOn = (text) => hasFillers(text);
