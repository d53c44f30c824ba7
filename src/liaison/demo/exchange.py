"""A request about 1,700 people, from one invented agency to another: asked, answered, one record called back.

The three nodes run in this process and speak to each other as they would across a border: over pinned TLS, in sealed
and signed letters, each with its receipt.
"""

from __future__ import annotations

import csv
import datetime as dt
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from liaison.assistance import answering, changing, drafting, sending, triage
from liaison.assistance import reading as requests
from liaison.assistance.messages import Wanted
from liaison.assistance.rules import State, SubjectState
from liaison.demo.agency import CENTRE, PROSECUTOR
from liaison.demo.federation import PLACES, Member
from liaison.demo.making import Say
from liaison.demo.people import draw
from liaison.demo.waiting import until
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.roles import Role
from liaison.screening import cases, grounds
from liaison.supply import reading as supplied
from liaison.supply import recalls
from liaison.supply.documents import Why

HELD = 40  # of the people asked about, those whom the prosecutor's list has
REASON = "The same name, date of birth and passport as in our file of the skipper's accounts."


def exchange(members: Sequence[Member], folder: Path, subjects: int, seed: int, say: Say) -> None:
    """Tell the story of one request about so many people, on the three nodes of `folder`. Raises TooLate."""
    police, prosecutor, centre = members
    story = Story(police, prosecutor, centre, say)
    request = story.ask(_people(folder, subjects, seed))
    theirs = story.arrives(request)
    story.answer(theirs, request)
    story.recall(request)
    story.close(request, theirs)
    story.witness()


