// Reading zones from text: at once where it is clean, else by the likeliest way to part it into documents.
// formats/mrz/reading.py in the browser; the tests hold one against the other.
import { clean, lineOf, made, withoutBlanks } from "./fitting.js";
import { LAYOUTS, linesOf, SIZES } from "./layouts.js";
import { pieces, Unreadable } from "./scanned.js";

const LONGEST_CLEAN = 94; // signs of a zone with its line ends
const MOST_DOCUMENTS = 8;
const JOINED = 6; // pieces that may be parts of what is run together
const WASTE = 2; // what a sign that is left aside costs

function permutations(many) {
  if (many === 2) return [[0, 1], [1, 0]];
  return [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
}

// The best document whose lines these pieces are, in any order: [worth, document]; null where there is none.
function byLines(layout, found) {
  const lines = found.map((piece) => lineOf(piece, layout.width));
  if (lines.includes(null)) return null;
  let best = null;
  for (const order of permutations(lines.length)) {
    const joined = join(order.map((which) => lines[which]));
    const one = made(layout, joined.text, joined.notes);
    if (one === null) continue;
    const swapped = order.some((which, at) => which !== at);
    const worth = one[0] - (swapped ? 2 : 0);
    if (swapped) one[1].doubts.unshift("swapped");
    if (best === null || worth > best[0]) best = [worth, one[1]];
  }
  return best;
}

function join(found) {
  const notes = new Map();
  let text = "";
  for (const piece of found) {
    for (const [at, note] of piece.notes) notes.set(text.length + at, note);
    text += piece.text;
  }
  return { text, notes };
}

const withoutAny = (piece) => {
  const [text, notes] = withoutBlanks(piece.text, piece.notes, -1);
  return { text, notes };
};

// Where documents can begin in a text of this length that holds nothing else, the last first.
function starts(length, most) {
  const found = new Set([0]);
  let edge = new Set([0]);
  for (let step = 0; step < most; step += 1) {
    edge = new Set([...edge].flatMap((at) => SIZES.map((size) => at + size).filter((next) => next < length)));
    for (const at of edge) found.add(at);
  }
  return [...found].sort((one, two) => two - one);
}

// The best way to part text without line ends into whole documents: [worth, documents]; null where there is none.
function runTogether({ text, notes }, most) {
  const best = new Map([[text.length, [0, []]]]);
  for (const at of starts(text.length, most)) {
    for (const layout of LAYOUTS) {
      const end = at + layout.kinds.length;
      const rest = best.get(end);
      if (rest === undefined) continue;
      const part = new Map([...notes].filter(([place]) => at <= place && place < end).map(([place, note]) => [place - at, note]));
      const one = made(layout, text.slice(at, end), part);
      if (one !== null && (!best.has(at) || one[0] + rest[0] > best.get(at)[0])) {
        best.set(at, [one[0] + rest[0], [one[1], ...rest[1]]]);
      }
    }
  }
  return best.get(0) ?? null;
}

// Ways to read the first pieces: how many they take, what they are worth, the documents.
function* waysFrom(found) {
  for (const layout of LAYOUTS) {
    const lines = linesOf(layout);
    const best = found.length >= lines ? byLines(layout, found.slice(0, lines)) : null;
    if (best !== null) yield [lines, best[0], [best[1]]];
  }
  for (let many = 1; many <= Math.min(JOINED, found.length); many += 1) {
    const joined = join(found.slice(0, many).map(withoutAny));
    const run = joined.text.length >= SIZES[0] ? runTogether(joined, MOST_DOCUMENTS + 1) : null;
    if (run !== null && run[1].length) yield [many, run[0] - many, run[1]];
  }
}

function bestWay(found) {
  const ways = [{ worth: 0, documents: [], aside: [] }];
  for (let at = found.length - 1; at >= 0; at -= 1) {
    const after = ways[0];
    const waste = WASTE * found[at].text.length;
    let best = { worth: after.worth - waste, documents: after.documents, aside: [found[at], ...after.aside] };
    for (const [taken, worth, documents] of waysFrom(found.slice(at))) {
      const rest = ways[taken - 1];
      if (worth + rest.worth > best.worth) {
        best = { worth: worth + rest.worth, documents: [...documents, ...rest.documents], aside: rest.aside };
      }
    }
    ways.unshift(best);
  }
  return ways[0];
}

function likeALine({ text }) {
  const run = text.replaceAll(" ", "");
  return run.includes("<<") && run.length >= 20;
}

// Each document once, however often its zone stands in the scan.
function once(way) {
  const kept = new Map();
  for (const document of way.documents) {
    const before = kept.get(document.text);
    if (before === undefined) kept.set(document.text, document);
    else if (!before.doubts.includes("twice")) before.doubts.push("twice");
  }
  const found = [...kept.values()];
  found[0].doubts.push(...way.aside.map(() => "aside"));
  return found;
}

// Every document that a text holds, in its order. Throws Unreadable where it holds none, or what is no whole document.
export function readAll(text) {
  if (text.length <= LONGEST_CLEAN) {
    const one = clean(SIZES.includes(text.length) ? text : text.replaceAll("\n", ""));
    if (one !== null) return [one];
  }
  const found = pieces(text);
  if (!found.length) throw new Unreadable("empty");
  const way = bestWay(found);
  if (!way.documents.length) {
    throw new Unreadable(found.length === 1 && [30, 36, 44].includes(found[0].text.length) ? "half" : "no-zone");
  }
  if (way.documents.length > MOST_DOCUMENTS) throw new Unreadable("many");
  if (way.aside.some(likeALine)) throw new Unreadable("half");
  return once(way);
}
