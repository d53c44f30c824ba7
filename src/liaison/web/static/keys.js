// Keys for those who work all day: / to check, g and a letter to go, j and k among alerts, ? for the list.
// They can be turned off (WCAG 2.2, 2.1.4): then the body has no data-shortcuts, and nothing listens.
const PATIENCE = 1500; // milliseconds between g and its letter

let going = 0;

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable], dialog[open]") !== null;
}

function go(letter) {
  const link = document.querySelector(`[data-go="${CSS.escape(letter)}"]`);
  if (link) link.click();
}

function step(by) {
  const alerts = [...document.querySelectorAll("[data-alert]")];
  if (!alerts.length) return;
  const at = alerts.indexOf(document.activeElement.closest("[data-alert]"));
  const next = alerts[Math.max(0, Math.min(alerts.length - 1, at + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

const ACTIONS = {
  "/": () => document.querySelector("[data-quick-check]")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
  j: () => step(1),
  k: () => step(-1),
  g: (event) => { going = event.timeStamp; },
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
  if (going && event.timeStamp - going < PATIENCE) {
    going = 0;
    event.preventDefault();
    go(event.key);
  } else if (Object.hasOwn(ACTIONS, event.key)) {
    event.preventDefault();
    ACTIONS[event.key](event);
  }
}

export function keys() {
  if ("shortcuts" in document.body.dataset) document.addEventListener("keydown", pressed);
}
