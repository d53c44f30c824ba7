// A scan, checked by the node; by the copy where there is no line, and then kept to be reported.
import { labelled, ofNode, ofRefusal, unread } from "./answers.js";
import { EXPIRED, verdictOf } from "./copy.js";
import { iso } from "./dates.js";
import { ask, NoLine, Refused } from "./node.js";
import { keysOf, recognised, Unreadable } from "./reading.js";
import { clock, say, sentence } from "./words.js";

const SEVERITY = {
  digits: "contradiction", "no-day": "contradiction", issuer: "contradiction", "no-state": "unusual", letters: "unusual", expired: "unusual",
};
const WORST = ["none", "clear", "look", "stop", "hit"];
const NEEDS = new Set(["look", "stop", "hit"]);
const VEHICLES = new Set(["plate", "vehicle-number"]);
const SHORT = 40; // signs
const STRANGE = new Set(["look", "none", "unread"]);

export const dayOf = (moment) => [moment.getUTCFullYear(), moment.getUTCMonth() + 1, moment.getUTCDate()];
const graver = (verdicts) => WORST.findLast((each) => verdicts.includes(each));

// The tones of what came of one scan: those of the gravest answer. What is discreet sounds like nothing found, or held.
export function toneOf(answers) {
  const told = answers.filter((answer) => !answer.quiet).map((answer) => answer.verdict);
  if (told.some((verdict) => verdict === "hit" || verdict === "stop")) return "stop";
  if (told.some((verdict) => STRANGE.has(verdict))) return "look";
  return answers.some(({ offline }) => offline) ? "plain" : "clear";
}

// The texts of several scans that were pasted at once, where each of them is whole by itself; else the one text.
export function scansIn(text, on) {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim());
  if (lines.length < 2 || /[<«]/.test(text)) return [text];
  try {
    lines.forEach((line) => recognised(line, on));
    return lines;
  } catch {
    return [text];
  }
}

// What a scan is called in a list: a number, a mark or a name, as it was read here; else how the text begins.
export function namesIn(text, on, taken = "") {
  try {
    return recognised(text, on, taken).map((found) => found.read[0]?.[1] ?? text.slice(0, SHORT));
  } catch {
    return [text.slice(0, SHORT)];
  }
}

// What a scan comes to: one answer, or one for each document that it holds, each with the name that it has in a list.
export async function checked(desk, text, taken = "") {
  const answers = await answered(desk, text, taken);
  const names = namesIn(text, dayOf(desk.moment), taken);
  return answers.map((answer, at) => ({ ...answer, name: names[at] ?? names[0] }));
}

async function answered(desk, text, taken) {
  const scan = { id: crypto.randomUUID(), text, ...desk.shift, at: null, verdict: null, taken };
  if (desk.line === "online" || desk.line === "unknown") {
    try {
      const answer = await ask("/checkpoint/scan", scan);
      desk.line = "online";
      const answers = ofNode(answer, text);
      remember(desk, answers, taken); // no alert waits for the disk
      return answers;
    } catch (error) {
      if (error instanceof Refused && !error.signedOut) return [refused(error.problem, scan, dayOf(desk.moment))];
      if (!(error instanceof NoLine || error instanceof Refused)) throw error;
      desk.line = error instanceof Refused ? "signed-out" : "offline";
    }
  }
  return alone(desk, scan);
}

// Why the node did not take a scan: in this page's own words where it cannot read the text either.
function refused(problem, { id, text, taken, grounds }, on) {
  const answer = ofRefusal(problem, id, text, grounds);
  if (problem.field !== "text") return answer;
  try {
    recognised(text, on, taken);
    return { ...answer, takes: true };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return unread(error.code, id, text, answer.moment);
  }
}

// Remember which alerts the node told of these scans, so that the copy contradicts none of them while the line is down.
export function remember(desk, answers, taken = "") {
  if (!answers.some(({ verdict }) => NEEDS.has(verdict))) return;
  const keys = subjects(answers[0].text, dayOf(desk.moment), taken);
  for (const [part, answer] of answers.entries()) {
    if (!NEEDS.has(answer.verdict)) continue;
    const { id, verdict, title = "", quiet, call = [], instructions = [], alerts = [] } = answer;
    const own = keys.length === answers.length ? keys[part] : keys.flat();
    const codes = alerts.map(({ code }) => code);
    desk.remember({ id: `${id} ${part}`, keys: own, at: desk.moment.getTime(), verdict, title, quiet, call, instructions, codes });
  }
}

