// The map that moves: MapLibre draws the ground, lines and squares; each mark over it is a link or a button of the page,
// after the signs that the server drew, so that keyboard and screen reader reach it as they reach any other.
import { style } from "./style.js";

const NEAREST = 17; // zoom; points that stand together there stand at one place
const CLOSE = 56; // pixels within which points are one mark
const LISTED = 20; // points of one place that are named
const EDGE = 85; // degrees of latitude that such a map shows

function signs(holder) {
  const drawn = holder.querySelector("template").content.querySelectorAll("[data-sort]");
  return new Map([...drawn].map((sign) => [sign.dataset.sort, { label: sign.dataset.label, picture: sign.firstElementChild }]));
}

function counted(known) {
  const one = (sort) => ["+", ["case", ["==", ["get", "sort"], sort], 1, 0]];
  return Object.fromEntries([...known.keys()].map((sort) => [sort, one(sort)]));
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
  mark.addEventListener("click", open);
  return mark;
}

function listed(points, holder) {
  const box = document.createElement("div");
  const title = document.createElement("strong");
  const list = document.createElement("ul");
  title.textContent = holder.dataset.several;
  for (const { properties } of points) {
    const item = document.createElement("li");
    const named = link(properties.said, properties.href);
    named.textContent = properties.said;
    named.removeAttribute("role");
    item.append(named);
    list.append(item);
  }
  box.append(title, list);
  return box;
}

// Marks over the map: those that stay keep their element, and with it the focus.
function marks(map, library, holder, known) {
  const there = new Map();

  async function open(mark) {
    const source = map.getSource("points");
    const zoom = await source.getClusterExpansionZoom(mark.cluster);
    if (zoom <= NEAREST) return map.easeTo({ center: mark.at, zoom });
    const points = await source.getClusterLeaves(mark.cluster, LISTED, 0);
    return new library.Popup({ maxWidth: "20rem", focusAfterOpen: true }).setLngLat(mark.at).setDOMContent(listed(points, holder)).addTo(map);
  }

  function made(told, counts, at) {
    const mark = { at };
    const element = counts ? several(known, counts, () => open(mark)) : single(known, told);
    mark.drawn = new library.Marker({ element }).setLngLat(at).addTo(map);
    return mark;
  }

  return function draw() {
    if (!map.getSource("points") || !map.isSourceLoaded("points")) return;
    const bounds = map.getBounds();
    const stay = new Set();
    for (const { geometry, properties: told } of map.querySourceFeatures("points")) {
      const at = geometry.coordinates;
      if (!bounds.contains(at)) continue;
      const counts = told.cluster ? [...known.keys()].filter((sort) => told[sort]).map((sort) => [sort, told[sort]]) : null;
      const place = at.map((degrees) => degrees.toFixed(4));
      const key = JSON.stringify(counts ? [place, counts] : [place, told.sort, told.said, told.href]);
      if (!there.has(key)) there.set(key, made(told, counts, at));
      there.get(key).cluster = told.cluster_id;
      stay.add(key);
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

// Resolves once the map is drawn: { renew, remove }. `part` is told of each part that is moved to, `failed` is called where
// the browser takes the canvas away.
export async function moving(holder, { kind, box, part, failed }) {
  const library = await import(holder.dataset.library);
  library.setWorkerUrl(new URL(holder.dataset.worker, location.href).href);
  const tiles = holder.dataset.tiles ? JSON.parse(holder.dataset.tiles) : null;
  if (tiles) library.addProtocol("pmtiles", new globalThis.pmtiles.Protocol().tilev4);
  const known = signs(holder);
  const asked = `kind=${encodeURIComponent(kind)}`;
  const [west, south, east, north] = box.split(",").map(Number);
  const drawnAs = () => style({ asked, tiles, near: CLOSE, nearest: NEAREST, counts: counted(known) });
  const map = new library.Map({
    container: holder.querySelector(".l-map-moving__canvas"),
    style: drawnAs(),
    bounds: [[west, Math.max(south, -EDGE)], [east, Math.min(north, EDGE)]],
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
  const draw = marks(map, library, holder, known);
  const forget = themed(() => map.setStyle(drawnAs()));
  map.on("sourcedata", draw);
  map.on("moveend", draw);
  map.on("moveend", () => part(seen(map)));
  map.on("idle", () => { draw(); holder.dataset.idle = ""; });
  map.on("webglcontextlost", failed);
  map.on("error", ({ error }) => console.warn(error.message));
  const gone = () => {
    forget();
    delete holder.dataset.idle;
    map.remove();
  };
  return { renew: () => renewed(map, asked), remove: gone };
}

function renewed(map, asked) {
  map.getSource("points").setData(`/map/points?${asked}`);
  map.getSource("shapes").setData(`/map/shapes?${asked}&box=${seen(map)}`);
}
