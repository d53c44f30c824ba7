// Liaison's own script: everything works without it except passkeys. No library decides anything here.
import { createAll, Button, CharacterCount, Checkboxes, ErrorSummary, PasswordInput, Radios, SkipLink, Tabs } from "./vendor/govuk-frontend.min.js";
import { ButtonMenu, SortableTable } from "./vendor/moj-frontend.min.js";
import { keys } from "./keys.js";
import { passkeys } from "./passkeys.js";
import { drops } from "./drops.js";

function components(scope) {
  for (const Component of [Button, CharacterCount, Checkboxes, ErrorSummary, PasswordInput, Radios, SkipLink, Tabs, ButtonMenu, SortableTable]) {
    createAll(Component, undefined, { scope, onError: (error) => console.warn(error.message) });
  }
}

function copying(scope) {
  for (const button of scope.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      const words = button.querySelector("span");
      const before = words.textContent;
      words.textContent = button.dataset.textDone;
      setTimeout(() => { words.textContent = before; }, 2000);
    });
  }
}

// A moment as the officer's own clock shows it, when the pointer rests on it; the page itself keeps the stated zone.
function localTimes(scope) {
  const local = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "long" });
  for (const time of scope.querySelectorAll("time.l-time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.getTime())) time.title = local.format(moment);
  }
}

// The theme changes at once; the form then tells the node, so that it holds on the next page and device.
function themes() {
  for (const form of document.querySelectorAll("[data-theme-form]")) {
    form.addEventListener("submit", async (event) => {
      if (!event.submitter) return;
      event.preventDefault();
      document.documentElement.dataset.theme = event.submitter.value;
      for (const button of form.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", String(button === event.submitter));
      }
      await fetch(form.action, { method: "POST", body: new URLSearchParams({ theme: event.submitter.value }) });
    });
  }
}

function enliven(scope) {
  components(scope);
  copying(scope);
  localTimes(scope);
  drops(scope);
  passkeys(scope);
}

// A link that invites carries its code after the #, which a browser sends to no server: it goes into the field, and leaves the address.
function fromFragment() {
  const field = document.querySelector("[data-from-fragment]");
  const code = window.location.hash.slice(1);
  if (!field || !code) return;
  field.value = code;
  window.history.replaceState(null, "", window.location.pathname);
}

document.body.classList.add("js-enabled", "govuk-frontend-supported");
enliven(document);
themes();
keys();
fromFragment();
window.addEventListener("hashchange", fromFragment);
document.body.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) enliven(event.detail.elt);
});
