// What the screen knows now: who works where and on which grounds, the line, the copy, and what waits; and the words for it.
import { Copy } from "./copy.js";
import { Keeping } from "./keeping.js";
import { age, clock, many, number, say, sentence } from "./words.js";

const SLACK = 5 * 60_000; // milliseconds by which a clock may be before the making of a copy, or be turned back
const TOLD = new BroadcastChannel("liaison-checkpoint");

const at = (id) => document.getElementById(id);

export function show(element, text) {
  element.hidden = !text;
  if (element.textContent !== text) element.textContent = text;
}

export class Desk {
  officer = "";

  hours = 0;

  offered = [];

  shift = null; // { grounds, place }

  line = "unknown"; // unknown, online, offline, signed-out

  ahead = 0; // milliseconds that the node's clock is ahead of this device's

  keeping = null;

  copy = null; // open in this page

  lies = null; // { made, expires } of the copy that lies in the browser, open or not

  ended = null; // when the copy ended that was here

  memory = []; // what waits and cannot be sealed, since there is no key

  waits = { all: 0, closed: 0 };

  other = ""; // who made what waits, where that is somebody else

  refused = new Map(); // by id of what waits: why the node did not take it

  #shown = new Map(); // alerts that were shown in this page during the shift, by id

  #made = new Map(); // what this page has kept and nobody acknowledged, by id

  #clock = 0; // this device's, when it was looked at last

