// A copy in this page's memory, and what a scan comes to by it. The engine knows more: it looks when the line is back.
import { markKey, markOf } from "./marks.js";

const HELD_BACK = new Set(["digits", "no-day", "issuer"]); // contradictions, as the engine's rules have them
const NOT_ASKED = new Set(["no-state", "letters"]);
export const EXPIRED = "expired";

export class Copy {
  #entries;

  #key;

  static async of(content) {
    const copy = new Copy();
    copy.content = content;
    copy.#entries = new Map(Object.entries(content.entries));
    copy.#key = await markKey(content.mark_key);
    return copy;
  }

  get made() {
    return new Date(this.content.made);
  }

  get expires() {
    return new Date(this.content.expires);
  }

  // The matches of what was read, at a moment: { instructions, office, quiet, code }.
  async find({ forms }, moment) {
    const marks = await Promise.all(forms.map(([kind, form]) => markOf(this.#key, kind, form)));
    const today = moment.toISOString().slice(0, 10);
    const rows = marks.map((mark) => this.#entries.get(mark)).filter((row) => row && !(row[5] && today >= row[5]));
    return rows.map(([, instructions, office, quiet, code]) => ({
      instructions: instructions.map((at) => this.content.instructions[at]),
      office: this.content.offices[office] ?? "",
      quiet: Boolean(quiet),
      code,
    }));
  }
}

// clear, look, stop or hit: of what was read and of its matches.
export function verdictOf({ findings }, matches) {
  if (matches.length) return "hit";
  if (findings.some((finding) => HELD_BACK.has(finding))) return "stop";
  return findings.some((finding) => finding === EXPIRED || NOT_ASKED.has(finding)) ? "look" : "clear";
}
