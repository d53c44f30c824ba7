// What is alive on the pages of requests: clocks that run, one stream of events, notifications for urgent ones.
// Without it the pages say the same, as of when they were opened.
const MINUTE = 60_000; // milliseconds
const HUSH = 1_500; // milliseconds between an event and the next look at a list
const UNITS = [["d", 86_400], ["h", 3_600], ["min", 60]];

function span(seconds) {
  let left = Math.floor(Math.abs(seconds));
  const found = [];
  for (const [unit, length] of UNITS) {
    const amount = Math.floor(left / length);
    left -= amount * length;
    if (amount) found.push(`${amount}\u202f${unit}`);
  }
  return found.slice(0, 2).join(" ") || `0\u202fmin`;
}

function clocks() {
  for (const clock of document.querySelectorAll("[data-clock]")) {
    const left = (new Date(clock.dataset.clock).getTime() - Date.now()) / 1000;
    const tag = clock.querySelector(".l-tag");
    if (!tag || Number.isNaN(left)) continue;
    tag.textContent = (left < 0 ? clock.dataset.textLate : clock.dataset.textLeft).replace("{}", span(left));
    if (left < 0) tag.className = "govuk-tag l-tag l-tag--bad";
  }
}

function listed() {
  const list = document.querySelector("[data-live-list]");
  if (!list || list.contains(document.activeElement)) return;
  globalThis.htmx?.ajax("GET", list.dataset.liveList, { target: "#lines", select: "#lines", swap: "outerHTML" });
}

function compared(requests) {
  const page = document.querySelector("[data-live-request]");
  const mine = page && requests.find((request) => request.id === page.dataset.liveRequest);
  if (!mine) return;
  const now = [mine.state, mine.open, mine.hits].join("|");
  page.querySelector("[data-live-changed]").hidden = now === page.dataset.liveState;
}

function told(button, requests, before) {
  if (!before || globalThis.Notification?.permission !== "granted") return;
  for (const request of requests) {
    if (request.side === "received" && request.urgent && !before.has(request.id)) {
      new Notification(button.dataset.textUrgent, { tag: request.id });
    }
  }
}

// The button asks the browser; the page never asks by itself.
function notifications() {
  const button = document.querySelector("[data-notify]");
  if (!button || !("Notification" in globalThis)) return button;
  const said = document.querySelector("[data-notify-said]");
  button.hidden = Notification.permission !== "default";
  button.addEventListener("click", async () => {
    const answer = await Notification.requestPermission();
    button.hidden = answer !== "default";
    if (answer === "granted") said.textContent = button.dataset.textOn;
  });
  return button;
}

function follow(button) {
  let known = null;
  let waiting = 0;
  const stream = new EventSource("/requests/events");
  stream.addEventListener("requests", (event) => {
    const { requests } = JSON.parse(event.data);
    told(button, requests, known);
    if (known) {
      clearTimeout(waiting);
      waiting = setTimeout(listed, HUSH);
    }
    known = new Set(requests.map((request) => request.id));
    compared(requests);
  });
  stream.addEventListener("over", () => stream.close());
  addEventListener("pagehide", () => stream.close());
}

clocks();
setInterval(clocks, MINUTE / 2);
if (document.querySelector("[data-live-list], [data-live-request]")) follow(notifications());
