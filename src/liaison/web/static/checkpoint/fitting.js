// Pieces of a scan as lines of one width, and signs corrected where the type of their field decides: formats/mrz/fitting.py
// in the browser. Notes are kinds of doubts by place; their words are the node's.
import { FAULTS, fits, layoutOf, LONG, overflowOf, verdict } from "./layouts.js";
import { family, known } from "./states.js";

const TO_DIGIT = { O: "0", Q: "0", D: "0", U: "0", I: "1", L: "1", Z: "2", S: "5", G: "6", B: "8" };
const TO_LETTER = { 0: "O", 1: "I", 2: "Z", 5: "S", 6: "G", 8: "B" };
const MOST_ADDED = 3; // fillers that a reader lost or doubled within a run
const MOST_MISFITS = 6;
const SHORTEST = 10; // signs of a line whose fillers at the end were lost
const LOST_FILLERS = /(?:K{3,}|C{3,}|X{3,})$/; // how a row of fillers at the end of a line is often read
const NAMES = /^[A-Z]+(?:<[A-Z]+)*(?:<<[A-Z]+(?:<[A-Z]+)*)?<*$/; // names that have no faults

// A piece as one line of this width, with what was done; null where it cannot be one.
export function lineOf(piece, width) {
  let { text, notes } = piece;
  if (text.includes(" ")) [text, notes] = withoutBlanks(text, notes, width);
  if (text.length === width) return { text, notes };
  if (text.length < SHORTEST || (!text.includes("<") && text.length < width - MOST_ADDED)) return null;
  const missing = width - text.length;
  return missing > 0 ? lengthened(text, notes, missing) : shortened(text, notes, -missing);
}

export function withoutBlanks(text, notes, width) {
  if (text.length === width) {
    const filled = new Map(notes);
    for (let at = 0; at < width; at += 1) if (text[at] === " ") filled.set(at, "corrected");
    return [text.replaceAll(" ", "<"), filled];
  }
  const moved = new Map();
  let kept = "";
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === " ") continue;
    if (notes.has(at)) moved.set(kept.length, notes.get(at));
    kept += text[at];
  }
  return [kept, moved];
}

// The longest run of fillers, the first of equals: [first place, place after the last].
function longestRun(text) {
  let longest = null;
  for (const run of text.matchAll(/<+/g)) {
    if (longest === null || run[0].length > longest[1] - longest[0]) longest = [run.index, run.index + run[0].length];
  }
  return longest;
}

function lengthened(text, notes, missing) {
  if (text.endsWith("<") || !/[0-9]/.test(text.slice(5))) {
    return { text: text + "<".repeat(missing), notes: new Map([...notes, [text.length, "filled"]]) };
  }
  const run = longestRun(text);
  if (run === null || run[1] - run[0] < 2 || missing > MOST_ADDED) return null;
  const at = run[1];
  const moved = new Map([...notes].map(([place, note]) => [place + (place >= at ? missing : 0), note]));
  moved.set(at, "filled");
  return { text: text.slice(0, at) + "<".repeat(missing) + text.slice(at), notes: moved };
}

function shortened(text, notes, surplus) {
  const run = longestRun(text);
  if (run === null || surplus > MOST_ADDED || run[1] - run[0] < surplus + 2) return null;
  const at = run[1] - surplus;
  const kept = [...notes].filter(([place]) => !(at <= place && place < run[1]));
  const moved = new Map(kept.map(([place, note]) => [place - (place >= at ? surplus : 0), note]));
  moved.set(at - 1, "filled");
  return { text: text.slice(0, at) + text.slice(run[1]), notes: moved };
}

function putRight(sign, kind) {
  if ("CTO".includes(kind)) return TO_DIGIT[sign];
  if ("LA".includes(kind)) return TO_LETTER[sign];
  return kind === "S" && sign === "X" ? "<" : undefined;
}

function rowOfFillers(layout, text, notes) {
  const [first, end] = layout.fields.names;
  const row = LOST_FILLERS.exec(text.slice(first, end));
  if (row === null) return [text, new Map(notes)];
  const at = first + row.index;
  return [text.slice(0, at) + "<".repeat(row[0].length) + text.slice(end), new Map([...notes, [at, "corrected"]])];
}

// Signs put right where the type of their place decides; how many are still of the wrong type.
function corrected(layout, scanned, noted) {
  const [text, notes] = rowOfFillers(layout, scanned, noted);
  let left = 0;
  const signs = [...text].map((sign, at) => {
    const kind = layout.kinds[at];
    if (fits(sign, kind)) return sign;
    const put = putRight(sign, kind);
    if (put === undefined) {
      left += 1;
      if (!notes.has(at)) notes.set(at, "unfit");
      return sign;
    }
    notes.set(at, "corrected");
    return put;
  });
  return { text: signs.join(""), notes, left };
}

function nameFaults(field) {
  const written = field.replace(/<+$/, "");
  if (!written) return 1;
  const second = written.indexOf("<<", 1);
  return Number(written.startsWith("<")) + Number(second > 0 && written.indexOf("<<", second + 2) > 0);
}

const agreeing = (document) => document.layout.checks.filter((_, number) => !((document.bits >> number) & 1)).length;

function likeness(document, left) {
  const { layout, doubts } = document;
  const states = ["issuer", "nationality"].filter((field) => known(raw(document, field))).length;
  const share = Math.floor((10 * agreeing(document)) / layout.checks.length);
  return 40 + share * 4 + 6 * states - 5 * left - doubts.filter((kind) => kind !== "unfit").length;
}

function isAZone(document, left) {
  if (left > MOST_MISFITS || !/^[A-Z]/.test(raw(document, "code")) || /^[<?]*$/.test(raw(document, "number"))) return false;
  return agreeing(document) > 0 || !document.doubts.length || known(raw(document, "issuer"));
}

// A document of this layout and how much the text is like it: [worth, document]; null where it is none.
export function made(layout, scanned, noted) {
  const { text, notes, left } = corrected(layout, scanned, noted);
  if (left > MOST_MISFITS || text.startsWith("V") !== layout.visa) return null;
  const doubts = [...notes].sort((one, two) => one[0] - two[0]).map(([, kind]) => kind);
  doubts.push(...Array(nameFaults(text.slice(...layout.fields.names))).fill("names"));
  const document = { layout, text, bits: verdict(layout, text), doubts };
  return isAZone(document, left) ? [likeness(document, left), document] : null;
}

// The document of a text that is a zone as it is printed and in which all agrees; null for every other text.
export function clean(zone) {
  const layout = /^[\x00-\x7f]*$/.test(zone) ? layoutOf(zone) : undefined;
  if (layout === undefined) return null;
  const bits = verdict(layout, zone);
  const names = zone.slice(...layout.fields.names);
  if (bits & FAULTS || !NAMES.test(names) || LOST_FILLERS.test(names.slice(-3))) return null;
  return { layout, text: zone, bits, doubts: [] };
}

export const raw = (document, field) => document.text.slice(...document.layout.fields[field]);

export const consistent = (document) => !(document.bits & FAULTS);

// The whole document number, also of one that goes on in the optional data; a filler in it is left out.
export function numberOf(document) {
  const rest = document.bits & LONG ? overflowOf(document.layout, document.text).slice(0, -1) : "";
  return (raw(document, "number") + rest).replaceAll("<", "");
}

export const issuerOf = (document) => family(raw(document, "issuer").replace(/<+$/, ""));
