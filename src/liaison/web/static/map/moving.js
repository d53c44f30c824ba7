// The map that moves: MapLibre draws the ground, lines and squares; each mark over it is a link or a button of the page,
// after the signs that the server drew, so that keyboard and screen reader reach it as they reach any other.
import { together } from "./together.js";
import { style } from "./style.js";

const NEAREST = 17; // zoom
const APART = 5; // metres within which points stand at one place
const LISTED = 20; // points of one place that are named
const EDGE = 85; // degrees of latitude that such a map shows

function signs(holder) {
  const drawn = holder.querySelector("template").content.querySelectorAll("[data-sort]");
  return new Map([...drawn].map((sign) => [sign.dataset.sort, { label: sign.dataset.label, picture: sign.firstElementChild }]));
}

function counted(points, known) {
  const found = new Map();
  for (const { properties } of points) found.set(properties.sort, (found.get(properties.sort) ?? 0) + 1);
  return [...known.keys()].filter((sort) => found.has(sort)).map((sort) => [sort, found.get(sort)]);
}

function sign(known, sort, bearing) {
  const picture = known.get(sort).picture.cloneNode(true);
  const way = picture.querySelector(".l-map__way");
  if (bearing === undefined) way.remove();
  else way.setAttribute("transform", `rotate(${bearing})`);
  return picture;
}

function link(said, href) {
  const made = document.createElement(href ? "a" : "span");
  if (href) made.href = href;
  else made.setAttribute("role", "img");
  made.title = said;
  return made;
}

function single(known, { said, href, sort, bearing }) {
  const mark = link(said, href);
  mark.setAttribute("aria-label", said);
  mark.className = "l-map-moving__mark";
  mark.append(sign(known, sort, bearing));
  return mark;
}

function hidden(words) {
  const made = document.createElement("span");
  made.className = "govuk-visually-hidden";
  made.textContent = words;
  return made;
}

// What is counted together is of one sort: a mark of several shows each sort with its own number.
function several(known, counts, open) {
  const mark = document.createElement("button");
  mark.type = "button";
  mark.className = "l-map-moving__mark l-map-moving__mark--many";
  mark.title = counts.map(([sort, count]) => `${count} × ${known.get(sort).label}`).join(", ");
  counts.forEach(([sort, count], place) => {
    const end = place < counts.length - 1 ? ", " : "";
    mark.append(sign(known, sort), count > 1 ? String(count) : hidden("1"), hidden(` × ${known.get(sort).label}${end}`));
  });
  mark.addEventListener("click", (event) => {
    event.stopPropagation(); // or the map would close at once what it opens
    open();
  });
  return mark;
}

function listed(points, holder) {
  const box = document.createElement("div");
  const title = document.createElement("strong");
  const list = document.createElement("ul");
  title.textContent = holder.dataset.several;
  for (const { properties } of points.slice(0, LISTED)) {
    const item = document.createElement("li");
    const named = link(properties.said, properties.href);
    named.textContent = properties.said;
    named.removeAttribute("role");
    item.append(named);
    list.append(item);
  }
  box.append(title, list);
  if (points.length > LISTED) box.append(`… + ${points.length - LISTED}`);
  return box;
}

// Marks over the map: those that stay keep their element, and with it the focus.
function marks(map, library, holder, known) {
  const there = new Map();

  function open({ at, points }) {
    const bounds = new library.LngLatBounds();
    for (const { geometry } of points) bounds.extend(geometry.coordinates);
    const one = bounds.getNorthEast().distanceTo(bounds.getSouthWest()) < APART;
    if (!one && map.getZoom() < NEAREST) return map.fitBounds(bounds, { padding: 60, maxZoom: NEAREST });
    return new library.Popup({ maxWidth: "20rem", focusAfterOpen: true }).setLngLat(at).setDOMContent(listed(points, holder)).addTo(map);
  }

  function made(mark) {
    const [first] = mark.points;
    const element = mark.points.length > 1 ? several(known, counted(mark.points, known), () => open(mark)) : single(known, first.properties);
    mark.drawn = new library.Marker({ element }).setLngLat(mark.at).addTo(map);
    return mark;
  }

  return function draw(points) {
    const stay = new Set();
    for (const mark of together(points, map)) {
      const [{ properties: first }] = mark.points;
      const words = mark.points.length > 1 ? counted(mark.points, known) : [first.said, first.href];
      const key = JSON.stringify([mark.at.map((degrees) => degrees.toFixed(5)), words]);
      stay.add(key);
      if (there.has(key)) there.get(key).points = mark.points;
      else there.set(key, made(mark));
    }
    for (const [key, mark] of there) {
      if (stay.has(key)) continue;
      mark.drawn.remove();
      there.delete(key);
    }
  };
}

