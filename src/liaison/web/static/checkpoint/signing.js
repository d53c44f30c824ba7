// Signing in again during a shift: in a window of its own, so that nothing that waits in this page's memory is lost.
const NAME = "liaison-sign-in"; // of the window
const TOLD = new BroadcastChannel(NAME);

// Let the link open that window; `done` is called when somebody has signed in there.
export function signingIn(link, done) {
  link.target = NAME;
  link.addEventListener("click", (event) => {
    if (window.open(link.href, NAME)) event.preventDefault();
  });
  TOLD.addEventListener("message", done);
}

// In that window, once it is signed in: tell the page of the shift, and give its place back to it.
export function comeBack() {
  if (window.name !== NAME || !window.opener) return;
  TOLD.postMessage("signed in");
  window.close();
}