@dataclass(slots=True)
class Story:
    """The three agencies, and to whom it is told."""

    police: Member
    prosecutor: Member
    centre: Member
    say: Say
    grounds: str = ""

    def ask(self, people: Sequence[str]) -> str:
        """An investigator asks about them, another person authorises it; the request's id."""
        office, ana = self.police.node.office, self.police.actor(Role.INVESTIGATOR)
        case = cases.open_case(
            office, ana, reference="OP-2026-021", title="Passage", offence="trafficking-persons"
        )
        self.grounds = grounds.give_grounds(
            office,
            ana,
            case.id,
            purpose=Purpose.INVESTIGATION,
            basis="task",
            justification="Names from the skipper's accounts, seized on 2 May with the boat.",
        )
        request = drafting.draft(office, ana, self._text())
        listed = drafting.add_list(office, ana, request, "\n".join(people))
        self.say(f"Ana Dema asks {PROSECUTOR.agency} about {listed.subjects:,} people in one request.")
        for bad in listed.bad:
            self.say(f"Row {bad.row} cannot be used and is reported: {bad.reason}.")
        sending.submit(office, ana, request)
        sending.authorise(
            office, self.police.actor(Role.APPROVER), request, True, "Each name has its line in the accounts."
        )
        self.say("Ilir Prenga authorises it: nobody sends such a request alone.")
        sending.send(office, self.police.node.means, ana, request)
        return request

    def arrives(self, request: str) -> str:
        """It is received and checked; the request's id at the prosecutor's."""
        began = time.monotonic()
        petra = self.prosecutor.actor(Role.DESK_OFFICER)
        office = self.prosecutor.node.office
        box = until(lambda: requests.inbox(office, petra).lines)
        theirs = box[0].id
        line = until(
            lambda: next(
                (
                    each
                    for each in requests.inbox(office, petra).lines
                    if each.id == theirs
                    and not _counts(self.prosecutor, theirs).get(SubjectState.WAITING)
                    and each.state is not State.ARRIVING
                ),
                None,
            )
        )
        held = _counts(self.prosecutor, theirs)
        self.say(
            f"{time.monotonic() - began:.1f} s later it is there, receipted, and every name was checked: "
            f"{held.get(SubjectState.HIT, 0)} may be known, for {held.get(SubjectState.PREPARED, 0):,} "
            "“nothing held” is prepared."
        )
        self.say(
            f"The clock of Directive (EU) 2023/977 started at {_at(line.received)}; due {_at(line.due)}."
        )
        self.say(f"{CENTRE.agency} has its copy.")
        return theirs

    def answer(self, theirs: str, request: str) -> None:
        """A desk officer confirms in one batch what is not held, decides on each lead, and refuses one."""
        office, means = self.prosecutor.node.office, self.prosecutor.node.means
        petra = self.prosecutor.actor(Role.DESK_OFFICER)
        triage.take_on(office, petra, theirs)
        began = time.monotonic()
        nothing = answering.confirm_nothing(office, means, petra, theirs)
        self.say(f"Petra Novak confirms “nothing held” for {nothing:,} of them, in one go.")
        leads = list(_leads(self.prosecutor, theirs))
        refused, *rest = leads
        answering.refuse(office, means, petra, theirs, "investigation", [refused])
        given = 0
        for number in rest:
            given += self._decide(theirs, number)
        self.say(
            f"She looks at each lead: {given} answered with their records, {len(rest) - given} were other people, "
            "one refused: it would harm an investigation of theirs."
        )
        ana = self.police.actor(Role.INVESTIGATOR)
        police = self.police.node.office
        until(lambda: requests.request_view(police, ana, request).line.open == 0)
        self.say(f"{time.monotonic() - began:.1f} s after the first answer the last one is with Ana.")

    def recall(self, request: str) -> None:
        """One record is called back, and is gone where it was sent."""
        office, means = self.prosecutor.node.office, self.prosecutor.node.means
        petra = self.prosecutor.actor(Role.DESK_OFFICER)
        item = supplied.supplied(office, petra).entries[0].id
        began = time.monotonic()
        recalls.recall(office, means, petra, item, Why.WRONG, "It was another person of the same name.")
        until(
            lambda: all(
                each.complied
                for notice in supplied.notices(office, petra, item=item).entries
                for each in notice.answers
            )
        )
        self.say(
            f"One record was wrong. Petra recalls it: {time.monotonic() - began:.1f} s later its content is gone at "
            "the police, whose node signed for it."
        )

    def close(self, request: str, theirs: str) -> None:
        """The police say what it led to."""
        office, ana = self.police.node.office, self.police.actor(Role.INVESTIGATOR)
        changing.close(office, self.police.node.means, ana, request, "arrest", self.grounds)
        petra = self.prosecutor.actor(Role.DESK_OFFICER)
        until(
            lambda: (
                requests.request_view(self.prosecutor.node.office, petra, theirs).line.state is State.CLOSED
            )
        )
        self.say("Ana closes the request and says what came of it: an arrest. Petra reads it.")

    def witness(self) -> None:
        """Each node signs its ledger's head, and the others sign that they have seen it."""
        members = (self.police, self.prosecutor, self.centre)
        for member in members:
            member.node.publish_now()
        for member in members:
            member.node.correspondence.couriers.cosign()
        for member in members:
            head = member.node.head()
            if head is not None:
                seen = ", ".join(sorted(member.node.correspondence.cosigned(head.checkpoint.size)))
                self.say(
                    f"Ledger of {member.house.name}: {head.checkpoint.size:,} entries, root "
                    f"{head.checkpoint.root.hex()[:12]}…, cosigned by {seen}."
                )

    def _decide(self, theirs: str, number: int) -> int:
        """1 where the lead is the person and is answered with the record, 0 where it is another."""
        office, means = self.prosecutor.node.office, self.prosecutor.node.means
        petra = self.prosecutor.actor(Role.DESK_OFFICER)
        view = requests.subject_view(office, petra, theirs, number, "compares both sides")
        if not view.hits:
            answering.nothing_after_all(office, means, petra, theirs, number, "The dates of birth differ.")
            return 0
        answering.answer(
            office, means, petra, theirs, number, answering.Reply((view.hits[0].holding,), REASON)
        )
        return 1

    def _text(self) -> drafting.Draft:
        today = self.police.node.office.now().date()
        return drafting.Draft(
            partner=PROSECUTOR.origin,
            grounds=self.grounds,
            reference="OP-2026-021/1",
            instrument="eu-2023-977",
            exchange="records",
            description="A network that brought people over the river by night and took their papers",
            link="Each name stands in the accounts of the skipper, with a sum beside it",
            belief="Most of them lived in Morvenia until 2024",
            wanted=(Wanted.IDENTITY, Wanted.RECORDS),
            handling=Handling(codes=(HandlingCode.H0,)),
            contact="Organised crime, duty desk",
            review_at=today + dt.timedelta(days=180),
            retention_until=today + dt.timedelta(days=700),
            exception="none-named",
            centre=CENTRE.origin,
        )


def _counts(member: Member, request: str) -> dict[SubjectState, int]:
    return requests.request_view(member.node.office, member.actor(Role.DESK_OFFICER), request).counts


def _leads(member: Member, request: str) -> Iterator[int]:
    """The numbers of the subjects that the check found something for."""
    after, petra = 0, member.actor(Role.DESK_OFFICER)
    while True:
        page = requests.subjects(member.node.office, petra, request, state=SubjectState.HIT, after=after)
        yield from (each.number for each in page.subjects)
        if not page.next:
            return
        after = page.next


def _people(folder: Path, subjects: int, seed: int) -> list[str]:
    """People as somebody pastes them: some whom the prosecutor holds, strangers, and a row that says too little."""
    with (folder / PLACES[PROSECUTOR.origin] / "wanted.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["record_id"] > "W-1000"][: HELD - 1]
    known = [f"{row['surname']}, {row['given_names']} {row['date_of_birth']}" for row in rows]
    drawn = draw(np.random.default_rng(seed + 99), subjects - len(known))
    strangers = [
        f"{' '.join(n.latin[0] for n in one.family)}, {' '.join(n.latin[0] for n in one.given)} {one.born}"
        for one in drawn
    ]
    return [*known, *strangers, "?"]


def _at(moment: dt.datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "not yet"
