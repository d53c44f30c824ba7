// The page of the map: kept up to date while it is looked at, and drawn in the browser where the officer wants to move it.
// Without it the page shows the same, as of when it was opened.
const RESTS = 15 * 60_000; // milliseconds without a hand on it, after which the map follows no more and the session may end
const LOOKS = 30_000; // milliseconds between two looks at that
const AGAIN = 5_000; // milliseconds after which a node that did not answer is asked again
const SETTLES = 400; // milliseconds after a move, before the picture and the table follow it
const CHOICE = "liaison-map"; // what this browser remembers: that the map is moved here

const page = document.querySelector("[data-map]");
const holder = document.querySelector("#map-moving");
const mover = document.querySelector("[data-map-move]");
const follower = document.querySelector("[data-map-follow]");
const said = document.querySelector("[data-map-said]");
let state = document.querySelector("#map-picture").dataset.state;
let stream = null;
let touched = Date.now();
let moved = null;
let turns = 0;
let settling = 0;

function say(words) {
  said.textContent = words;
}

function remembered(choice) {
  try {
    if (choice !== undefined) localStorage.setItem(CHOICE, choice);
    return localStorage.getItem(CHOICE);
  } catch {
    return null; // a browser that keeps nothing begins with the picture
  }
}

// Whoever reads the part with the keyboard keeps it until they leave it.
function replaced(fresh) {
  for (const name of ["map-picture", "map-table"]) {
    const old = document.getElementById(name);
    const now = fresh.getElementById(name);
    if (!old || !now) continue;
    if (old.contains(document.activeElement)) {
      old.addEventListener("focusout", () => setTimeout(refreshed), { once: true });
      continue;
    }
    old.replaceWith(document.adoptNode(now));
    globalThis.htmx?.trigger(now, "htmx:load", { elt: now });
  }
}

async function refresh() {
  const answer = await fetch(`/map${location.search}`);
  if (!answer.ok || answer.redirected) throw new Error(`the map was answered with ${answer.status}`);
  replaced(new DOMParser().parseFromString(await answer.text(), "text/html"));
}

// Where the node does not answer, the part stays as it is: the next move or event asks again.
function refreshed() {
  refresh().catch((error) => console.warn(error.message));
}

function part(box) {
  const asked = new URLSearchParams(location.search);
  asked.set("box", box);
  asked.delete("at");
  history.replaceState(null, "", `/map?${asked}`);
  const field = document.querySelector("input[name=box]");
  if (field) field.value = box;
  clearTimeout(settling);
  settling = setTimeout(refreshed, SETTLES);
}

function shut() {
  stream?.close();
  stream = null;
}

function stop(words) {
  shut();
  follower.setAttribute("aria-pressed", "false");
  say(words);
}

async function changed(change) {
  if (change.state === state) return;
  say(change.said || page.dataset.textChanged);
  try {
    await Promise.all([refresh(), moved?.renew()]);
    state = change.state;
  } catch {
    shut();
    setTimeout(follow, AGAIN);
  }
}

function follow() {
  if (stream || document.hidden || follower.getAttribute("aria-pressed") !== "true") return;
  stream = new EventSource(`/map/events?${new URLSearchParams({ kind: page.dataset.kind, since: state })}`);
  stream.addEventListener("map", (event) => changed(JSON.parse(event.data)));
  stream.addEventListener("over", () => stop(page.dataset.textOver));
  stream.addEventListener("error", () => {
    if (stream?.readyState === EventSource.CLOSED) stop(page.dataset.textOver);
  });
}

function following() {
  follower.hidden = false;
  follower.addEventListener("click", () => {
    const on = follower.getAttribute("aria-pressed") !== "true";
    follower.setAttribute("aria-pressed", String(on));
    say("");
    if (on) follow();
    else shut();
  });
  for (const sign of ["pointerdown", "keydown", "wheel"]) {
    addEventListener(sign, () => { touched = Date.now(); }, { passive: true, capture: true });
  }
  setInterval(() => {
    if (stream && Date.now() - touched > RESTS) stop(page.dataset.textResting);
  }, LOOKS);
  document.addEventListener("visibilitychange", () => (document.hidden ? shut() : follow()));
  addEventListener("pagehide", shut);
  follow();
}

function back() {
  turns += 1;
  moved?.remove();
  moved = null;
  holder.hidden = true;
  page.classList.remove("l-map-page--moving");
  mover.setAttribute("aria-pressed", "false");
}

function failed() {
  back();
  remembered("picture");
  mover.hidden = true;
  say(page.dataset.textFailed);
}

async function move() {
  const turn = (turns += 1);
  mover.setAttribute("aria-pressed", "true");
  holder.hidden = false;
  page.classList.add("l-map-page--moving");
  try {
    const { moving } = await import(holder.dataset.script);
    const { box } = document.querySelector("#map-picture").dataset;
    const made = await moving(holder, { kind: page.dataset.kind, box, part, failed });
    if (turn === turns) moved = made;
    else made.remove();
  } catch (error) {
    console.warn(error.message);
    if (turn === turns) failed();
  }
}

function drawsHere() {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}

following();
if (drawsHere()) {
  mover.hidden = false;
  mover.addEventListener("click", () => {
    const on = mover.getAttribute("aria-pressed") !== "true";
    remembered(on ? "moving" : "picture");
    if (on) move();
    else back();
  });
  if (remembered() === "moving") move();
}
