// Found and helped, as numbers. A press is sent after some seconds, so that it can be taken back before anybody counts it.
import { made } from "./answers.js";
import { ask, NoLine } from "./node.js";
import { say } from "./words.js";

const OF = ["people", "children", "vehicles", "documents"];
const WHAT = ["found", "helped"];
const UNDO = 6000; // milliseconds

export class Counting {
  #desk;

  #told;

  #undo;

  #open = []; // presses that were not sent yet: { of, what, timer, tally }

  constructor(desk, rows, undo, told) {
    this.#desk = desk;
    this.#told = told;
    this.#undo = undo;
    rows.append(...OF.map((of) => this.#row(of)));
    undo.addEventListener("click", () => this.#back());
  }

  #row(of) {
    const label = made("th", "", say(`count-${of}`));
    label.scope = "row";
    return made("tr", "", label, ...WHAT.map((what) => made("td", "", this.#button(of, what))));
  }

  #button(of, what) {
    const tally = made("span", "l-booth__tally", "0");
    const button = made("button", "l-booth__count", made("span", "govuk-visually-hidden", say(`count-${what}`, { of: say(`count-${of}`) })), "+1 ", tally);
    button.type = "button";
    button.dataset.count = `${of} ${what}`;
    button.addEventListener("click", () => this.#press(of, what, tally));
    return button;
  }

  #press(of, what, tally) {
    tally.textContent = String(Number(tally.textContent) + 1);
    const press = { id: crypto.randomUUID(), of, what, tally };
    press.timer = setTimeout(() => this.#send(press), UNDO);
    this.#open.push(press);
    this.#say("count-soon");
  }

  #back() {
    const press = this.#open.pop();
    if (!press) return;
    clearTimeout(press.timer);
    press.tally.textContent = String(Number(press.tally.textContent) - 1);
    this.#say("count-undone");
  }

  async #send(press) {
    this.#open = this.#open.filter((each) => each !== press);
    clearTimeout(press.timer);
    const body = { id: press.id, ...this.#desk.shift, found: 0, helped: 0, of: press.of, [press.what]: 1 };
    try {
      if (this.#desk.line !== "online") throw new NoLine("down");
      this.#say("count-sent", await ask("/checkpoint/counts", body));
    } catch (error) {
      if (!(error instanceof NoLine || error.signedOut)) {
        this.#told.textContent = [error.problem?.title, error.problem?.hint].filter(Boolean).join(". ");
        return;
      }
      await this.#desk.wait({ id: body.id, what: "count", made: Date.now(), officer: this.#desk.officer, body });
      this.#say("count-waits");
    }
  }

  // Send at once what could still have been taken back: the shift ends.
  async finish() {
    await Promise.all([...this.#open].map((press) => this.#send(press)));
  }

  clear() {
    for (const tally of document.querySelectorAll(".l-booth__tally")) tally.textContent = "0";
    this.#told.textContent = "";
  }

  #say(key, values) {
    this.#told.textContent = say(key, values);
    this.#undo.disabled = !this.#open.length;
  }
}
