// The checkpoint's screen: begin a shift, scan, be answered, also while the line is down; end the shift and keep nothing.
import { drawn, made, moreFor } from "./answers.js";
import { checked, dayOf, namesIn, remember, scansIn, toneOf } from "./checking.js";
import { Counting } from "./counting.js";
import { Desk, show } from "./desk.js";
import { Field } from "./field.js";
import { WrongCode } from "./keeping.js";
import { ask, NoLine, Refused } from "./node.js";
import { mayGoOn, recognised } from "./reading.js";
import { Line } from "./reporting.js";
import { Answers, sayFolded } from "./shown.js";
import { comeBack, signingIn } from "./signing.js";
import { prepare, sound } from "./sound.js";
import { many, say, sentence } from "./words.js";

const at = (id) => document.getElementById(id);
const COPY_WAIT = 120_000; // milliseconds
const SURE = 6000; // milliseconds in which a second press counts
const SLOW = 600; // milliseconds after which it is said that an answer is waited for
const NEEDS = new Set(["look", "stop", "hit"]);

if (!window.location.pathname.endsWith("/")) window.location.replace("/checkpoint/"); // the worker's own part of the site

const desk = await Desk.open();
const answers = new Answers(at("answers"), at("history"), sayFolded(at("earlier"), at("earlier-title"), at("earlier-rest")));
const ready = at("ready");
const counting = new Counting(desk, at("counts"), at("undo"), at("counted"));
const field = new Field(at("scan"), (text) => take(text), whole);
const line = new Line(desk, { reported, tried: offer, left: leave });
let sounding = true;

function whole(text) {
  if (!mayGoOn(text)) return true;
  try {
    recognised(text, dayOf(desk.moment));
    return true;
  } catch {
    at("more").textContent = say("more");
    return false;
  }
}

function ring(tone) {
  if (sounding) sound(tone);
}

async function take(text) {
  at("more").textContent = "";
  await Promise.all(scansIn(text, dayOf(desk.moment)).map((each) => scan(each)));
}

// Bring the answer into view where the screen was scrolled away from it.
function inView() {
  const { top } = at("answers").getBoundingClientRect();
  if (top < 0 || top > window.innerHeight / 2) at("scanning").scrollIntoView({ block: "start" });
}

async function scan(text, taken = "") {
  const slow = setTimeout(() => { at("more").textContent = say("waiting"); }, SLOW);
  const before = desk.line;
  const found = await checked(desk, text, taken);
  clearTimeout(slow);
  at("more").textContent = "";
  answers.show(found, scan);
  inView();
  ring(toneOf(found));
  if (desk.line !== before) desk.say();
  if (desk.line !== "online") line.watch();
}

// Other pages open beside a shift that goes on here.
function beside(works) {
  at("beside").hidden = !works;
  for (const link of document.querySelectorAll(".l-booth__bar a")) {
    link.target = works ? "_blank" : "";
    link.rel = works ? "noopener" : "";
  }
}

function begin(shift) {
  desk.shift = shift;
  desk.told = "";
  at("start").hidden = true;
  at("shift").hidden = false;
  document.body.classList.add("l-booth--works");
  beside(true);
  desk.say();
  field.focus();
}

// Offer what can begin now: a shift with the node, or one with the copy that lies here.
function offer() {
  if (desk.shift) return;
  const online = desk.line === "online";
  at("start").hidden = !online;
  if (online) {
    const options = desk.offered.map(([value, words]) => Object.assign(made("option", "", words), { value }));
    const chosen = at("grounds").value;
    if (options.length !== 1) options.unshift(Object.assign(made("option", "", say("choose")), { value: "" }));
    at("grounds").replaceChildren(...options);
    if (desk.offered.some(([value]) => value === chosen)) at("grounds").value = chosen;
    desk.told = desk.offered.length ? "" : say("no-grounds");
  } else if (desk.line === "signed-out") desk.told = "";
  else desk.told = say(desk.isLocked || desk.waits.closed ? "no-line-start" : "no-line-no-copy");
  desk.say();
}

at("begin").addEventListener("submit", (event) => {
  event.preventDefault();
  const [grounds, place] = [at("grounds").value, at("place").value.trim()];
  show(at("begin-error"), grounds ? (place ? "" : say("place-missing")) : say("grounds-missing"));
  if (!grounds || !place) {
    at(grounds ? "place" : "grounds").focus();
    return;
  }
  prepare();
  begin({ grounds, place });
});

