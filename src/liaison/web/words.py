"""Short messages that code sends to the screen by a code, so that no address ever carries a text."""

from __future__ import annotations

from liaison.web.language import later

DONE = {
    "account-added": later("The account was added."),
    "account-ended": later("The account was ended."),
    "approved": later("You approved it."),
    "case-closed": later("The case is closed."),
    "case-opened": later("The case is open. Now say why you ask."),
    "clock-confirmed": later("You confirmed the time."),
    "confirmed": later("You confirmed the hit."),
    "corrected": later("The record was corrected."),
    "created": later("It was created."),
    "decided": later("Your decision was recorded."),
    "erased": later("The record was erased."),
    "grounds-given": later("Your grounds are kept. Checks in this case rest on them."),
    "held": later("The record is kept for evidence."),
    "hold-ended": later("The record is no longer kept for evidence."),
    "invited": later("An invitation was made."),
    "kept": later("It was kept."),
    "member-added": later("They are in the case now."),
    "member-removed": later("They are out of the case."),
    "opened": later("The glass was broken. A supervisor was told."),
    "order-asked": later("The list waits for an approval."),
    "order-started": later("The list is being checked."),
    "order-stopped": later("The check of the list was stopped."),
    "passkey-added": later("The passkey was added."),
    "passkey-removed": later("The passkey was removed."),
    "password-set": later("The password was set."),
    "read": later("It was marked as read."),
    "refused": later("You refused it."),
    "rejected": later("You rejected the alert."),
    "reopened": later("The alert is open again."),
    "restricted": later("The record is restricted: it is matched against nothing."),
    "retention-refused": later("Nothing was erased: the time is in doubt."),
    "retention-run": later("What was overdue was erased."),
    "reviewed": later("The review was recorded."),
    "revoked": later("The token was revoked."),
    "roles-asked": later("The change of roles waits for an approval."),
    "roles-set": later("The roles were changed."),
    "saved": later("Your settings were saved."),
    "session-ended": later("The session was ended."),
    "signed-out": later("You are signed out."),
    "signed-out-everywhere": later("You are signed out everywhere."),
    "standing-ended": later("The standing question has ended."),
    "standing-kept": later("The standing question is kept. You are told when a record arrives."),
    "trained": later("The training was recorded."),
    "unrestricted": later("The record is matched against again."),
}
"""Code -> what a page says after something was done. Parts of the screen add their own here."""

NOTICES = {
    "approval-asked": (later("Somebody asks for a second pair of eyes"), "/approvals/{id}"),
    "approval-decided": (later("What you asked for was decided"), "/approvals/{id}"),
    "glass-broken": (later("A glass was broken; it waits for a review"), "/break-glass/{id}"),
    "glass-reviewed": (later("Your break-glass was reviewed"), "/break-glass/{id}"),
    "invited": (later("A new invitation was made for your account"), "/settings/security"),
    "standing-alert": (later("A record arrived that matches a standing question"), "/checks/{id}"),
    "standing-ended": (later("A standing question has ended"), "/questions/{id}"),
    "retention-refused": (later("Nothing was erased: the time is in doubt"), "/holdings/retention"),
    "passkey-cloned": (later("A passkey may have been copied; it was removed"), "/settings/security"),
}
"""Kind of a notice -> what the officer reads, and the address of what it is about. Others add their own here."""
STATES = {
    "active": later("Active"),
    "approved": later("Approved"),
    "asked": later("Waits for a decision"),
    "ended": later("Ended"),
    "expired": later("Over"),
    "invited": later("Invited"),
    "open": later("Open"),
    "refused": later("Refused"),
    "reviewed": later("Reviewed"),
    "used": later("Used"),
}
TONES = {
    "active": "good",
    "approved": "good",
    "asked": "warn",
    "ended": "quiet",
    "expired": "quiet",
    "invited": "info",
    "open": "warn",
    "refused": "bad",
    "reviewed": "good",
    "used": "quiet",
}
"""State -> tone of its tag."""

PURPOSES = (
    later("Prevention"),
    later("Investigation"),
    later("Detection"),
    later("Prosecution"),
    later("Execution of penalties"),
    later("Threat to public security"),
    later("Border check"),
    later("Missing person"),
    later("Safeguarding"),
)
"""The labels of model.grounds.Purpose, here for the catalogues."""
