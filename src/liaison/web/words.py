"""Short messages that code sends to the screen by a code, so that no address ever carries a text."""

from __future__ import annotations

from liaison.web.language import later

DONE = {
    "account-added": later("The account was added."),
    "account-ended": later("The account was ended."),
    "approved": later("You approved it."),
    "created": later("It was created."),
    "decided": later("Your decision was recorded."),
    "invited": later("An invitation was made."),
    "kept": later("It was kept."),
    "opened": later("The glass was broken. A supervisor was told."),
    "passkey-added": later("The passkey was added."),
    "passkey-removed": later("The passkey was removed."),
    "password-set": later("The password was set."),
    "read": later("It was marked as read."),
    "refused": later("You refused it."),
    "reviewed": later("The review was recorded."),
    "revoked": later("The token was revoked."),
    "roles-asked": later("The change of roles waits for an approval."),
    "roles-set": later("The roles were changed."),
    "saved": later("Your settings were saved."),
    "session-ended": later("The session was ended."),
    "signed-out": later("You are signed out."),
    "signed-out-everywhere": later("You are signed out everywhere."),
    "trained": later("The training was recorded."),
}
"""Code -> what a page says after something was done. Parts of the screen add their own here."""
