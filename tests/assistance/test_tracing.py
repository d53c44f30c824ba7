"""Notices of convictions as the file that asset tracing begins with."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.assistance import convictions, tracing
from liaison.assistance.tracing import TITLES, Wanted
from liaison.formats.copies import Form
from liaison.holdings.access import Footing
from liaison.ledger.log import size
from liaison.ledger.statements import Statement
from liaison.model.categories import CaseId
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput, NotFound, NotLawful
from liaison.model.grounds import Grounds, Purpose
from liaison.model.identifiers import Country
from liaison.model.subjects import Name, Person
from liaison.policy import Actor
from liaison.screening.cases import open_case
from tests.assistance.requests import theirs
from tests.assistance.test_convictions import WORDS, asked, conviction, enter, ready
from tests.screening.node import WHY, rules_of
from tests.two_offices import DESK, INVESTIGATOR, Pair

FORMULA = "+cmd|' /C calc'!A0"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with ready(tmp_path) as both:
        yield both


def answered(pair: Pair, count: int) -> str:
    """Notices that the asked side sent on request; one is of a child, one has a formula for a court."""
    born = (PartialDate(f"{pair.asked.clock.now().year - 15}-01-02"),)
    child = Person(names=(Name(full="Young Lleshi"),), born=born, nationalities=(Country("ALB"),))
    given = [conviction(number, confiscation=number % 2 == 0) for number in range(count)]
    enter(pair, [*given, conviction(900, court=FORMULA)])
    request = asked(pair)
    convictions.answer(pair.asked.office, pair.asked.means, DESK, theirs(pair, request), WORDS)
    pair.carry()
    enter_child(pair, request, child)
    return request


def enter_child(pair: Pair, request: str, child: Person) -> None:
    """A notice about a child that came before its sender's law was changed."""
    from liaison.assistance import register
    from liaison.assistance.content import keys

    office = pair.asking.office
    body, made = conviction(901, person=child), keys(office, 1)
    until = office.now().date() + dt.timedelta(days=300)
    office.write(
        lambda connection: register.put(
            office, connection, register.RECEIVED, pair.asked.origin, request, [body], made, until
        )
    )


def on(pair: Pair, by: Actor, purpose: Purpose = Purpose.EXECUTION, case: str = "") -> Footing:
    office = pair.asking.office
    case = case or open_case(office, by, reference="2026/9", title="Assets", offence="drugs").id
    grounds = Grounds(
        purpose=purpose,
        case=CaseId(case),
        basis="task",
        justification=WHY,
        officer=by.person,
        given=office.now(),
        offence="drugs",
    )
    return Footing("grounds-1", grounds)


def said(pair: Pair) -> list[Statement]:
    office = pair.asking.office
    return office.read(lambda c: [office.log.statement(c, index) for index in range(size(c))])


def test_a_table_has_whom_and_what_to_trace_and_says_what_is_kept_back(pair: Pair) -> None:
    request, footing = answered(pair, 230), on(pair, DESK)
    wanted = Wanted(form=Form.TABLE, footing=footing, request=request, language="fr")
    taken = tracing.take(pair.asking.office, DESK, wanted)
    content = b"".join(taken.parts).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))
    titles, *told, kept_back, mark = rows
    assert tuple(titles) == TITLES
    assert len(told) == 231
    held = {row[0]: dict(zip(TITLES, row, strict=True)) for row in told}
    one = held["K-7"]
    assert (one["Surname"], one["Given names"], one["Born"]) == ("Lleshi7", "Ardit", "1980-01-02")
    assert (one["Amounts"], one["Confiscation"]) == ("250000 GBP", "no")
    assert held["K-8"]["Confiscation"] == "yes"
    assert "Emprisonnement, 1460 days" in one["Sanctions"]
    assert held["K-900"]["Court"] == f"'{FORMULA}"
    assert kept_back[0].startswith("1 record left out. the person is under 18")
    assert DESK.person in mark[0]
    assert f"case {footing.grounds.case} | entry {taken.entry}" in mark[0]
    entries = said(pair)
    assert entries[taken.entry].what == "convictions-taken"
    named = [each for one in entries[taken.entry :] for each in one.objects]
    assert len(named) == 1 + 2 * 1 + 231  # the request in the first entry and in that of each part


def test_those_alone_that_order_a_confiscation_as_entities(pair: Pair) -> None:
    answered(pair, 4)
    wanted = Wanted(form=Form.ENTITIES, footing=on(pair, DESK), confiscation=True)
    lines = [
        json.loads(line)
        for line in b"".join(tracing.take(pair.asking.office, DESK, wanted).parts).splitlines()
    ]
    people = [line for line in lines if line["schema"] == "Person"]
    assert len(people) == 3
    assert all("confiscation ordered" in line["properties"]["notes"] for line in people)
    assert lines[-1]["schema"] == "Document"


def test_a_part_that_the_ledger_does_not_have_is_not_given(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(pair, 3)
    taken = tracing.take(pair.asking.office, DESK, Wanted(form=Form.TABLE, footing=on(pair, DESK)))
    assert next(taken.parts).startswith("\ufeffNotice".encode())
    log = type(pair.asking.office.log)
    monkeypatch.setattr(log, "append", lambda *_: (_ for _ in ()).throw(RuntimeError("full")))
    with pytest.raises(RuntimeError, match="full"):
        next(taken.parts)


def test_grounds_role_and_form_are_asked_for(pair: Pair) -> None:
    answered(pair, 1)
    office = pair.asking.office
    with pytest.raises(NotFound):
        tracing.take(office, INVESTIGATOR, Wanted(form=Form.TABLE, footing=on(pair, INVESTIGATOR)))
    with pytest.raises(BadInput, match="table or FollowTheMoney"):
        tracing.take(office, DESK, Wanted(form=Form.PAPER, footing=on(pair, DESK)))
    with pytest.raises(NotLawful) as refused:
        tracing.take(office, DESK, Wanted(form=Form.TABLE, footing=on(pair, DESK, case=pair.asking.case)))
    assert rules_of(refused.value) == {"A20/case"}
    assert said(pair)[-1].what == "refused"


def test_a_purpose_that_they_do_not_serve_is_told_of_each(pair: Pair) -> None:
    answered(pair, 1)
    wanted = Wanted(form=Form.TABLE, footing=on(pair, DESK, Purpose.INVESTIGATION))
    content = b"".join(tracing.take(pair.asking.office, DESK, wanted).parts).decode()
    assert "Lleshi" not in content
    assert "[L01/reuse]" in content