at("scanning").addEventListener("submit", (event) => {
  event.preventDefault();
  field.send();
  field.focus();
});

at("unlock").addEventListener("submit", async (event) => {
  event.preventDefault();
  prepare();
  const code = at("code").value;
  try {
    const content = await desk.keeping.unlock(code);
    at("code").value = "";
    show(at("unlock-error"), "");
    await opened(content);
  } catch (error) {
    if (!(error instanceof WrongCode)) throw error;
    show(at("unlock-error"), say("wrong-code"));
    at("code").select();
  }
});

// A copy was opened with its code: go on with its shift where none was begun, and report what waits.
async function opened(content) {
  if (content !== null && desk.officer && content.officer !== desk.officer) {
    await desk.keeping.close();
    desk.other = content.officer;
    await desk.refresh();
    return;
  }
  if (content !== null) {
    await desk.carry(content);
    desk.officer ||= content.officer;
    if (!desk.shift && desk.copy) begin({ grounds: content.grounds, place: content.place });
  } else await desk.refresh();
  if (desk.shift) field.focus();
  await line.try();
}

at("take").addEventListener("click", async () => {
  const button = at("take");
  button.disabled = true;
  try {
    const { code, ...content } = await ask("/checkpoint/copy", desk.shift, COPY_WAIT);
    const kept = { ...content, ...desk.shift, officer: desk.officer, ahead: desk.ahead };
    await desk.keeping.keep(kept, code);
    await desk.reseal();
    await desk.carry(kept);
    at("told-code").textContent = code.replace(/(.{5})(?=.)/g, "$1 ");
    at("told").hidden = false;
    desk.told = "";
    at("noted").focus();
  } catch (error) {
    if (error instanceof Refused) desk.told = refusal(error.problem);
    else if (error instanceof NoLine) desk.line = "offline";
    else desk.told = say("not-kept", { why: error.message });
    line.watch();
  }
  await desk.changed();
});

at("noted").addEventListener("click", () => {
  at("told-code").textContent = "";
  at("told").hidden = true;
  field.focus();
});

function refusal({ title, detail, hint, reasons = [] }) {
  return [title, detail, hint, ...reasons.map((each) => each.remedy)].filter(Boolean).map(sentence).join(" ");
}

// Nothing of a shift stays to be seen in this page.
function clear() {
  desk.forget();
  desk.copy = null;
  desk.ended = null;
  desk.shift = null;
  answers.clear(ready);
  counting.clear();
  at("reports").hidden = true;
  at("reports-said").replaceChildren();
  at("told-code").textContent = "";
  at("told").hidden = true;
  field.clear();
  at("shift").hidden = true;
  document.body.classList.remove("l-booth--works");
  beside(false);
}

// Somebody else has signed in: the shift that was here is closed, and its copy and its scans wait for who made them.
async function leave() {
  desk.line = "signed-out"; // a count that was not sent yet waits too
  await counting.finish();
  clear();
  if (desk.keeping) await desk.keeping.close();
  await desk.changed();
}

// What a button does that is pressed twice: it erases something, or ends something.
function sure(button, words, work) {
  let before = "";
  const calm = () => {
    if (button.dataset.sure) button.replaceChildren(...before);
    delete button.dataset.sure;
  };
  button.addEventListener("click", async () => {
    if (!button.dataset.sure) {
      before = [...button.childNodes];
      button.dataset.sure = "yes";
      button.replaceChildren(say(words));
      setTimeout(calm, SURE);
      return;
    }
    calm();
    await work();
  });
}

sure(at("forget"), "erase-sure", async () => {
  await desk.keeping.eraseClosed();
  await desk.changed();
  offer();
});

sure(at("end"), "sure", async () => {
  await counting.finish();
  if (desk.line === "online" && desk.waiting) await line.try();
  if (desk.keeping) await desk.keeping.eraseCopy();
  clear();
  if (desk.keeping && !desk.waits.all) await desk.keeping.close();
  await desk.changed();
  offer();
  desk.told = say("ended-shift");
  desk.say();
  at("main").focus();
});

