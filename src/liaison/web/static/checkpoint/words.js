// What the page says, in the reader's language: from the shell's data-words.
const WORDS = JSON.parse(document.body.dataset.words);
const LANGUAGE = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
const RULES = new Intl.PluralRules(LANGUAGE);
const CLOCK = new Intl.DateTimeFormat(LANGUAGE, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const NUMBER = new Intl.NumberFormat(LANGUAGE);

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export const has = (key) => key in WORDS;

// The words of a key with their values; the key itself where there are none, so that a gap is seen.
export const say = (key, values = {}) => filled(WORDS[key] ?? key, values);

// The words for so many.
export function many(key, count, values = {}) {
  const form = RULES.select(count) === "one" ? "one" : "other";
  return say(`${key}-${form}`, { count: NUMBER.format(count), ...values });
}

export const number = (count) => NUMBER.format(count);

// A text that begins with a capital and ends with a full stop.
export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1).replace(/([^.:!?…])$/, "$1.");

const two = (count) => String(count).padStart(2, "0");

// A moment as a clock shows it; with its day where that is another one than today.
export function clock(moment) {
  const same = moment.toDateString() === new Date().toDateString();
  return same ? CLOCK.format(moment) : `${two(moment.getDate())}.${two(moment.getMonth() + 1)}. ${CLOCK.format(moment)}`;
}

// How long ago, in minutes or hours.
export function age(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  return minutes < 120 ? many("minutes", minutes) : many("hours", Math.floor(minutes / 60));
}
