// What MapLibre draws, from this node alone: outlines, the agency's own map where it has one, lines and squares. Letters
// are drawn by the browser: the style names no file of glyphs. Colours are those of the page, in its theme.

const FONT = ["sans-serif"];
const POLYGON = ["match", ["geometry-type"], ["Polygon", "MultiPolygon"], true, false];
const LINE = ["match", ["geometry-type"], ["LineString", "MultiLineString"], true, false];
const POINT = ["match", ["geometry-type"], ["Point", "MultiPoint"], true, false];
const NAME = ["coalesce", ["get", "name"], ["get", "name:latin"], ""];
const GREAT = ["match", ["coalesce", ["get", "class"], ["get", "kind"], ""], ["highway", "motorway", "trunk", "major_road", "primary"], true, false];

// Names of layers in the schemas that there are: Protomaps, OpenMapTiles, Shortbread.
const LAYERS = {
  land: ["earth", "land"],
  water: ["water", "ocean", "water_polygons"],
  streams: ["water", "waterway", "water_lines"],
  buildings: ["buildings", "building"],
  roads: ["roads", "transportation", "streets"],
  borders: ["boundaries", "boundary"],
  roadNames: ["roads", "transportation_name", "street_labels"],
  places: ["places", "place", "place_labels"],
};

function tone(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function lettered(more = {}) {
  return {
    layout: { "text-field": NAME, "text-font": FONT, "text-size": 12, ...more },
    paint: { "text-color": tone("soft"), "text-halo-color": tone("paper"), "text-halo-width": 1.5 },
  };
}

function widths(least, most) {
  return ["interpolate", ["exponential", 1.6], ["zoom"], 6, least, 18, most];
}

function ofVectors(there) {
  const of = (group, made) =>
    LAYERS[group].filter((name) => there.includes(name)).map((name) => ({ id: `${group}-${name}`, source: "tiles", "source-layer": name, ...made }));
  return [
    ...of("land", { type: "fill", filter: POLYGON, paint: { "fill-color": tone("paper") } }),
    ...of("water", { type: "fill", filter: POLYGON, paint: { "fill-color": tone("info-wash") } }),
    ...of("streams", { type: "line", filter: LINE, paint: { "line-color": tone("info-wash"), "line-width": widths(0.5, 6) } }),
    ...of("buildings", { type: "fill", minzoom: 13, filter: POLYGON, paint: { "fill-color": tone("rule") } }),
    ...of("roads", { type: "line", filter: LINE, paint: { "line-color": ["case", GREAT, tone("edge"), tone("rule")], "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 6, ["case", GREAT, 0.8, 0.2], 18, ["case", GREAT, 14, 7]] } }),
    ...of("borders", { type: "line", filter: LINE, paint: { "line-color": tone("edge"), "line-width": 1, "line-dasharray": [4, 2] } }),
    ...of("roadNames", { type: "symbol", minzoom: 13, filter: LINE, ...lettered({ "symbol-placement": "line" }) }),
    ...of("places", { type: "symbol", filter: POINT, ...lettered() }),
  ];
}

function ground(tiles) {
  const land = [
    { id: "sea", type: "background", paint: { "background-color": tone("info-wash") } },
    { id: "lands", type: "fill", source: "outlines", filter: POLYGON, paint: { "fill-color": tone("paper") } },
    { id: "coasts", type: "line", source: "outlines", filter: POLYGON, paint: { "line-color": tone("edge"), "line-width": 1 } },
  ];
  const names = { id: "names", type: "symbol", source: "outlines", filter: POINT, ...lettered({ "symbol-sort-key": ["get", "rank"] }) };
  if (!tiles) return [...land, names];
  if (tiles.vector) return [...land, ...ofVectors(tiles.layers)];
  return [...land, { id: "tiles", type: "raster", source: "tiles", paint: { "raster-fade-duration": 0 } }];
}

const DASHES = { drone: [1, 1.5], boat: [4.5, 1.5] };

function lines() {
  const colour = ["match", ["get", "kind"], "drone", tone("accent"), "boat", tone("info"), "patrol", tone("good"), tone("ink")];
  const line = (id, filter, more) => ({ id, type: "line", source: "shapes", filter: ["all", LINE, filter], layout: { "line-join": "round" }, paint: { "line-color": colour, "line-width": 2, ...more } });
  const dashed = Object.entries(DASHES).map(([kind, dashes]) => line(`lines-${kind}`, ["==", ["get", "kind"], kind], { "line-dasharray": dashes }));
  return [line("lines", ["!", ["in", ["get", "kind"], ["literal", Object.keys(DASHES)]]], {}), ...dashed];
}

function drawn() {
  return [
    { id: "squares", type: "fill", source: "shapes", filter: POLYGON, paint: { "fill-color": tone("good"), "fill-opacity": ["*", 0.12, ["get", "level"]] } },
    { id: "tallies", type: "symbol", source: "shapes", filter: POLYGON, ...lettered({ "text-field": ["to-string", ["get", "count"]] }) },
    ...lines(),
  ];
}

// `shapes` is the address of lines and squares; `tiles` are what a script must know of the agency's own map, or null.
export function style(shapes, tiles) {
  const sources = {
    outlines: { type: "geojson", data: "/map/outlines", tolerance: 0.5 },
    shapes: { type: "geojson", data: shapes },
  };
  if (tiles) {
    const [minzoom, maxzoom] = tiles.zooms;
    const address = `pmtiles://${location.origin}/map/tiles/{z}/{x}/{y}`;
    sources.tiles = { type: tiles.vector ? "vector" : "raster", tiles: [address], minzoom, maxzoom, bounds: tiles.box };
    if (!tiles.vector) sources.tiles.tileSize = 256;
  }
  return { version: 8, sources, layers: [...ground(tiles), ...drawn()] };
}
