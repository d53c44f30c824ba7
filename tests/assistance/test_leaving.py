"""A request that leaves: in batches, bounded, on the footing of its own case, for whoever may still see it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from liaison.assistance import leaving
from liaison.assistance.leaving import Taken, Wanted
from liaison.formats import copies
from liaison.formats.copies import Form
from liaison.holdings.access import Footing
from liaison.ledger.log import size
from liaison.ledger.statements import Statement
from liaison.model.categories import CaseId
from liaison.model.errors import BadInput, NotFound, NotLawful
from liaison.model.grounds import Grounds, Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.policy import Actor
from liaison.screening.cases import open_case
from liaison.storage.tables.assistance import REQUESTS
from tests.assistance.requests import arrived, drafted, strangers
from tests.formats.pdf_text import text_of
from tests.screening.node import WHY, rules_of
from tests.two_offices import DESK, INVESTIGATOR, Agency, Pair, two_offices

H1 = Handling(codes=(HandlingCode.H1,))


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with two_offices(tmp_path) as both:
        yield both


def footing(agency: Agency, actor: Actor = INVESTIGATOR, case: str = "", **said: Purpose) -> Footing:
    grounds = Grounds(
        purpose=said.get("purpose", Purpose.INVESTIGATION),
        case=CaseId(case or agency.case),
        basis="task",
        justification=WHY,
        officer=actor.person,
        given=agency.office.now(),
        offence="drugs",
    )
    return Footing(agency.grounds, grounds)


def taken(pair: Pair, request: str, form: Form = Form.TABLE) -> Taken:
    wanted = Wanted(form=form, footing=footing(pair.asking))
    return leaving.take(pair.asking.office, INVESTIGATOR, request, wanted)


def said(agency: Agency) -> list[Statement]:
    office = agency.office
    return office.read(lambda c: [office.log.statement(c, index) for index in range(size(c))])


def test_every_subject_is_in_it_once_whatever_the_batch(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    request = drafted(pair, strangers(17))
    for at_once in (1, 4, 17, 200):
        monkeypatch.setattr(leaving, "AT_ONCE", at_once)
        content = b"".join(taken(pair, request).parts).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(content, newline="")))
        assert [row[0] for row in rows[1:18]] == [str(number) for number in range(1, 18)]


def test_a_table_never_stands_in_memory_as_a_whole(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "AT_ONCE", 5)
    parts = taken(pair, drafted(pair, strangers(23))).parts
    sizes = [part.count(b"\r\n") for part in parts]
    assert sizes == [1, 5, 5, 5, 5, 3, 2], "titles, batches, what is said at the end"


def test_whoever_may_see_it_no_more_gets_no_more_of_it(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "AT_ONCE", 5)
    request = drafted(pair, strangers(12))
    parts = taken(pair, request).parts
    assert b"Number" in next(parts)
    assert next(parts).count(b"\r\n") == 5
    values = {"person": "another", "case_id": "case-of-another"}
    pair.asking.office.write(
        lambda c: c.execute(update(REQUESTS).where(REQUESTS.c.id == request).values(**values))
    )
    with pytest.raises(NotFound):
        next(parts)


def test_too_many_subjects_for_one_document_are_a_table(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "MOST", 3)
    request = drafted(pair, strangers(4))
    for form in (Form.PAPER, Form.STIX, Form.MISP):
        with pytest.raises(BadInput, match="4 subjects, and one document holds 3"):
            taken(pair, request, form)
    assert said(pair.asking)[-1].what != leaving.WHAT, "nothing was taken"
    assert b"".join(taken(pair, request, Form.ENTITIES).parts)


def test_it_is_taken_on_grounds_of_its_own_case_alone(pair: Pair) -> None:
    request, office = drafted(pair, strangers(1)), pair.asking.office
    case = open_case(office, INVESTIGATOR, reference="2026/7", title="Another", offence="drugs")
    wanted = Wanted(form=Form.TABLE, footing=footing(pair.asking, case=case.id))
    with pytest.raises(NotLawful) as refused:
        leaving.take(office, INVESTIGATOR, request, wanted)
    assert rules_of(refused.value) == {"A20/case"}
    assert said(pair.asking)[-1].what == "refused"
    with pytest.raises(NotFound):
        leaving.take(office, DESK, request, wanted)


def test_what_the_asking_side_wrote_goes_to_no_court_where_it_forbids_that(pair: Pair) -> None:
    """H1 on a request holds at the side that was asked; who wrote it is not bound by it."""
    ours, theirs = arrived(pair, handling=H1)
    on = leaving.footing_of_request(pair.asked.office, DESK, theirs, WHY)
    for form in Form:
        with pytest.raises(NotLawful) as refused:
            leaving.take(
                pair.asked.office, DESK, theirs, Wanted(form=form, footing=on, court="Court of Tirana")
            )
        assert rules_of(refused.value) == {"L11/court"}
    assert leaving.take(pair.asked.office, DESK, theirs, Wanted(form=Form.PAPER, footing=on)).entry
    assert ours


def test_seventeen_hundred_subjects_are_on_paper(pair: Pair) -> None:
    request = drafted(pair, strangers(1_700))
    paper = taken(pair, request, Form.PAPER)
    pages = text_of(b"".join(paper.parts))
    assert all(f"ledger entry {paper.entry}" in page for page in pages)
    assert "Subject 1700" in "\n".join(pages)
    told = said(pair.asking)[paper.entry]
    assert (told.what, told.outcome, told.detail["subjects"]) == ("request-taken", "print", "1700")
