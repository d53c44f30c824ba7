// The one field. A scanner types fast and ends with Enter, or just stops; the two lines of a zone have a line end between
// them. So a scan ends with an Enter after which nothing is missing, or when what was typed fast pauses.
const FAST = 45; // milliseconds between two signs of a scanner; people take longer
const FEW = 6; // signs, below which nobody can tell
const PAUSE = 160; // milliseconds after which a scanner has ended
const LONG_PAUSE = 700; // milliseconds where a line of a zone seems to be missing

export class Field {
  #field;

  #taken; // called with the text of a scan

  #whole; // whether a text is a whole scan, or a person has to say so

  #timer = 0;

  #times = [];

  constructor(field, taken, whole) {
    this.#field = field;
    this.#taken = taken;
    this.#whole = whole;
    field.addEventListener("keydown", (event) => this.#key(event));
    field.addEventListener("input", (event) => this.#typed(event));
  }

  focus() {
    this.#field.focus({ preventScroll: true });
  }

  #key(event) {
    if (event.key !== "Enter" || event.isComposing || event.shiftKey) return;
    const text = this.#field.value;
    if (!text.trim()) {
      event.preventDefault();
      return;
    }
    if (this.#whole(text) || text.endsWith("\n")) {
      event.preventDefault();
      this.send();
    }
  }

  #typed(event) {
    const now = performance.now();
    this.#times = [...this.#times, now].slice(-40);
    clearTimeout(this.#timer);
    const pasted = event.inputType === "insertFromPaste" || event.inputType === "insertFromDrop";
    if (!pasted && !this.#fast()) return;
    this.#timer = setTimeout(() => this.#paused(), PAUSE);
  }

  #paused() {
    if (this.#whole(this.#field.value)) this.send();
    else this.#timer = setTimeout(() => this.send(), LONG_PAUSE - PAUSE);
  }

  #fast() {
    const times = this.#times;
    return times.length > FEW && (times.at(-1) - times.at(-1 - FEW)) / FEW < FAST;
  }

  // Give the text on and make room for the next one.
  send() {
    clearTimeout(this.#timer);
    this.#times = [];
    const text = this.#field.value.trim();
    this.#field.value = "";
    if (text) this.#taken(text);
  }

  clear() {
    clearTimeout(this.#timer);
    this.#field.value = "";
  }
}