function seen(map) {
  const bounds = map.getBounds();
  const clamped = (value, most) => Math.min(Math.max(value, -most), most).toFixed(4);
  return [clamped(bounds.getWest(), 180), clamped(bounds.getSouth(), 90), clamped(bounds.getEast(), 180), clamped(bounds.getNorth(), 90)].join(",");
}

function told(holder) {
  const { title, nearer, farther, close, wheel, wheelMac, fingers } = holder.dataset;
  return {
    "Map.Title": title,
    "NavigationControl.ZoomIn": nearer,
    "NavigationControl.ZoomOut": farther,
    "Popup.Close": close,
    "CooperativeGesturesHandler.WindowsHelpText": wheel,
    "CooperativeGesturesHandler.MacHelpText": wheelMac,
    "CooperativeGesturesHandler.MobileHelpText": fingers,
  };
}

function themed(changed) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const watching = new MutationObserver(changed);
  dark.addEventListener("change", changed);
  watching.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    dark.removeEventListener("change", changed);
    watching.disconnect();
  };
}

async function asked(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return (await answer.json()).features;
}

function bounds(box) {
  const [west, south, east, north] = box.split(",").map(Number);
  return [[west, Math.max(south, -EDGE)], [east, Math.min(north, EDGE)]];
}

function drawn(library, holder, box, look) {
  const map = new library.Map({
    container: holder.querySelector(".l-map-moving__canvas"),
    style: look(),
    bounds: bounds(box),
    maxZoom: NEAREST,
    renderWorldCopies: false,
    attributionControl: false,
    dragRotate: false,
    touchPitch: false,
    cooperativeGestures: true,
    fadeDuration: 0,
    locale: told(holder),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }), "bottom-right");
  map.addControl(new library.ScaleControl(), "bottom-left");
  return map;
}

// Resolves once the marks stand: { renew, remove }. `part` is told of each part that is moved to, `failed` is called where
// the browser takes the canvas away.
export async function moving(holder, { kind, box, part, failed }) {
  const query = `kind=${encodeURIComponent(kind)}`;
  const found = asked(`/map/points?${query}`);
  found.catch(() => {}); // it is told below, once there is a map to take away
  const library = await import(holder.dataset.library);
  library.setWorkerUrl(new URL(holder.dataset.worker, location.href).href);
  const tiles = holder.dataset.tiles ? JSON.parse(holder.dataset.tiles) : null;
  if (tiles) library.addProtocol("pmtiles", new globalThis.pmtiles.Protocol().tilev4);
  let map = null;
  const shapes = () => `/map/shapes?${query}&box=${map ? seen(map) : box}`;
  const look = () => style(shapes(), tiles);
  map = drawn(library, holder, box, look);
  const draw = marks(map, library, holder, signs(holder));
  const forget = themed(() => map.setStyle(look()));
  map.on("idle", () => { holder.dataset.idle = ""; });
  map.on("webglcontextlost", failed);
  map.on("error", ({ error }) => console.warn(error.message));
  let points = await found.catch((error) => {
    map.remove();
    throw error;
  });
  draw(points);
  map.on("moveend", () => {
    draw(points);
    if (document.querySelector(".l-map__square")) map.getSource("shapes").setData(shapes()); // as large as this zoom needs
    part(seen(map));
  });
  return {
    async renew() {
      map.getSource("shapes").setData(shapes());
      points = await asked(`/map/points?${query}`);
      draw(points);
    },
    remove() {
      forget();
      delete holder.dataset.idle;
      map.remove();
    },
  };
}