  static async open() {
    const desk = new Desk();
    try {
      desk.keeping = await Keeping.open(() => desk.#loses());
    } catch (error) {
      desk.unkept = error.message; // a private window, or no room: the rest works without
    }
    TOLD.addEventListener("message", () => desk.refresh());
    return desk;
  }

  get moment() {
    return new Date(Date.now() + this.ahead);
  }

  get waiting() {
    return this.waits.all + this.memory.length;
  }

  get isLocked() {
    return this.lies !== null && this.copy === null;
  }

  // How the copy stands: open, locked, expired, other or no.
  get carried() {
    if (this.copy === null) return this.ended ? "expired" : this.isLocked ? "locked" : "no";
    return this.shift && this.copy.content.grounds !== this.shift.grounds ? "grounds" : "open";
  }

  // Take up a copy whose content is known.
  async carry(content) {
    this.copy = await Copy.of(content);
    for (const each of await this.keeping.shown()) this.#shown.set(each.id, each);
    this.ahead ||= content.ahead ?? 0;
    this.ended = null;
    await this.refresh();
  }

  // Keep something that waits, sealed where there is a key.
  async wait(item) {
    if (this.keeping?.isOpen) {
      this.#made.set(item.id, item);
      await this.keeping.add(item);
    } else this.memory.push(item);
    this.changed(); // the answer does not wait for what is said beside it
  }

  // Remember until the shift ends that an alert was shown: { id, keys, at, verdict, quiet, codes, ... }.
  async remember(item) {
    this.#shown.set(item.id, item);
    if (!this.keeping?.isOpen) return;
    try {
      await this.keeping.remember(item);
    } catch (error) {
      console.warn(error.message); // this page knows it all the same
    }
  }

  // The last alert that was shown about the same subject on this device during the shift.
  async shownOf(keys) {
    const kept = this.keeping ? await this.keeping.shown() : [];
    const same = [...kept, ...this.#shown.values()].filter((each) => each.keys.some((key) => keys.includes(key)));
    return same.reduce((last, each) => (last && last.at >= each.at ? last : each), null);
  }

  // Seal under a new key what this page remembers.
  async reseal() {
    for (const each of this.#shown.values()) await this.keeping.remember(each);
  }

  forget() {
    this.#shown.clear();
  }

  // Erase what waits no more.
  async erase(ids) {
    ids.forEach((id) => this.#made.delete(id));
    this.memory = this.memory.filter((each) => !ids.includes(each.id));
    if (this.keeping) await this.keeping.erase(ids);
  }

  // All that was kept is gone: what this page has made waits in its memory now.
  #loses() {
    this.keeping = null;
    this.copy = null;
    this.lies = null;
    this.waits = { all: 0, closed: 0 };
    this.memory.push(...this.#made.values());
    this.#made.clear();
    this.say();
  }

  // Erase the copy where it has ended by now. The one in this page may be another than the one that lies in the browser:
  // another tab has taken that.
  async end() {
    if (this.#isTurnedBack || [this.lies, this.copy].some((each) => each !== null && this.#over(each))) await this.refresh();
  }

  // Tell the page's other tabs that what is kept has changed.
  async changed() {
    TOLD.postMessage("changed");
    await this.refresh();
  }

  // Look anew at what lies in the browser, erase what has ended, and say how things stand.
  async refresh() {
    if (this.keeping) {
      const back = this.#isTurnedBack;
      this.#clock = Date.now();
      this.lies = await this.keeping.copy();
      if (this.lies !== null && (back || this.#over(this.lies))) await this.#ends(this.lies);
      if (this.lies === null || (this.copy !== null && this.#over(this.copy))) this.copy = null;
      this.waits = await this.keeping.counted();
    }
    this.say();
  }

  get #isTurnedBack() {
    return Date.now() < this.#clock - SLACK;
  }

  #over({ made, expires }) {
    return this.moment >= expires || this.moment.getTime() < made.getTime() - SLACK;
  }

  async #ends({ expires }) {
    await this.keeping.eraseCopy();
    this.ended = expires;
    this.lies = null;
    TOLD.postMessage("changed");
  }

  say() {
    const line = at("line");
    line.dataset.line = this.line;
    if (this.line !== "unknown") show(line, say(this.line));
    this.#sayCopy();
    this.#sayWaits();
    at("locked").hidden = !(this.isLocked || this.waits.closed > 0);
    const lost = at("forget");
    lost.hidden = !this.waits.closed;
    if (!lost.dataset.sure) lost.textContent = say("erase-waiting");
    at("take").disabled = this.line !== "online" || !this.hours || !this.keeping;
    at("take").hidden = this.line === "offline" || this.line === "signed-out";
    show(at("who"), this.shift ? say("shift-of", { officer: this.officer, place: this.shift.place }) : "");
  }

  #sayCopy() {
    const chip = at("carried");
    const ends = { ends: clock(this.copy?.expires ?? this.ended ?? new Date()), made: clock(this.copy?.made ?? this.lies?.made ?? new Date()) };
    const key = { no: "none", open: "open", locked: "locked", expired: "expired", grounds: "other" }[this.carried];
    chip.dataset.copy = this.carried;
    show(chip, say(`copy-${key}`, ends));
    show(at("copy-said"), say(`copy-${key}`, ends));
    const words = this.copy ? [] : [say("copy-why")];
    if (this.copy) words.push(say("copy-age", { age: age(this.moment - this.copy.made) }), say("copy-holds", { counts: this.#holds() }));
    if (this.line !== "unknown" && this.line !== "offline" && !this.hours) words.push(say("no-copies"));
    if (this.unkept) words.push(say("not-kept", { why: this.unkept }));
    show(at("copy-held"), words.map(sentence).join(" "));
  }

  #holds() {
    return Object.entries(this.copy.content.counts).map(([kind, count]) => `${say(`counts-${kind}`)} ${number(count)}`).join(", ");
  }

  #sayWaits() {
    const words = [];
    show(at("waits"), this.waiting ? many("waits", this.waiting) : "");
    at("signed-out").hidden = this.line !== "signed-out";
    if (this.memory.length) words.push(say("waits-memory"));
    if (this.waits.closed && !this.isLocked) words.push(say("waits-locked"));
    if (this.other) words.push(say("waits-officer", { officer: this.other }));
    show(at("note"), [this.told ?? "", ...words].filter(Boolean).map(sentence).join(" "));
  }
}
