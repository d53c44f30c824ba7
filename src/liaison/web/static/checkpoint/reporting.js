// The line, tried now and then while it is down, and the report of what waits once it is back. The node acknowledges each
// scan by its id: what it has acknowledged is erased here, and what is sent twice it knows.
import { ask, look, NoLine, Refused } from "./node.js";
import { sentence } from "./words.js";

const EVERY = 15_000; // milliseconds between two tries
const LONGEST = 120_000; // between two tries of a line that stays down
const CHUNK = 50; // scans of one report
const REPORT_WAIT = 60_000; // milliseconds

export class Line {
  #desk;

  #reported; // called with what a report came to

  #tried; // called when it is known anew whether there is a line

  #left; // called when somebody else has signed in

  #timer = 0;

  #pause = EVERY;

  constructor(desk, { reported, tried, left }) {
    this.#desk = desk;
    this.#reported = reported;
    this.#tried = tried;
    this.#left = left;
    window.addEventListener("online", () => this.try());
    window.addEventListener("offline", () => this.#down("offline"));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.try(); });
  }

  // Ask how things stand; report what waits where there is a line.
  async try() {
    clearTimeout(this.#timer);
    try {
      await this.#up(await look("/checkpoint/state"));
      await this.report();
    } catch (error) {
      if (error instanceof NoLine) this.#down("offline");
      else if (!(error instanceof Refused)) throw error;
      else if (error.signedOut) this.#down("signed-out");
      else this.#held(error.problem);
    }
    this.watch();
  }

  // The node is there and does not take the report now: it says why, and is asked again.
  #held({ title, detail, hint }) {
    this.#desk.told = [title, detail, hint].filter(Boolean).map(sentence).join(" ");
    this.#desk.say();
  }

  // Try again later, while the line is down or something waits.
  watch() {
    clearTimeout(this.#timer);
    const desk = this.#desk;
    const left = desk.waiting - desk.waits.closed - desk.refused.size;
    if (desk.line !== "online" || (left > 0 && !desk.other)) this.#timer = setTimeout(() => this.try(), this.#pause);
  }

  async #up(state) {
    const desk = this.#desk;
    if (desk.officer && desk.officer !== state.officer) await this.#left();
    desk.line = "online";
    desk.officer = state.officer;
    desk.hours = state.offline_hours;
    desk.offered = state.grounds;
    desk.ahead = new Date(state.now).getTime() - Date.now();
    this.#pause = EVERY;
    desk.say();
    this.#tried();
  }

  #down(how) {
    this.#desk.line = how;
    this.#pause = Math.min(this.#pause * 1.5, LONGEST);
    this.#desk.say();
    this.#tried();
    this.watch();
  }

  // Report what waits, once among all tabs. Throws NoLine and Refused; what was acknowledged before stays erased.
  async report() {
    await navigator.locks.request("liaison-checkpoint-report", { ifAvailable: true }, async (lock) => {
      if (lock !== null) await this.#all();
    });
  }

  async #all() {
    const desk = this.#desk;
    const sealed = desk.keeping ? await desk.keeping.waiting() : [];
    const every = [...sealed, ...desk.memory].filter((each) => !desk.refused.has(each.id));
    const own = every.filter((each) => !each.officer || each.officer === desk.officer);
    desk.other = every.find((each) => !own.includes(each))?.officer ?? "";
    const results = [];
    try {
      for (const each of own.filter(({ what }) => what === "count")) await this.#count(each);
      const scans = own.filter(({ what }) => what === "scan");
      for (const copy of new Set(scans.map((each) => each.copy))) {
        const same = scans.filter((each) => each.copy === copy);
        for (let from = 0; from < same.length; from += CHUNK) results.push(...(await this.#chunk(copy, same.slice(from, from + CHUNK))));
      }
    } finally {
      if (results.length) {
        desk.told = "";
        this.#reported(results);
      }
      await desk.changed();
      if (!desk.shift && desk.keeping?.isOpen && !desk.waits.all) await desk.keeping.close();
    }
  }

  async #count({ id, body }) {
    try {
      await ask("/checkpoint/counts", body);
    } catch (error) {
      if (error instanceof NoLine || error.signedOut) throw error;
      this.#desk.refused.set(id, error.problem);
      return;
    }
    await this.#desk.erase([id]);
  }

  async #chunk(copy, scans) {
    const answer = await ask("/checkpoint/report", { copy, scans: scans.map(({ body }) => body) }, REPORT_WAIT);
    const byId = new Map(scans.map((each) => [each.id, each.body]));
    for (const each of answer.refused) if (byId.has(each.id)) this.#desk.refused.set(each.id, each);
    const done = answer.done.filter((each) => byId.has(each.id));
    const whole = done.filter((each) => !this.#desk.refused.has(each.id)); // of others a part was not checked
    await this.#desk.erase(whole.map((each) => each.id));
    const told = [...done, ...answer.refused.map((each) => ({ ...each, verdict: "refused" }))];
    return told.map((each) => ({ ...each, text: byId.get(each.id)?.text ?? "", kindOf: byId.get(each.id)?.taken ?? "" }));
  }
}
