// The page of the map: kept up to date while it is looked at, and drawn in the browser where the officer wants to move it.
// Without it the page shows the same, as of when it was opened.
const RESTS = 15 * 60_000; // milliseconds without a hand on it, after which the map follows no more and the session may end
const LOOKS = 30_000; // milliseconds between two looks at that
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
      old.addEventListener("focusout", () => setTimeout(refresh), { once: true });
      continue;
    }
    old.replaceWith(document.adoptNode(now));
    globalThis.htmx?.trigger(now, "htmx:load", { elt: now });
  }
}

async function refresh() {
  const answer = await fetch(`/map${location.search}`);
  if (answer.ok && !answer.redirected) replaced(new DOMParser().parseFromString(await answer.text(), "text/html"));
}

function part(box) {
  const asked = new URLSearchParams(location.search);
  asked.set("box", box);
  asked.delete("at");
  history.replaceState(null, "", `/map?${asked}`);
  const field = document.querySelector("input[name=box]");
  if (field) field.value = box;
  clearTimeout(settling);
  settling = setTimeout(refresh, SETTLES);
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

function follow() {
  if (stream || document.hidden || follower.getAttribute("aria-pressed") !== "true") return;
  stream = new EventSource(`/map/events?${new URLSearchParams({ kind: page.dataset.kind, since: state })}`);
  stream.addEventListener("map", async (event) => {
    const change = JSON.parse(event.data);
    if (change.state === state) return;
    state = change.state;
    say(change.said || page.dataset.textChanged);
    moved?.renew();
    await refresh();
  });
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
  mover.setAttribute("aria-pressed", "true");
  holder.hidden = false;
  page.classList.add("l-map-page--moving");
  try {
    const { moving } = await import(holder.dataset.script);
    const { box } = document.querySelector("#map-picture").dataset;
    moved = await moving(holder, { kind: page.dataset.kind, box, part, failed });
  } catch (error) {
    console.warn(error.message);
    failed();
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