function subjects(text, on, taken) {
  try {
    return keysOf(text, recognised(text, on, taken));
  } catch {
    return [keysOf(text, [{ forms: [], read: [] }])[0]];
  }
}

// The answers by the copy; the scan is kept for the node, under the same id.
async function alone(desk, scan) {
  await desk.end();
  const { moment } = desk;
  let found;
  try {
    found = recognised(scan.text, dayOf(moment), scan.taken);
    scan.taken = await meant(desk, scan, found[0], moment);
    if (scan.taken) found = recognised(scan.text, dayOf(moment), scan.taken);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return [unread(error.code, scan.id, scan.text, moment)];
  }
  const keys = keysOf(scan.text, found);
  const answers = await Promise.all(found.map((each, at) => byCopy(desk, scan, each, keys[at], moment)));
  const verdict = graver(answers.map((each) => (each.verdict === "none" ? "look" : each.verdict)));
  const copy = desk.carried === "open" ? desk.copy.content.copy : "";
  const told = { ...scan, at: moment.toISOString().replace(/\.\d+/, ""), verdict };
  await desk.wait({ id: scan.id, what: "scan", made: Date.now(), officer: desk.officer, copy, body: told });
  return answers;
}

// A number that stands in the copy as a mark is that mark, for the node too: as a number it would find nothing.
async function meant(desk, { taken }, { besides = [], otherwise }, moment) {
  if (taken || !besides.length || desk.carried !== "open") return taken;
  return (await desk.copy.find({ forms: besides }, moment)).length ? otherwise[0] : "";
}

const unique = (values) => [...new Set(values.filter(Boolean))];

async function byCopy(desk, scan, found, keys, moment) {
  const open = desk.carried === "open";
  const matches = open ? await desk.copy.find(found, moment) : [];
  const before = await desk.shownOf(keys);
  const seen = verdictOf(found, matches);
  const expired = found.findings.includes(EXPIRED);
  const own = open || seen === "stop" || expired ? seen : "none";
  const verdict = graver([own, before?.verdict ?? "none"]);
  const call = unique([...matches.map(({ office }) => office), ...(before?.call ?? [])]);
  const alerted = matches.length > 0 || Boolean(before?.codes.length);
  const told = before !== null && !matches.length && (alerted || own === "clear" || own === "none"); // more than the copy can
  const about = VEHICLES.has(found.kind) ? "-vehicle" : "";
  return {
    id: scan.id,
    kind: found.kind,
    text: scan.text,
    moment,
    offline: true,
    verdict,
    title: told ? shownWords(before) : titleOf({ open, own, expired }, desk),
    said: [
      before && !told ? sentence(shownWords(before)) : "",
      alerted ? say(`copy-more${about}`) : "",
      open ? "" : say(`none-${desk.carried}`),
      open && !alerted ? say("copy-looks-up") : "",
      say("follows"),
    ].filter(Boolean).join(" "),
    read: labelled(found.read),
    findings: found.findings.map((code) => ({ words: wordsOf(code, found, moment), source: "", severity: SEVERITY[code] ?? "note" })),
    otherwise: found.otherwise ?? [],
    quiet: matches.some(({ quiet }) => quiet) || Boolean(before?.quiet),
    instructions: unique([
      ...(before?.instructions ?? []),
      ...matches.flatMap(({ instructions }) => instructions),
      alerted ? say(`verify${about}`) : "",
    ]),
    call,
    codes: unique([...matches.map(({ code }) => code), ...(before?.codes ?? [])]),
    alerts: [],
  };
}

function shownWords({ at, verdict, title, codes }) {
  const words = codes.length ? "shown-alert" : "shown-other";
  return say(words, { at: clock(new Date(at)), title: title || say(`title-${verdict}`) });
}

// What the copy can tell.
function titleOf({ open, own, expired }, desk) {
  if (!open) return say(`title-${own}`);
  const which = own === "look" && expired ? "past" : own;
  return say(`copy-${which}`, { made: clock(desk.copy.made) });
}

function wordsOf(code, { read }, moment) {
  const [, ends] = read.find(([name]) => name === "expires") ?? ["", ""];
  return say(`finding-${code}`, { ends, today: iso(dayOf(moment)) });
}
