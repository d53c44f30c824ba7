// The passkey ceremony (WebAuthn Level 3): options from the node, the authenticator's answer back to it.
// An element with data-passkey="sign-in" or "add" starts it when pressed. data-options and data-finish name the two
// addresses, data-error the element that says what went wrong, data-next where to go then.

const PLACES = {
  "sign-in": { options: "/sign-in/passkey/options", finish: "/sign-in/passkey", next: "/" },
  add: { options: "/settings/passkeys/options", finish: "/settings/passkeys", next: "/settings" },
};

export function fromBase64url(text) {
  const padded = text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0)).buffer;
}

export function toBase64url(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (octet) => String.fromCharCode(octet)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

async function post(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const content = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw new Error([content.title || content.detail, content.hint].filter(Boolean).join(": "));
  return content;
}

const known = (list) => (list ?? []).map((one) => ({ ...one, id: fromBase64url(one.id) }));

function plain(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const content = Object.fromEntries(parts.filter((part) => response[part]).map((part) => [part, toBase64url(response[part])]));
  if (response.getTransports) content.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: toBase64url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: content,
  };
}

export async function signInWithPasskey(places = PLACES["sign-in"], asked = {}) {
  const options = await post(places.options, asked);
  const publicKey = { ...options, challenge: fromBase64url(options.challenge), allowCredentials: known(options.allowCredentials) };
  return post(places.finish, plain(await navigator.credentials.get({ publicKey })));
}

export async function addPasskey(places = PLACES.add, asked = {}) {
  const options = await post(places.options, asked);
  const publicKey = {
    ...options,
    challenge: fromBase64url(options.challenge),
    user: { ...options.user, id: fromBase64url(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
  };
  const credential = plain(await navigator.credentials.create({ publicKey }));
  return post(places.finish, { ...credential, ...asked });
}

function placesOf(element) {
  const usual = PLACES[element.dataset.passkey];
  return { options: element.dataset.options ?? usual.options, finish: element.dataset.finish ?? usual.finish, next: element.dataset.next ?? usual.next };
}

// What the form around the element holds (a sign-in name, a passkey's label) goes along with both requests.
async function perform(element) {
  const places = placesOf(element);
  const asked = element.form ? Object.fromEntries([...new FormData(element.form)].filter(([name]) => !name.includes("password"))) : {};
  const ceremony = element.dataset.passkey === "add" ? addPasskey : signInWithPasskey;
  const done = await ceremony(places, asked);
  location.assign(typeof done.next === "string" && done.next.startsWith("/") && !done.next.startsWith("//") ? done.next : places.next);
}

export function passkeys(scope) {
  for (const element of scope.querySelectorAll("[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    element.hidden = false;
    element.addEventListener("click", async (event) => {
      event.preventDefault();
      const place = document.getElementById(element.dataset.error ?? "passkey-error");
      if (place) place.textContent = "";
      element.disabled = true;
      try {
        await perform(element);
      } catch (error) {
        if (place) place.textContent = error.name === "NotAllowedError" ? element.dataset.textCancelled ?? error.message : error.message;
      } finally {
        element.disabled = false;
      }
    });
  }
}
