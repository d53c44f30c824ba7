"""Private cross-checks as a node runs them: sets are made, partners asked, planned actions looked after."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from liaison.crosscheck.asker import forgetting, legs, standing
from liaison.crosscheck.holder import background as sets
from liaison.crosscheck.holder import canaries
from liaison.crosscheck.planned import probing
from liaison.crosscheck.planned.actionlaw import agreed
from liaison.crosscheck.planned.actions import WAKE
from liaison.crosscheck.planned.telling import OVERLAP
from liaison.model.subjects import AnySubject
from liaison.node.background import Repeated
from liaison.office import Office
from liaison.transport.means import Means
from liaison.transport.partnering import AGREEMENT

AGAIN = 60.0  # seconds after which a partner that was not reached is tried again
FORGET = 3_600.0  # seconds between two looks at what is past its time
UNDERSTOOD = frozenset({WAKE, OVERLAP})  # letters that are taken once this module is there


@dataclass(slots=True)
class Crosschecks:
    """The work that private cross-checks make for a node by themselves."""

    office: Office
    means: Means
    failed: Callable[[str], None]
    background: list[Repeated] = field(init=False)
    _wakes: dict[str, Repeated] = field(init=False)

    def __post_init__(self) -> None:
        def repeated(name: str, every: float, work: Callable[[Office, Means], Any]) -> Repeated:
            return Repeated(name, every, lambda: work(self.office, self.means), self.failed)

        made = repeated("token-sets", sets.EVERY, sets.run)
        asked = repeated("crosschecks", legs.EVERY, _ask)
        planned = repeated("planned-actions", probing.EVERY, self._look)
        self.background = [
            made,
            asked,
            planned,
            repeated("standing-crosschecks", standing.EVERY, standing.run),
            Repeated("old-crosschecks", FORGET, lambda: forgetting.forget(self.office), self.failed),
        ]
        self._wakes = {AGREEMENT: made}
        self._wakes |= dict.fromkeys(legs.WAKES, asked) | dict.fromkeys(probing.WAKES, planned)

    def arrived(self, kind: str) -> None:
        """A letter of this kind was taken, or there is news of this node's own."""
        if kind in self._wakes:
            self._wakes[kind].wake()

    def _look(self, office: Office, means: Means) -> None:
        """Ask about planned actions; again soon where a partner could not be reached, as when several nodes start."""
        if probing.run(office, means) < office.read(lambda connection: len(agreed(connection, office.now()))):
            again = threading.Timer(AGAIN, self._wakes[WAKE].wake)
            again.daemon = True
            again.start()

    def stop(self) -> None:
        """End the making of sets and the processes that hold keys, then the rounds, then what is being asked."""
        sets.stop(self.office)
        for each in reversed(self.background):
            each.stop()
        legs.stop(self.office)

    def seen(self, partner: str, request: str, subjects: Sequence[AnySubject]) -> None:
        """A partner's request asks about these: whoever asks about an invented person is told of (threat A15)."""
        canaries.met(self.office, subjects, partner=partner, request=request)


def _ask(office: Office, means: Means) -> None:
    legs.run(office, means, wait=False)
