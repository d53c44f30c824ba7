"""A private cross-check between the three agencies, and who learned what of it, side by side, from both databases.

Then two of them plan to act at one address in the same hours, and both are warned.
"""

from __future__ import annotations

import csv
import datetime as dt
import textwrap
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from liaison.crosscheck.asker import asking, drafting, reading, receipts
from liaison.crosscheck.asker.states import SessionState
from liaison.crosscheck.holder import holding
from liaison.crosscheck.holder.epochs import EpochState
from liaison.crosscheck.likeness.grading import Strength
from liaison.crosscheck.messages import Of
from liaison.crosscheck.planned import actions
from liaison.crosscheck.planned.actionkeys import Address
from liaison.demo.agency import CENTRE, PROSECUTOR
from liaison.demo.federation import PLACES, Member
from liaison.demo.making import Say
from liaison.demo.people import draw
from liaison.demo.waiting import until
from liaison.model.grounds import Purpose
from liaison.model.identifiers import Country
from liaison.model.roles import Role
from liaison.officers import approvals
from liaison.screening import cases, grounds
from liaison.screening.list_rules import table_of

NAMED = 120  # in the notebook
TOLD = 10  # rows of a list that belong to another story
KNOWN = {PROSECUTOR.origin: 24, CENTRE.origin: 6}  # of these in whose list
COLUMN = 56  # signs
STREET = {"Valdria": "Rruga e Kripës", "Morvenia": "Rr. Kripes"}  # one street, as two officers write it


def compare(members: Sequence[Member], folder: Path, seed: int, say: Say) -> None:
    """Tell the story of one private cross-check with two partners at once, on nodes at work. Raises TooLate."""
    police, prosecutor, centre = members
    story = Story(police, (prosecutor, centre), say)
    session = story.ask(_notebook(folder, seed))
    story.tell(session)
    story.plan(prosecutor)


