// A file field that takes a dropped file, says its name and size, and shows how far an upload is.
const UNITS = ["B", "kB", "MB", "GB"];

function size(octets) {
  let unit = 0;
  let amount = octets;
  while (amount >= 1000 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const shown = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: unit ? 1 : 0 });
  return `${shown.format(amount)} ${UNITS[unit]}`;
}

function describe(place, field) {
  const chosen = place.querySelector("[data-drop-chosen]");
  const files = [...field.files];
  const limit = Number(place.dataset.limit ?? 0);
  const large = limit > 0 && files.some((file) => file.size > limit);
  field.setCustomValidity(large ? place.dataset.textLarge : "");
  const names = files.map((file) => `${file.name} (${size(file.size)})`).join(", ");
  chosen.textContent = files.length ? names + (large ? ` – ${place.dataset.textLarge}` : "") : place.dataset.textNone;
}

function dropping(place, field) {
  for (const kind of ["dragenter", "dragover"]) {
    place.addEventListener(kind, (event) => { event.preventDefault(); place.classList.add("l-drop--over"); });
  }
  for (const kind of ["dragleave", "drop"]) {
    place.addEventListener(kind, () => place.classList.remove("l-drop--over"));
  }
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    field.files = event.dataTransfer.files;
    describe(place, field);
  });
}

// Uploads sent by htmx report how far they are; an ordinary form post is left to the browser.
function progress(place, field) {
  const bar = place.querySelector("[data-drop-progress]");
  field.form?.addEventListener("htmx:xhr:progress", (event) => {
    if (!event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.value = (100 * event.detail.loaded) / event.detail.total;
  });
}

export function drops(scope) {
  for (const place of scope.querySelectorAll("[data-drop]")) {
    const field = place.querySelector("input[type=file]");
    describe(place, field);
    field.addEventListener("change", () => describe(place, field));
    dropping(place, field);
    progress(place, field);
  }
}
