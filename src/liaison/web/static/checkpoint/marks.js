// Marks of forms under the key of a copy: the first 12 bytes of HMAC-SHA256 (RFC 2104), as base64url.
const MARK = 12;
const ENCODER = new TextEncoder();

export function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}

// The key of a copy as the browser's own, from which nobody can take it again.
export const markKey = (base64) =>
  crypto.subtle.importKey("raw", bytesOf(base64), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

// The mark of a form of this kind.
export async function markOf(key, kind, form) {
  const made = await crypto.subtle.sign("HMAC", key, ENCODER.encode(`${kind}\n${form}`));
  const signs = String.fromCharCode(...new Uint8Array(made, 0, MARK));
  return btoa(signs).replaceAll("+", "-").replaceAll("/", "_");
}
