"""Convictions are routed by nationality, and only because they are final."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from liaison.assistance import codes, convictions, desk, reading, register, sending
from liaison.assistance.codes import LANGUAGES, Table
from liaison.assistance.convictions import Asking
from liaison.assistance.desk import Desk
from liaison.assistance.messages import Conviction, Convictions, Sanction
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.grounds import OFFENCES, Purpose
from liaison.model.identifiers import Country
from liaison.model.subjects import Name, Person
from liaison.screening.grounds import give_grounds
from liaison.supply.refusing import NotTaken
from tests.assistance.requests import row, theirs
from tests.node_fixtures import both_databases
from tests.partners.pairs import ADMINISTRATOR
from tests.screening.node import WHY, actor
from tests.two_offices import APPROVER, DESK, INVESTIGATOR, TERMS, Pair, two_offices

WORDS = "The notices are owed to the state of nationality"
SINCE, UNTIL = dt.date(2020, 1, 1), dt.date(2026, 1, 1)


def conviction(number: int, **said: object) -> Conviction:
    given: dict[str, object] = {
        "id": f"K-{number}",
        "person": Person(
            names=(Name(given="Ardit", surname=f"Lleshi{number}"),),
            born=(PartialDate("1980-01-02"),),
            nationalities=(Country("ALB"),),
        ),
        "country": Country("GBR"),
        "court": "Crown Court at Leeds",
        "decided": dt.date(2024, 3, 1),
        "final": dt.date(2024, 4, 1),
        "offences": ("0700-00",),
        "sanctions": (
            Sanction(code="1001", days=1460),
            Sanction(code="6001", amount=250_000, currency="GBP"),
        ),
        "source": "Crown Court at Leeds, file T2024-77",
        "confiscation": True,
    }
    return Conviction(**(given | said))  # type: ignore[arg-type]


def national(code: str, number: int) -> Person:
    return Person(names=(Name(full=f"Somebody Else{number}"),), nationalities=(Country(code),))


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with ready(tmp_path) as both:
        yield both


@contextmanager
def ready(folder: Path, kind: str = "sqlite", quota: int = TERMS.quota) -> Iterator[Pair]:
    """Two agencies; the asking one is of Albania, and the other knows it."""
    terms = replace(TERMS, offences=("drugs", "laundering", "fraud"), quota=quota)
    with two_offices(folder, kind, terms, rows=()) as both:
        desk.set_desk(both.asking.office, ADMINISTRATOR, Desk("Europe/Tirane", "albania", "ALB"))
        convictions.name_nationals(both.asked.office, ADMINISTRATOR, both.asking.origin, "ALB")
        yield both


def enter(pair: Pair, given: Sequence[Conviction]) -> None:
    today = pair.asked.clock.now().date()
    keep = today + dt.timedelta(days=900)
    register.enter(pair.asked.office, DESK, given, keep, today + dt.timedelta(days=300))


def asked(pair: Pair, **said: object) -> str:
    office = pair.asking.office
    grounds = give_grounds(
        office,
        INVESTIGATOR,
        pair.asking.case,
        purpose=Purpose.EXECUTION,
        basis="task",
        justification=WHY,
        offence="drugs",
    )
    given: dict[str, object] = {
        "partner": pair.asked.origin,
        "grounds": grounds,
        "reference": "2026/1-C",
        "contact": "central authority",
        "since": SINCE,
        "until": UNTIL,
    }
    request = convictions.ask(office, INVESTIGATOR, Asking(**(given | said)))  # type: ignore[arg-type]
    sending.authorise(office, APPROVER, request, True, "needed to trace assets")
    convictions.send(office, pair.asking.means, INVESTIGATOR, request)
    pair.carry()
    return request


@both_databases
def test_all_convictions_of_our_own_nationals_ready_to_trace_assets(tmp_path: Path, kind: str) -> None:
    """L08"""
    with ready(tmp_path, kind) as pair:
        many = [conviction(number) for number in range(230)]
        others = [
            conviction(900, person=national("ITA", 1)),
            conviction(901, final=dt.date(2019, 12, 31), decided=dt.date(2019, 12, 1)),
            conviction(902, offences=("0300-00",)),  # terrorism: not in the agreement
        ]
        enter(pair, [*many, *others])
        request = asked(pair)
        at_theirs = theirs(pair, request)
        assert row(pair.asking, request).state == "received"
        assert row(pair.asked, at_theirs).due is not None
        done = convictions.answer(pair.asked.office, pair.asked.means, DESK, at_theirs, WORDS)
        assert done.sent == 230
        assert done.kept_back.keys() == {"L01/agreement"}
        pair.carry()
        assert pair.refused == []
        assert (row(pair.asking, request).state, row(pair.asked, at_theirs).state) == ("answered", "answered")
        page = register.received(pair.asking.office, DESK, "sq", request=request, confiscation=True)
        assert len(page) == 200
        first = page[0]
        assert first.offences == ("Vepra lidhur me drogat ose prekursorët",)
        assert first.sanctions == ("Burgim", "Konfiskim")
        assert first.conviction.sanctions[1].amount == 250_000
        rest = register.received(pair.asking.office, DESK, "fr", request=request, after=page[-1].id)
        assert len(rest) == 30
        assert rest[0].sanctions == ("Emprisonnement", "Confiscation")
        assert isinstance(reading.request_view(pair.asked.office, DESK, at_theirs).text.since, dt.date)


def test_nobody_asks_for_the_convictions_of_others_nationals(pair: Pair) -> None:
    """L08"""
    office = pair.asking.office
    desk.set_desk(office, ADMINISTRATOR, Desk("Europe/Rome", "italy", "ITA"))
    request = asked(pair)
    assert pair.refused == ["not-own-nationals"]
    assert row(pair.asking, request).state == "sent"
    desk.set_desk(office, ADMINISTRATOR, Desk("Europe/Rome", "italy", ""))
    with pytest.raises(NotLawful, match="own"):
        asked(pair)


def test_a_notice_is_owed_for_a_final_conviction_alone(pair: Pair) -> None:
    """L08"""
    today = pair.asked.clock.now().date()
    with pytest.raises(BadInput, match="not final"):
        enter(pair, [conviction(1, final=today + dt.timedelta(days=1))])
    with pytest.raises(BadInput, match="final no sooner"):
        conviction(1, final=dt.date(2020, 1, 1))
    with pytest.raises(BadInput, match="nationality"):
        conviction(1, person=Person(names=(Name(full="No State"),)))


def test_new_convictions_are_notified_once_by_nationality(pair: Pair) -> None:
    enter(pair, [conviction(1), conviction(2), conviction(3, person=national("ITA", 3))])
    office, means, origin = pair.asked.office, pair.asked.means, pair.asking.origin
    assert convictions.notify(office, means, DESK, origin, WORDS).sent == 2
    assert convictions.notify(office, means, DESK, origin, WORDS).sent == 0
    enter(pair, [conviction(2, confiscation=False)])  # corrected at its source
    assert convictions.notify(office, means, DESK, origin, WORDS).sent == 1
    pair.carry()
    page = register.received(pair.asking.office, DESK, "en")
    assert sorted(each.conviction.id for each in page) == ["K-1", "K-2"]
    assert [each.conviction.confiscation for each in page if each.conviction.id == "K-2"] == [False]


def test_notices_of_other_nationals_are_not_taken(pair: Pair) -> None:
    body = Convictions(id="notices-1", notices=(conviction(1, person=national("ITA", 1)),))
    office = pair.asking.office
    with pytest.raises(NotTaken) as refused:
        office.write(
            lambda connection: convictions.take(
                office, connection, pair.asking.means, pair.asked.origin, body
            )
        )
    assert refused.value.code == "not-our-national"


def test_who_may_not_send_notices_sends_none(pair: Pair) -> None:
    enter(pair, [conviction(1)])
    head = actor("head")
    done = convictions.notify(pair.asked.office, pair.asked.means, head, pair.asking.origin, WORDS)
    assert (done.sent, "P01/notify-conviction" in done.kept_back) == (0, True)
    with pytest.raises(NotFound):
        register.received(pair.asking.office, head, "en")


def test_every_code_has_words_in_each_language_and_offences_are_those_of_the_model() -> None:
    for table in Table:
        for code, held in codes.codes(table).items():
            said = [codes.read(table, code, language) for language in LANGUAGES]
            assert all(said)
            assert len({said[0], said[1]}) == len({said[1], said[2]}) == 2, code
            assert codes.read(table, code, "xx") == said[0]
            if table is Table.OFFENCES:
                assert held.article in OFFENCES
    assert codes.read(Table.OFFENCES, "9999-99", "en") == "9999-99"


def test_convictions_that_were_not_agreed_are_not_asked_for(tmp_path: Path) -> None:
    """L01: and not for want of an authorisation, which nobody can have given yet."""
    with two_offices(tmp_path, terms=replace(TERMS, exchanges=("records",))) as pair:
        asking = Asking(pair.asked.origin, pair.asking.grounds, "2026/1-C", "central authority", SINCE, UNTIL)
        with pytest.raises(NotLawful) as refused:
            convictions.ask(pair.asking.office, INVESTIGATOR, asking)
        assert {reason.rule for reason in refused.value.reasons} == {"L01/agreement"}


def test_asking_for_convictions_takes_another_person(pair: Pair) -> None:
    """L10"""
    office = pair.asking.office
    grounds = pair.asking.grounds
    asking = Asking(pair.asked.origin, grounds, "2026/1-C", "central authority", SINCE, UNTIL)
    request = convictions.ask(office, INVESTIGATOR, asking)
    with pytest.raises(Conflict, match="asked"):
        convictions.send(office, pair.asking.means, INVESTIGATOR, request)