@dataclass(slots=True)
class Story:
    """Who asks, who is asked, and to whom it is told."""

    police: Member
    partners: tuple[Member, ...]
    say: Say

    def ask(self, people: Sequence[str]) -> str:
        """An investigator cross-checks them with every partner at once, once another person agreed; the session."""
        office, ana = self.police.node.office, self.police.actor(Role.INVESTIGATOR)
        case = cases.open_case(
            office, ana, reference="OP-2026-019", title="Notebook", offence="trafficking-persons"
        )
        given = grounds.give_grounds(
            office,
            ana,
            case.id,
            purpose=Purpose.INVESTIGATION,
            basis="task",
            justification="Names in the notebook that was found in the boat on 2 May.",
        )
        for partner in self.partners:
            held = until(lambda partner=partner: _set_of(partner))  # type: ignore[misc]
            self.say(
                f"{partner.house.agency} has made a keyed set of {held.records:,} records: {held.tokens:,} tokens, "
                f"padding included, good until {held.ends:%d %B}."
            )
        origins = tuple(each.house.origin for each in self.partners)
        order = drafting.Order(
            given, origins, title="Notebook", content=table_of("\n".join(people)), name="notebook"
        )
        session = drafting.draft(office, ana, order)
        for bad in reading.opened(office, ana, session).bad:
            self.say(f"Row {bad.row} cannot be used and is reported: {bad.reason}.")
        approval = asking.submit(office, ana, session)
        if approval:
            ilir = self.police.actor(Role.APPROVER)
            approvals.decide(office, ilir, approval, True, "The notebook is evidence of the case.")
        self.say(f"Ana Dema cross-checks {len(people)} names with both at once; Ilir Prenga agreed.")
        began = time.monotonic()
        asking.start(office, self.police.node.means, ana, session)
        until(lambda: reading.session_of(office, ana, session).state is SessionState.DONE)
        until(lambda: all(each.has_receipt for each in reading.session_of(office, ana, session).legs))
        self.say(f"{time.monotonic() - began:.1f} s later both have answered, and both have signed receipts.")
        return session

    def tell(self, session: str) -> None:
        """What each side's own node can say of it."""
        office, ana = self.police.node.office, self.police.actor(Role.INVESTIGATOR)
        found = reading.opened(office, ana, session)
        for partner in self.partners:
            origin = partner.house.origin
            strengths = Counter(each.strength for each in found.overlaps if each.partner == origin)
            leg = next(each for each in found.legs if each.partner == origin)
            ours = receipts.receipt_at(office, ana, session, origin)
            served = holding.served(partner.node.office, partner.actor(Role.DESK_OFFICER)).entries
            mine = next(each for each in served if each.session == leg.id)
            whole = holding.served_one(
                partner.node.office, partner.actor(Role.DESK_OFFICER), mine.partner, mine.session
            )
            self._beside(
                f"{self.police.house.name} knows",
                f"{partner.house.name} knows",
                [
                    (
                        f"{sum(strengths.values())} of {found.shown.subjects} overlap: "
                        + ", ".join(f"{strengths[each]} {each.value}" for each in Strength),
                        f"officer {mine.officer[:12]}… asked on {mine.first:%d %B at %H:%M} UTC, "
                        f"for {mine.purpose.value}",
                    ),
                    (
                        "which, and by what: a name and a date, a document",
                        "not whom; not how many overlapped",
                    ),
                    ("nothing of the records themselves", f"the case as {mine.reference}"),
                    (
                        f"{leg.left:,} points that it may still ask",
                        f"{mine.points:,} points, each a number that says nothing",
                    ),
                    (f"receipt {_mark(ours.ours)}", f"receipt {_mark(whole.theirs)}"),
                ],
            )

    def plan(self, partner: Member) -> None:
        """Two agencies enter an action at one address in the same hours, without telling each other."""
        warned = []
        for member, role in ((self.police, Role.INVESTIGATOR), (partner, Role.DESK_OFFICER)):
            office, officer = member.node.office, member.actor(role)
            case = cases.open_case(
                office, officer, reference="ACT-2026-004", title="Salt Street", offence="trafficking-persons"
            )
            given = grounds.give_grounds(
                office,
                officer,
                case.id,
                purpose=Purpose.INVESTIGATION,
                basis="task",
                justification="A house where people were hidden is to be searched.",
            )
            morning = office.now().replace(hour=4, minute=0, second=0, microsecond=0) + dt.timedelta(days=3)
            place = Address(
                country=Country("ALB"), street=STREET[member.house.name.split()[0]], number="12", town="Sella"
            )
            plan = actions.Plan(
                grounds=given, thing=place, starts=morning, ends=morning + dt.timedelta(hours=3)
            )
            actions.enter(office, member.node.means, officer, plan)
            warned.append((office, officer))
        self.say(
            "Ana and Petra each plan a search: one address, the same morning, neither knows of the other."
        )
        began = time.monotonic()
        for office, officer in warned:
            until(lambda office=office, officer=officer: actions.warnings_of(office, officer))  # type: ignore[misc]
        self.say(
            f"{time.monotonic() - began:.1f} s later both are warned to call each other, and know nothing else: "
            "neither the address nor the hour went over the wire."
        )

    def _beside(self, left: str, right: str, rows: Sequence[tuple[str, str]]) -> None:
        """Two columns, as wide as a terminal has room for."""
        self.say("")
        for one, other in ((left, right), ("-" * len(left), "-" * len(right)), *rows):
            first, second = textwrap.wrap(one, COLUMN), textwrap.wrap(other, COLUMN)
            for place in range(max(len(first), len(second))):
                here = first[place] if place < len(first) else ""
                there = second[place] if place < len(second) else ""
                self.say(f"{here:<{COLUMN + 2}}{there}".rstrip())


def _set_of(member: Member) -> holding.OwnSet | None:
    """A member's set of records, once it is made."""
    found = holding.own_sets(member.node.office, member.actor(Role.DESK_OFFICER))
    return next((each for each in found if each.of is Of.RECORDS and each.state is EpochState.OPEN), None)


def _mark(document: str) -> str:
    return sha256(document.encode()).hexdigest()[:12] + "…"


def _notebook(folder: Path, seed: int) -> list[str]:
    """Names as they stand in a notebook: some whom one partner has, now and then noted wrongly, and strangers."""
    known: list[str] = []
    for origin, count in KNOWN.items():
        with (folder / PLACES[origin] / "wanted.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))[TOLD : TOLD + count]
        known += [_noted(row, place) for place, row in enumerate(rows)]
    drawn = draw(np.random.default_rng(seed + 7), NAMED - len(known))
    strangers = [
        f"{' '.join(n.latin[0] for n in one.family)}, {' '.join(n.latin[0] for n in one.given)} {one.born}"
        for one in drawn
    ]
    return [*known, *strangers]


def _noted(row: Mapping[str, str], place: int) -> str:
    """A record as somebody noted it who heard the name: every fifth with a letter doubled, every seventh a year off."""
    surname, born = row["surname"], row["date_of_birth"]
    if place % 5 == 4:
        surname = surname[:2] + surname[1:]
    if place % 7 == 6:
        born = f"{int(born[:4]) + 1}{born[4:]}"
    return f"{surname}, {row['given_names']} {born}"
