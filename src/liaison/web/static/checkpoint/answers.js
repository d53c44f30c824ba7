// What a scan came to, drawn: in words, with a picture, in a colour. Every answer has the shape of the node's own.
import { clock, has, say, sentence } from "./words.js";

const LOOKS = {
  clear: ["good", "tick"], look: ["warn", "warning"], none: ["warn", "warning"], unread: ["info", "notice"],
  stop: ["bad", "stop"], hit: ["bad", "stop"],
};
const DISCREET = ["quiet", "silent"];
const NOT_HELD = ["plain", "notice"]; // what the copy does not hold: neither good nor bad
const TAKES = {
  document: "P<ALBHOXHA<<ARBEN<<<<<…", plate: "AA 123 BB", "vehicle-number": "WVWZZZ1JZXW000001", number: "ALB BA1234567", person: "HOXHA, Arben 02.03.1984",
};

export function drawn(name) {
  return document.querySelector(`template[data-icon="${name}"]`).content.cloneNode(true);
}

// An element with a class, and text or children.
export function made(tag, name, ...inside) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...inside.filter((each) => each !== ""));
  return element;
}

// Tone and picture of an answer.
export function lookOf({ quiet, offline, verdict }) {
  if (quiet) return DISCREET;
  return offline && verdict === "clear" ? NOT_HELD : LOOKS[verdict];
}

// What an answer is called in a list.
export function verdictWords(answer) {
  if (answer.quiet) return say("discreet");
  return say(lookOf(answer) === NOT_HELD ? "title-plain" : `title-${answer.verdict}`);
}

const listed = (name, rows) => (rows.length ? made("ul", name, ...rows) : "");

function rows(read, name = "") {
  if (!read?.length) return "";
  const each = read.map(([label, value]) => made("div", "", made("dt", "", label), made("dd", "", value)));
  return made("dl", `l-answer__read ${name}`.trim(), ...each);
}

function finding({ words, source, severity }) {
  const row = made("li", `l-answer__finding l-answer__finding--${severity}`, made("span", "", words));
  if (source) row.append(made("span", "l-answer__source", source));
  return row;
}

function linkTo({ href, words }) {
  const link = made("a", "govuk-button govuk-button--secondary l-answer__alert", words || say("alert"), " ", drawn("forward"));
  link.href = href;
  link.target = "_blank"; // the shift goes on in this page
  link.rel = "noopener";
  return link;
}

function others(answer, again) {
  const buttons = (answer.otherwise ?? []).map((kind) => {
    const button = made("button", "govuk-button govuk-button--secondary", say(`as-${kind}`));
    button.type = "button";
    button.addEventListener("click", () => again(answer.text, kind));
    return button;
  });
  return buttons.length ? made("div", "l-answer__others", ...buttons) : "";
}

// The codes by which the desk at headquarters finds the alerts, or the records.
export const codesOf = ({ codes, alerts }) => codes ?? alerts.map(({ code }) => code).filter(Boolean);

function spoken(answer) {
  const codes = codesOf(answer).map((code) => made("strong", "l-answer__code", code));
  return codes.length ? made("p", "l-answer__codes", `${say("read-reference")} `, ...codes) : "";
}

function described({ recorded }) {
  return recorded?.length ? made("div", "l-answer__recorded", made("h3", "govuk-heading-s", say("recorded")), rows(recorded)) : "";
}

function taken({ takes }) {
  if (!takes) return "";
  const each = Object.entries(TAKES).map(([kind, example]) => [say(`kind-${kind}`), example]);
  return made("div", "l-answer__takes", made("p", "", say("takes")), rows(each));
}

// One answer as a panel. `again` looks the same text up as something else; `count` is how often it was scanned.
export function panelOf(answer, again, count = 1) {
  const [tone, icon] = lookOf(answer);
  const heading = made("h2", "l-answer__title", drawn(icon), made("span", "", answer.title || say(`title-${answer.verdict}`)));
  const panel = made("article", `l-answer l-answer--${tone}`, heading);
  panel.dataset.verdict = answer.verdict;
  panel.dataset.scan = answer.id;
  if (answer.quiet) heading.append(made("span", "l-tag l-tag--quiet l-answer__discreet", say("discreet")));
  panel.append(
    listed("l-answer__orders", answer.instructions.map((words) => made("li", "", words))),
    listed("l-answer__call", answer.call.map((office) => made("li", "", drawn("phone"), say("call", { office })))),
    spoken(answer),
    answer.said ? made("p", "l-answer__said", answer.said) : "",
    count > 1 ? made("p", "l-answer__times", say("times", { count, at: clock(answer.moment) })) : "",
    rows(answer.read),
    described(answer),
    taken(answer),
    listed("l-answer__findings", answer.findings.map(finding)),
  );
  if (answer.alerts.length) panel.append(made("p", "l-answer__alerts", ...answer.alerts.map(linkTo)));
  const last = [say(`kind-${answer.kind}`), clock(answer.moment)];
  if (answer.entry) last.push(say("entry", { entry: answer.entry }));
  if (answer.doubled) last.push(say("again"));
  panel.append(others(answer, again), made("p", "l-answer__foot", last.join(" · ")));
  return panel;
}

const empty = { read: [], findings: [], instructions: [], call: [], alerts: [], otherwise: [], said: "", title: "" };

// An answer in the node's shape, of what the node said.
export function ofNode(given, text) {
  const answer = { ...empty, ...given, text, moment: new Date() };
  const more = (given.also ?? []).map((each) => ofNode({ ...each, id: given.id }, text)[0]);
  return [answer, ...more];
}

// What stands on the screen for a text that is nothing: why, and what the field takes.
export const unread = (code, id, text, moment) => ({
  ...empty, id, kind: "", text, moment, verdict: "unread", title: say("title-unread"), said: say(`unread-${code}`), takes: true,
});

// What stands on the screen for a refusal: its words, its hint, and why it is not lawful.
export function ofRefusal(problem, id, text, grounds = "") {
  const reasons = (problem.reasons ?? []).map((each) => ({
    words: [each.missing, each.remedy].filter(Boolean).join(": "), source: each.source, severity: "unusual",
  }));
  const words = [problem.detail, problem.hint].filter(Boolean).map(sentence).join(" ");
  const title = problem.field === "text" ? say("title-unread") : problem.title;
  const byNumber = problem.reasons?.length && problem.reasons.every(({ rule }) => rule === "L10/bulk");
  const alerts = byNumber ? [{ href: moreFor(grounds), words: say("ask-more") }] : [];
  return { ...empty, id, kind: "", verdict: "unread", title: title || say("failed"), said: words, findings: reasons, alerts, text, moment: new Date() };
}

// Where a second person is asked for more checks than one officer makes alone.
export const moreFor = (grounds) => `/approvals/more?grounds=${encodeURIComponent(grounds)}`;

export const labelled = (read) => read.map(([key, value]) => [has(`read-${key}`) ? say(`read-${key}`) : key, value]);
