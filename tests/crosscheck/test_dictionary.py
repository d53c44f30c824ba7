"""A thief with an officer's account tries out invented people at a partner: what stops it, after how much, and what
finds it afterwards. docs/crosscheck.md states the figures."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import re
from collections.abc import Iterator
from math import comb
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from liaison.crosscheck.asker import asking, audit, drafting
from liaison.crosscheck.asker.asked import entries, secrets_of
from liaison.crosscheck.asker.drafting import Order
from liaison.crosscheck.asker.states import LegState
from liaison.crosscheck.holder import canaries
from liaison.crosscheck.likeness.matchkeys import MOST_KEYS
from liaison.crosscheck.messages import BUCKET, OF_ONE
from liaison.model import canonical
from liaison.model.dates import PartialDate
from liaison.model.errors import NotLawful
from liaison.model.grounds import Purpose
from liaison.model.subjects import AnySubject, Name, Person
from liaison.officers import approvals
from liaison.ports import KeyId
from liaison.screening.cases import open_case
from liaison.screening.grounds import give_grounds
from liaison.storage.sealing import unseal
from liaison.storage.tables.crosscheck import ASKED, CANARIES, SESSIONS
from tests.crosscheck.askers import GEZIM, Asked, asked
from tests.crosscheck.holders import terms
from tests.node_fixtures import sqlite_daily
from tests.screening.conftest import GIVEN, SURNAMES, crowd
from tests.screening.node import WHY, rules_of
from tests.two_offices import APPROVER, HEAD, INVESTIGATOR

PAGE = (Path(__file__).parents[2] / "docs" / "crosscheck.md").read_text("utf-8")
HELD = crowd()[:12]
BULK, ALL_CASES = 10, 100  # persons of the demo pack, in 24 hours
QUOTA, CASE = 2_560, 1_280  # points


def dictionary() -> Iterator[Person]:
    """Invented people without end: each name of a short list with each date."""
    days = (dt.date(1950, 1, 1) + dt.timedelta(days=step) for step in itertools.count())
    for day in days:
        for given, surname in itertools.product(GIVEN, SURNAMES):
            yield Person(names=(Name(given=given, surname=surname),), born=(PartialDate(day.isoformat()),))


def tries(both: Asked, count: int, words: Iterator[Person], second: bool = False) -> str:
    """The thief's next guesses, as one session; `second`: a careless colleague agrees to whatever is asked."""
    people: tuple[AnySubject, ...] = tuple(itertools.islice(words, count))
    given = Order(both.asker.grounds, (both.partner_name,), title="Couriers", subjects=people)
    session = drafting.draft(both.asker.office, INVESTIGATOR, given)
    if second:
        approval = asking.submit(both.asker.office, INVESTIGATOR, session)
        if approval:
            approvals.decide(both.asker.office, APPROVER, approval, True, "Of the case, it seems.")
    both.start(session)
    both.work()
    return session


def guessed(both: Asked, sessions: list[str]) -> int:
    """How many guesses were answered."""
    answered = (each for each in sessions if both.shown(each).legs[0].state is LegState.DONE)
    return sum(both.session(each).subjects for each in answered)


def _packed() -> Iterator[Person]:
    """Subjects of twelve names and three dates each."""
    names = [tuple(Name(given=given, surname=surname) for given in GIVEN[:12]) for surname in SURNAMES]
    born = tuple(PartialDate(f"{year}-01-02") for year in (1950, 1957, 1964))
    return (Person(names=each, born=born) for each in names)


def _until_refused(both: Asked, words: Iterator[Person], done: list[str]) -> None:
    """Guess after guess, until the law of the node wants a second person."""
    while len(done) < BULK:
        done.append(tries(both, 1, words))
    _refused(both, words)


def _refused(both: Asked, words: Iterator[Person]) -> None:
    with pytest.raises(NotLawful) as stopped:
        tries(both, 1, words)
    assert rules_of(stopped.value) == {"L10/bulk"}


def figures(what: str) -> list[int]:
    """The numbers of a row of the page's table."""
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| {what} |")]
    return [
        int(each.replace(",", ""))
        for each in re.findall(r"\d[\d,]*", row.partition("|")[2].partition("|")[2])
    ]


@sqlite_daily
def test_the_law_of_the_node_stops_a_thief_who_is_alone(tmp_path: Path, kind: str) -> None:
    """One guess at a time, ten in a day: the eleventh needs another person."""
    with asked(tmp_path, kind, HELD) as both:
        words, done = dictionary(), list[str]()
        _until_refused(both, words, done)
        points = sum(row.points for row in both.holder_served())
        assert [points, guessed(both, done)] == figures("alone, one by one")[-2:] == [BULK * BUCKET, BULK]


def test_guesses_that_are_packed_into_one_subject_end_with_its_points(tmp_path: Path) -> None:
    """Names and dates of one subject multiply, up to a number of keys; it counts as the people that these would be of,
    so that the second such subject needs a second person."""
    with asked(tmp_path, rows=HELD) as both:
        words, done = _packed(), list[str]()
        done.append(tries(both, 1, words))
        _refused(both, words)
        points = sum(row.points for row in both.holder_served())
        assert [points, guessed(both, done)] == figures("alone, several guesses in each subject")[-2:]
        assert points == 4 * MOST_KEYS
        assert both.session(done[0]).people == 4 * MOST_KEYS // OF_ONE


