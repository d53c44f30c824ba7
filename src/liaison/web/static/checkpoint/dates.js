// Dates of a zone and of what is typed, as [year, month, day], 0 for what is not known: formats/mrz/dates.py in the browser.
// `on` is the day on which the document is looked at, as [year, month, day].
const UNKNOWN = "<<";

export const lastDay = (year, month) => new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
export const iso = ([year, month, day]) =>
  [String(year).padStart(4, "0"), ...[month, day].filter(Boolean).map((part) => String(part).padStart(2, "0"))].join("-");
export const before = (one, two) => iso(one) < iso(two);

// A day of the calendar, or a month or year of it; null for what is none.
export function dated(year, month, day) {
  if (year < 1 || year > 9999 || month < 0 || month > 12 || day < 0) return null;
  if (day && (!month || day > lastDay(year, month))) return null;
  return [year, month, day];
}

const NONE = {};

function parts(text) {
  const said = [text.slice(0, 2), text.slice(2, 4), text.slice(4, 6)];
  if (said[0] === UNKNOWN) return null;
  if (!said.every((part) => part === UNKNOWN || /^[0-9]{2}$/.test(part))) return NONE;
  if (said[1] === "00" || said[2] === "00") return NONE;
  return said.map((part) => (part === UNKNOWN ? 0 : Number(part)));
}

const made = (year, month, day) => dated(year, month, month ? day : 0) ?? undefined;

// The date of birth: the latest that is not after the day; null where no year is known, undefined for no day of any calendar.
export function birth(text, on) {
  const said = parts(text);
  if (said === null || said === NONE) return said === null ? null : undefined;
  const [year, month, day] = said;
  const century = Math.floor(on[0] / 100) * 100;
  const late = made(century + year, month, day);
  if (late === undefined) return undefined;
  const earliest = [late[0], late[1] || 1, late[2] || 1];
  return before(on, earliest) ? made(century - 100 + year, month, day) : late;
}

// The date of expiry: the one nearest to the day, fifty years before to forty-nine after.
export function expiry(text, on) {
  const said = parts(text);
  if (said === null || said === NONE) return said === null ? null : undefined;
  const [year, month, day] = said;
  return made(on[0] - 50 + ((((year - on[0] + 50) % 100) + 100) % 100), month, day);
}

// The last day that a date can be.
export const latest = ([year, month, day]) => [year, month || 12, day || lastDay(year, month || 12)];
