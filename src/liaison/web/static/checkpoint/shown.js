// The answers of a shift: the newest open, older ones folded below it, and equal ones as one.
import { drawn, lookOf, made, panelOf, verdictWords } from "./answers.js";
import { clock, many, say } from "./words.js";

export const STACKED = 4000; // milliseconds in which a second answer stands beside the first
const MOST_STACKED = 6;
const MOST_KEPT = 20; // folded ones; the node has them all

// Two answers that say the same of the same scan; each was checked by itself.
const keyOf = ({ text, name, kind, verdict, quiet, offline, title }) =>
  JSON.stringify([text.trim(), name, kind, verdict, Boolean(quiet), Boolean(offline), title]);

function rowOf({ answer, count, panel }) {
  const [tone, icon] = lookOf(answer);
  const verdict = [verdictWords(answer), count > 1 ? many("scanned", count) : ""].filter(Boolean).join(", ");
  const summary = made(
    "summary", "l-booth__past-summary",
    drawn(icon), made("span", "l-booth__past-what", answer.name), made("span", "l-booth__past-said", verdict), made("time", "", clock(answer.moment)),
  );
  const row = made("li", `l-booth__past l-booth__past--${tone}`, made("details", "", summary, panel));
  row.dataset.scan = answer.id;
  return row;
}

export class Answers {
  #place; // of what is open

  #list; // of what is folded

  #open = []; // { key, answer, count, panel }, the newest first

  #past = [];

  #gone = 0; // folded ones that stand here no more

  #last = -Infinity;

  #words; // called with how many are folded, and how many of them stand here no more

  constructor(place, list, words) {
    this.#place = place;
    this.#list = list;
    this.#words = words;
  }

  // Show the answers to one scan; those that came just before stay below, so that no match is swept away.
  show(answers, again) {
    const now = performance.now();
    const fresh = answers.map((answer) => this.#entry(answer, again));
    const stays = now - this.#last > STACKED ? [] : this.#open;
    const most = Math.max(MOST_STACKED, fresh.length);
    const folded = [...stays.slice(most - fresh.length), ...this.#open.filter((each) => !stays.includes(each))];
    this.#open = [...fresh, ...stays].slice(0, most);
    this.#place.replaceChildren(...this.#open.map(({ panel }) => panel));
    this.#fold(folded);
    this.#last = now;
  }

  #entry(answer, again) {
    const key = keyOf(answer);
    const same = [...this.#open, ...this.#past].find((each) => each.key === key);
    this.#open = this.#open.filter((each) => each !== same);
    this.#past = this.#past.filter((each) => each !== same);
    const count = (same?.count ?? 0) + 1;
    return { key, answer, count, panel: panelOf(answer, again, count) };
  }

  #fold(entries) {
    const all = [...entries, ...this.#past];
    this.#past = all.slice(0, MOST_KEPT);
    this.#gone += all.length - this.#past.length;
    const unfolded = new Set([...this.#list.querySelectorAll("details[open]")].map((each) => each.closest("li").dataset.scan));
    const rows = this.#past.map(rowOf);
    for (const row of rows) row.firstChild.open = unfolded.has(row.dataset.scan);
    this.#list.replaceChildren(...rows);
    this.#words(this.#past.length + this.#gone, this.#gone);
  }

  clear(ready) {
    this.#place.replaceChildren(ready);
    this.#open = [];
    this.#past = [];
    this.#gone = 0;
    this.#last = -Infinity;
    this.#fold([]);
  }
}

// Say below the answers how many are folded, and where those are that stand here no more.
export function sayFolded(box, title, rest) {
  return (count, gone) => {
    box.hidden = !count;
    if (!count) box.open = false;
    title.textContent = say("earlier", { count });
    rest.hidden = !gone;
    rest.firstElementChild.textContent = many("rest", gone, { kept: MOST_KEPT });
  };
}