// What became of the scans that waited: how many, which of them need a look now, and which were not taken.
function reported(results) {
  results.forEach((each) => remember(desk, [each], each.kindOf));
  const taken = results.filter((each) => each.verdict !== "refused");
  const needed = taken.filter((each) => NEEDS.has(each.verdict));
  const refused = results.filter((each) => each.verdict === "refused");
  const said = [made("p", "govuk-body", many("reported", taken.length))];
  if (needed.length) said.push(made("p", "govuk-body", many("look", needed.length, { all: taken.length })), made("ul", "l-booth__needed", ...alike(needed).map(needs)));
  else if (taken.length) said.push(made("p", "govuk-body", say("look-none")));
  if (refused.length) said.push(made("p", "govuk-body", many("refused", refused.length)), made("ul", "l-booth__needed", ...refused.map(notTaken)), made("div", "l-booth__refused", ...remedies(refused), eraser(refused)));
  at("reports-said").replaceChildren(...said);
  at("reports").hidden = false;
  ring(toneOf(needed));
}

// Equal scans with equal results as one, with the alerts of all.
function alike(results) {
  const found = new Map();
  for (const each of results) {
    const key = JSON.stringify([each.text, each.verdict, each.quiet]);
    const same = found.get(key) ?? { ...each, alerts: [], count: 0 };
    found.set(key, { ...same, alerts: [...same.alerts, ...each.alerts], count: same.count + 1 });
  }
  return [...found.values()];
}

function needs({ id, text, verdict, quiet, alerts, count }) {
  const times = count > 1 ? ` (${many("scanned", count)})` : "";
  const row = made("li", "", drawn(quiet ? "silent" : "warning"), made("span", "", nameOf(text), " ", made("strong", "", say(quiet ? "discreet" : `title-${verdict}`)), times));
  row.dataset.scan = id;
  for (const alert of alerts) {
    const link = Object.assign(made("a", "govuk-link", alert.words || say("alert"), " ", made("strong", "l-answer__code", alert.code)), { href: alert.href, target: "_blank", rel: "noopener" });
    row.append(" ", link);
  }
  return row;
}

const nameOf = (text) => namesIn(text, dayOf(desk.moment)).join(", ");
const notTaken = ({ text, title, hint }) => made("li", "", drawn("warning"), made("span", "", [nameOf(text), title, hint].filter(Boolean).map(sentence).join(" ")));

// What can be done with scans that were not taken: a second person is asked for more checks, and they are sent again.
function remedies(refused) {
  if (!refused.some(({ more }) => more)) return [];
  const link = Object.assign(made("a", "govuk-link", say("ask-more")), { href: moreFor(desk.shift?.grounds ?? ""), target: "_blank", rel: "noopener" });
  const again = Object.assign(made("button", "govuk-button", say("refused-again")), { type: "button" });
  again.addEventListener("click", async () => {
    again.disabled = true;
    refused.forEach(({ id }) => desk.refused.delete(id));
    await line.try();
  });
  return [link, again];
}

function eraser(refused) {
  const button = Object.assign(made("button", "govuk-button govuk-button--secondary", say("refused-erase")), { type: "button" });
  sure(button, "erase-sure", async () => {
    const ids = refused.map((each) => each.id);
    await desk.erase(ids);
    ids.forEach((id) => desk.refused.delete(id));
    button.remove();
    await desk.changed();
  });
  return button;
}

function loudness() {
  at("sound").setAttribute("aria-pressed", String(sounding));
  at("sound").textContent = say(sounding ? "sound-on" : "sound-off");
}

at("sound").addEventListener("click", () => {
  sounding = !sounding;
  loudness();
});

// What is typed goes into the field, wherever the focus was left; a press with the pointer gives it back too.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") at("menu").open = false;
  if (!desk.shift || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === " ") return;
  if (!event.target.closest("input, textarea, select")) field.focus();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest(".l-booth__menu")) at("menu").open = false;
  if (desk.shift && event.detail > 0 && at("told").hidden && !event.target.closest("a, input, textarea, select")) field.focus();
});
window.addEventListener("beforeunload", (event) => {
  if (desk.memory.length) event.preventDefault();
});

loudness();
signingIn(at("sign-in"), () => line.try());
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/checkpoint/worker.js").catch((error) => console.warn(error.message));
await desk.refresh();
await line.try();
if (desk.line === "online") comeBack();
window.addEventListener("focus", () => {
  if (desk.shift) field.focus();
  line.try(); // in another window somebody else may have signed in
});
setInterval(() => desk.refresh(), 30_000); // a copy ends by the clock
document.body.dataset.ready = "";
