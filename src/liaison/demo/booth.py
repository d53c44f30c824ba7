"""A booth whose line is down: it goes on with a copy of keyed marks, as its browser does, and reports all of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid5

from liaison.demo.making import Say
from liaison.ledger.log import size
from liaison.node.wiring import Node
from liaison.policy import Actor
from liaison.screening.checkpoint import copies, forms, reports
from liaison.screening.checkpoint.looking import Scan, summed
from liaison.screening.checkpoint.recognising import Recognised, forms_of, recognised
from liaison.screening.checkpoint.rules import Entry
from liaison.screening.checkpoint.verdicts import Verdict

SCANS = UUID(
    "5b0f0f0e-6f0e-4f62-9d57-1d0b4c1f2a33"
)  # under which the ids of the demonstration's scans are made


@dataclass(slots=True)
class Booth:
    """A device at a booth: its officer, their grounds, where it stands, and to whom it is told."""

    node: Node
    officer: Actor
    grounds: str
    place: str
    say: Say

    def without_the_line(self, texts: list[str]) -> None:
        """Take a copy, scan these without the node, and report them once the line is back, twice."""
        office, hours = self.node.office, self.node.settings.checkpoint_hours
        copy = copies.make(office, self.officer, self.grounds, self.place, dt.timedelta(hours=hours))
        self.say(
            f"She takes an offline copy: {len(copy.entries):,} keyed marks, no name and no number, good until "
            f"{copy.expires:%H:%M} UTC tomorrow. Then the line goes down."
        )
        scans = [self._scan(copy, text) for text in texts]
        before = office.read(size)
        taken = reports.take(office, self.node.live, self.officer, copy.id, scans, self._window)
        hits = [one for one in taken.done if summed(one.told) is Verdict.HIT]
        self.say(
            f"The line is back: {len(taken.done)} scans are reported and checked by the engine, {len(hits)} with a "
            f"match, and stand in the ledger as {office.read(size) - before} entries."
        )
        again = reports.take(office, self.node.live, self.officer, copy.id, scans, self._window)
        doubled = sum(told.doubled for one in again.done for told in one.told)
        self.say(f"The report is sent again, as after a broken line: {doubled} known, nothing checked twice.")

    @property
    def _window(self) -> dt.timedelta:
        return dt.timedelta(hours=self.node.settings.document_hours)

    def _scan(self, copy: copies.Copy, text: str) -> Scan:
        """A scan without the node, as the device tells it from the copy alone."""
        now = self.node.office.now()
        (one,) = recognised(text, now.date())
        found = _found(copy, one, now.date())
        said = Verdict.HIT if found else Verdict.CLEAR
        told = f"a match; call {found.call}" if found else "nothing in the copy"
        self.say(f"   {one.kind.value}: {told}")
        return Scan(
            str(uuid5(SCANS, text)), text, self.grounds, self.place, made=now, said=said, copy=copy.id
        )


def _found(copy: copies.Copy, one: Recognised, today: dt.date) -> Entry | None:
    """What the copy says of a scan."""
    marks = (forms.mark(copy.key, kind, form) for kind, form in forms_of(one, today))
    return next((copy.entries[mark] for mark in marks if mark in copy.entries), None)