@sqlite_daily
def test_the_holders_quota_stops_one_whom_a_colleague_helps(tmp_path: Path, kind: str) -> None:
    """Where a second person agrees to all, the holder ends it: of a case first, then of an epoch, whatever the case."""
    agreed = terms(points=QUOTA, case_points=CASE)
    with asked(tmp_path, kind, HELD, agreed) as both:
        words, done = dictionary(), list[str]()
        for case in ("2026/1", "2026/77"):
            if case != "2026/1":
                both.asker.grounds = _of_another_case(both, case)
            done.append(tries(both, 7, words, second=True))
            while both.shown(done[-1]).legs[0].state is LegState.DONE:
                both.pair.both(hours=1)
                done.append(tries(both, 7, words, second=True))
            assert both.shown(done[-1]).legs[0].code == "over-quota"
            assert sum(row.points for row in both.holder_served() if row.reference == case) == CASE
        points = sum(row.points for row in both.holder_served())
        assert [points, guessed(both, done)] == figures("with a colleague who agrees to all")[-2:]
        assert points == QUOTA
        refused = [each.detail["code"] for each in both.entries("crosscheck-refused")]
        assert refused == ["over-quota", "over-quota"]
        assert [each.outcome for each in both.ours("crosscheck-stopped")] == ["over-quota", "over-quota"]


def test_a_supervisor_who_opens_again_sees_people_of_no_case(tmp_path: Path) -> None:
    """Every guess stands in the session by name: nobody can have asked about anyone else."""
    with asked(tmp_path, rows=HELD) as both:
        honest, guesses = both.asks(GEZIM), tries(both, 5, dictionary())
        case_file = {"Vokshi"}  # whom the case knows
        found = {}
        for session in (honest, guesses):
            again = audit.reopen(both.asker.office, HEAD, session)
            assert again.agrees
            assert again.unexplained == 0
            held = _subjects(both, session)
            found[session] = [one for one in held if not any(name in str(one) for name in case_file)]
            assert len(again.subjects) == len(held)
        assert (len(found[honest]), len(found[guesses])) == (0, 5)


def test_points_that_no_subject_explains_are_found(tmp_path: Path) -> None:
    """A thief with the database's password takes the guesses out of the session afterwards: they are missed."""
    with asked(tmp_path, rows=HELD) as both:
        session = tries(both, 5, dictionary())
        both.change(ASKED.delete().where((ASKED.c.session == session) & (ASKED.c.number > 1)))
        both.change(SESSIONS.update().where(SESSIONS.c.id == session).values(subjects=1))
        again = audit.reopen(both.asker.office, HEAD, session)
        assert not again.agrees
        assert again.unexplained == BUCKET


def test_asking_for_the_records_of_a_guess_that_is_a_canary_is_told(tmp_path: Path) -> None:
    """The dictionary meets a canary as it meets a record; a request about it is told to the holder's supervisors."""
    with asked(tmp_path, rows=HELD) as both:
        one = _canaries(both)[0]
        session = tries(both, 1, iter([one]))
        (overlap,) = both.opened(session).overlaps
        (met,) = canaries.met(
            both.holder.office, [overlap.subject], partner=both.asker.origin, request="request-1"
        )
        assert met.place == 0
        assert [each.detail["partner"] for each in both.entries(canaries.WHAT)] == [both.asker.origin]


SAMPLE, ROGUE = 0.02, 200


@pytest.mark.parametrize("batches", [2_000, 10_000])
def test_a_sample_of_batches_finds_a_few_hundred_rogue_points(batches: int) -> None:
    """Rogue points each in a batch of its own: computed, and drawn by lot."""
    drawn = round(SAMPLE * batches)
    missed = comb(batches - ROGUE, drawn) / comb(batches, drawn)
    lots = random.Random(5)
    caught = [min(lots.sample(range(batches), drawn)) < ROGUE for _ in range(2_000)]
    assert sum(caught) / len(caught) == pytest.approx(1 - missed, abs=0.012)
    assert round(100 * (1 - missed)) in figures("found by opening 2 % of the batches again")


def _of_another_case(both: Asked, reference: str) -> str:
    """The thief opens a case of another name, and goes on there."""
    office, purpose = both.asker.office, Purpose.INVESTIGATION
    case = open_case(office, INVESTIGATOR, reference=reference, title="Another case", offence="drugs")
    return give_grounds(office, INVESTIGATOR, case.id, purpose=purpose, basis="task", justification=WHY)


def _subjects(both: Asked, session: str) -> list[Person]:
    row, office = both.session(session), both.asker.office
    key = secrets_of(office, row).key
    held = office.read(lambda connection: entries(connection, key, session))
    return [each.subject for each in held.values()]  # type: ignore[misc]


def _canaries(both: Asked) -> list[Person]:
    office = both.holder.office
    key = office.keys.fetch([KeyId(both.epoch().key)])[0]

    def read(connection: Connection) -> list[Person]:
        rows = connection.execute(select(CANARIES)).all()
        return [
            canonical.decode(unseal(key, row.sealed, f"crosscheck_canaries:{row.id}"), Person) for row in rows
        ]

    return office.read(read)
