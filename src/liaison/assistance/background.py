"""What a node does about requests by itself: goes on sending, checks what arrived, watches the clocks."""

from __future__ import annotations

from liaison.assistance import checking, forgetting, inbound, sending, watching
from liaison.assistance.ways import Means
from liaison.office import Office
from liaison.screening.records import Live

EVERY = 20.0  # seconds between two looks, unless a letter arrives
UNDERSTOOD = frozenset(inbound.TAKERS)  # kinds of letters that are taken once this module is there
WAKES = frozenset(
    {"request-part", "request-corrected"}
)  # kinds of letters after which there is something to check


def run(office: Office, means: Means, live: Live, seen: checking.Seen = checking.nobody) -> None:
    """One round; to be called again and again, and soon after a letter of WAKES was taken.

    `seen` is told whom partners ask about.
    """
    sending.send_rest(office, means)
    checking.run_checks(office, live, seen)
    watching.notice_returned(office)
    watching.watch(office)
    forgetting.forget(office)
