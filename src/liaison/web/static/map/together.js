// Which points are one mark: those of one square of a grid that is as large on every zoom, and of squares whose middles come
// too close to each other.
const CELL = 64; // pixels
const CLOSE = 44; // pixels
const TILE = 512; // pixels of the world at zoom 0, in Mercator's projection as the map has it

function projected([longitude, latitude], pixels) {
  const sine = Math.sin((latitude * Math.PI) / 180);
  const x = (longitude + 180) / 360;
  const y = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  return [x * pixels, y * pixels];
}

function gridded(points, map) {
  const pixels = TILE * 2 ** map.getZoom();
  const bounds = map.getBounds();
  const [west, south, east, north] = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  const cells = new Map();
  for (const point of points) {
    const [longitude, latitude] = point.geometry.coordinates;
    if (longitude < west || longitude > east || latitude < south || latitude > north) continue;
    const [x, y] = projected(point.geometry.coordinates, pixels);
    const key = `${Math.floor(x / CELL)} ${Math.floor(y / CELL)}`;
    const cell = cells.get(key);
    if (cell) added(cell, [point], longitude, latitude, x, y);
    else cells.set(key, { points: [point], sums: [longitude, latitude, x, y] });
  }
  return [...cells.values()];
}

function added(cell, points, ...sums) {
  cell.points.push(...points);
  sums.forEach((sum, place) => { cell.sums[place] += sum; });
}

function middle({ points, sums }) {
  return sums.map((sum) => sum / points.length);
}

// The marks of what the map shows: { at: [longitude, latitude], points }, each point in one of them.
export function together(points, map) {
  const found = [];
  for (const cell of gridded(points, map).sort((a, b) => b.points.length - a.points.length)) {
    const [, , x, y] = middle(cell);
    const close = found.find((other) => {
      const [, , a, b] = middle(other);
      return Math.hypot(a - x, b - y) < CLOSE;
    });
    if (close) added(close, cell.points, ...cell.sums);
    else found.push(cell);
  }
  return found.map((cell) => ({ at: middle(cell).slice(0, 2), points: cell.points }));
}
