"""Copies over HTTP: every handling code at every form, use and door; marked, told of first, and honest about gaps."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import product

import httpx
import pytest

from liaison.formats.copies import MEDIA, Form
from liaison.ledger.log import Log, size
from liaison.ledger.statements import Statement
from liaison.model.errors import LedgerUnavailable
from liaison.model.handling import HandlingCode
from liaison.model.roles import Role
from tests.formats.pdf_text import text_of
from tests.web.taken import FORMULA, H1, H2, H3, SETS, Ground, a_ground
from tests.web.two_desks import WHY, House

INVESTIGATOR, DESK = Role.INVESTIGATOR, Role.DESK_OFFICER
COURT = "Court of Tirana"
NEVER_UNBOUND = {H2, H3}
Codes = frozenset[HandlingCode]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with a_ground(tmp_path_factory.mktemp("papers")) as made:
        yield made


def said(house: House) -> list[Statement]:
    log = house.desk.office.log
    return house.desk.office.read(lambda c: [log.statement(c, index) for index in range(size(c))])


def called_with(body: dict[str, str]) -> dict[str, str]:
    """The same as a program sends it."""
    return {"format" if name == "form" else name: text for name, text in body.items()}


def may(codes: Codes, form: Form, *, court: bool, own: bool) -> bool:
    """What docs/supply.md says of a file, on paper, and in a form that binds nobody."""
    if form in (Form.STIX, Form.MISP) and codes & NEVER_UNBOUND:
        return False
    return own or not court or not codes & {H1, H3}


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def reasons(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 403, answer.text
    return {each["rule"] for each in answer.json()["reasons"]}


@pytest.mark.parametrize("form", Form)
def test_every_code_of_a_partners_record_at_every_form_and_use(ground: Ground, form: Form) -> None:
    asking = ground.houses.asking
    with (
        asking.desk.program(asking.officers[DESK]) as program,
        asking.desk.browser(asking.officers[DESK]) as desk,
    ):
        for codes, court in product(SETS, (False, True)):
            item = ground.things[codes]
            body = {"form": form.value, "grounds": ground.clerk, "court": COURT if court else ""}
            called = program.post(f"/api/v1/received/{item}/copy", json=called_with(body))
            seen = desk.post(f"/received/{item}/copy", data=body)
            lawful = may(codes, form, court=court, own=False)
            assert called.status_code == seen.status_code == (200 if lawful else 403), (codes, court)
            if not lawful:
                assert reasons(called) <= {"L11/door", "L11/court", "L11/other"}
                assert "What would make it lawful" in seen.text
                assert "AA1" not in called.text + seen.text
                continue
            entry = len(said(asking)) - 1
            for answer, number in ((called, entry - 1), (seen, entry)):
                assert answer.headers["content-type"].removesuffix("; charset=utf-8") == MEDIA[form]
                name = f"liaison-{number:09}.{form.ending}"
                assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'


def test_every_code_is_read_by_the_doors_of_the_screen_and_the_api(ground: Ground) -> None:
    asking = ground.houses.asking
    with (
        asking.desk.program(asking.officers[DESK]) as program,
        asking.desk.browser(asking.officers[DESK]) as desk,
    ):
        for item in ground.things.values():
            read = program.post(f"/api/v1/received/{item}/look", json={"grounds": ground.clerk})
            assert read.status_code == 200
            told = said(asking)[read.json()["entry"]]
            assert (told.what, told.outcome, told.objects) == ("show-item", "api", (item,))
            assert desk.get(f"/received/{item}", params={"grounds": ground.clerk}).status_code == 200


@pytest.mark.parametrize("form", Form)
def test_every_code_of_our_own_record_at_every_form(ground: Ground, form: Form) -> None:
    asked = ground.houses.asked
    with (
        asked.desk.program(asked.officers[DESK]) as program,
        asked.desk.browser(asked.officers[DESK]) as desk,
    ):
        for codes, court in product(SETS, (False, True)):
            item = ground.things[codes]
            body = {"form": form.value, "justification": WHY, "court": COURT if court else ""}
            called = program.post(f"/api/v1/supplied/{item}/copy", json=called_with(body))
            seen = desk.post(f"/supplied/{item}/copy", data=body)
            lawful = may(codes, form, court=court, own=True)
            assert called.status_code == seen.status_code == (200 if lawful else 403), (codes, court)


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("court", [False, True])
def test_a_request_leaves_out_what_its_code_forbids_and_says_so(
    ground: Ground, form: Form, court: bool
) -> None:
    asking = ground.houses.asking
    # to a court by the desk officer, who does not see the request of another's case: by its own people to their file
    with asking.desk.program(asking.officers[INVESTIGATOR]) as program:
        request = ground.ours.rpartition("/")[2]
        body = {"form": form.value, "grounds": ground.grounds, "court": COURT if court else ""}
        answer = program.post(f"/api/v1/requests/{request}/copy", json=called_with(body))
    if court:
        assert reasons(answer) == {"P01/disclose"}, "who may not disclose takes nothing to a court"
        return
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].removesuffix("; charset=utf-8") == MEDIA[form]
    text = " ".join("\n".join(text_of(answer.content)).split()) if form is Form.PAPER else answer.text
    barred = [codes for codes in SETS if not may(codes, form, court=False, own=False)]
    for codes, item in ground.things.items():
        plate = f"AA{100 + SETS.index(codes)}BB"
        assert (plate in text) is (codes not in barred), (codes, item)
    if form is Form.STIX:
        assert "8 records left out. STIX is not made of persons" in text
        assert "Arta" not in text
    if form in (Form.STIX, Form.MISP):
        counted = 1 if form is Form.STIX else 2
        for named, times in (("H2", 2 * counted), ("H3", 2 * counted), ("H2 H3", 2 * counted)):
            assert f"{times} records left out. {named}: this format binds nobody" in text
    else:
        assert "every record that was supplied stands in it" in text


@pytest.mark.parametrize("form", Form)
def test_the_side_that_answered_takes_its_request(ground: Ground, form: Form) -> None:
    asked = ground.houses.asked
    request = ground.theirs.rpartition("/")[2]
    with (
        asked.desk.program(asked.officers[DESK]) as program,
        asked.desk.browser(asked.officers[DESK]) as desk,
    ):
        for court in (False, True):
            body = {"form": form.value, "justification": WHY, "court": COURT if court else ""}
            answer = program.post(f"/api/v1/requests/{request}/copy", json=called_with(body))
            assert answer.status_code == 200, answer.text
        assert desk.post(f"/requests/{request}/copy", data=body).status_code == 200
        short = desk.post(f"/requests/{request}/copy", data={"form": form.value, "justification": "no"})
        assert short.status_code == 400
        page = desk.get(f"/requests/{request}/copy").text
    assert "Why you take it" in page
    assert "Left out (H2 H3)" in page


def test_a_paper_says_who_when_which_case_and_which_entry_on_every_page(ground: Ground) -> None:
    asking = ground.houses.asking
    request = ground.ours.rpartition("/")[2]
    with asking.desk.browser(asking.officers[INVESTIGATOR]) as asker:
        taken = asker.post(f"{ground.ours}/copy", data={"form": "pdf", "grounds": ground.grounds})
    entries = said(asking)
    entry = max(index for index, one in enumerate(entries) if one.what == "request-taken")
    told = entries[entry]
    assert (told.objects, told.outcome, told.grounds) == ((request,), "print", ground.grounds)
    assert told.case == asking.agency.case
    person, at = asking.officers[INVESTIGATOR].person, f"{asking.desk.clock.time:%Y-%m-%d %H:%M} UTC"
    pages = text_of(taken.content)
    assert len(pages) > 3
    for page in pages:
        assert page.count(f"{person} · {at} · {asking.agency.case} · ledger entry {entry}") == 2
        assert page.startswith("H0 H1 H2 H3"), "the page is under every code of what stands in it"
    assert "Gëzim Vokshi" in "\n".join(pages)
    shown = [one for one in entries[entry:] if one.what == "show-item"]
    assert {each for one in shown for each in one.objects} == {request, *ground.items}


def test_no_cell_of_a_table_is_a_formula_and_its_last_lines_are_the_mark(ground: Ground) -> None:
    asking = ground.houses.asking
    with asking.desk.browser(asking.officers[INVESTIGATOR]) as asker:
        taken = asker.post(f"{ground.ours}/copy", data={"form": "csv", "grounds": ground.grounds})
    rows = rows_of(taken.content)
    assert (
        len(rows) == 1 + len(ground.items) + 1 + 5
    )  # titles, records, the subject without any, what is said
    assert all(not cell.startswith("=") for row in rows for cell in row)
    assert sum(FORMULA in cell for row in rows for cell in row) == len(ground.people)
    assert asking.officers[INVESTIGATOR].person in rows[-1][0]
    assert f"case {asking.agency.case}" in rows[-1][0]
    assert rows[-2][0] == "Some of it: H3: ask us first"
    held = {row[5]: row[7] for row in rows[:-5] if row[5].startswith("item-")}
    assert held[ground.things[frozenset({H1, H3})]] == "H0 H1 H3"


def test_entities_say_under_which_mark_and_conditions_they_left(ground: Ground) -> None:
    asking = ground.houses.asking
    with asking.desk.browser(asking.officers[INVESTIGATOR]) as asker:
        taken = asker.post(f"{ground.ours}/copy", data={"form": "ftm", "grounds": ground.grounds})
    lines = [json.loads(line) for line in taken.text.splitlines()]
    assert {"Person", "Vehicle", "Document"} == {line["schema"] for line in lines}
    person = asking.officers[INVESTIGATOR].person
    assert all(any(person in note for note in line["properties"]["notes"]) for line in lines)
    closed = next(line for line in lines if line["id"] == ground.people[frozenset({H1})])
    assert any(note.startswith("H1: not to be used") for note in closed["properties"]["notes"])
    assert "Fier" not in taken.text, "a birthplace is not published"


@pytest.mark.parametrize("form", ["csv", "ftm", "pdf"])
def test_nothing_leaves_before_the_ledger_has_it(
    ground: Ground, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The head's entry is written, and that of the records cannot be: not a byte of any of them leaves."""
    asking, append = ground.houses.asking, Log.append

    def fails(self: Log, connection: object, statement: Statement) -> object:
        if statement.what in ("show-item", "use-item-in-court"):
            raise LedgerUnavailable("the ledger is full")
        return append(self, connection, statement)  # type: ignore[arg-type]

    monkeypatch.setattr(Log, "append", fails)
    with asking.desk.program(asking.officers[INVESTIGATOR]) as program:
        request, item = ground.ours.rpartition("/")[2], ground.things[frozenset()]
        body = {"form": form, "grounds": ground.grounds}
        taken = program.post(f"/api/v1/requests/{request}/copy", json=called_with(body))
        one = program.post(f"/api/v1/received/{item}/copy", json=called_with(body))
    assert one.status_code == 503
    assert taken.status_code in (200, 503), "a table has begun with its titles"
    assert b"AA1" not in taken.content + one.content
    assert b"Arta" not in taken.content


def test_without_grounds_of_ones_own_nothing_is_taken(ground: Ground) -> None:
    asking = ground.houses.asking
    request, item = ground.ours.rpartition("/")[2], ground.things[frozenset()]
    with asking.desk.program(asking.officers[INVESTIGATOR]) as program:
        for place in (f"requests/{request}", f"received/{item}"):
            for grounds, status in (
                ("", (400, 404)),
                (ground.clerk, (404,)),
                ("grounds-" + "a" * 26, (404,)),
            ):
                answer = program.post(f"/api/v1/{place}/copy", json={"format": "csv", "grounds": grounds})
                assert answer.status_code in status, (place, grounds)
        assert program.post(f"/api/v1/supplied/{item}/copy", json={"format": "csv"}).status_code == 404


def test_of_a_record_that_was_called_back_the_copy_says_so(ground: Ground) -> None:
    from sqlalchemy import update

    from liaison.storage.tables.supply import HELD

    asking, gone = ground.houses.asking, ground.people[frozenset({H1, H2, H3})]
    office = asking.desk.office
    values = {"state": "recalled", "sealed": None, "key": None}
    office.write(lambda c: c.execute(update(HELD).where(HELD.c.id == gone).values(**values)))
    with asking.desk.browser(asking.officers[INVESTIGATOR]) as asker:
        taken = asker.post(f"{ground.ours}/copy", data={"form": "csv", "grounds": ground.grounds})
        again = asker.post(f"/received/{gone}/copy", data={"form": "csv", "grounds": ground.grounds})
    rows = rows_of(taken.content)
    (told,) = [row for row in rows if len(row) > 5 and row[5] == gone]
    assert "recalled" in told[-1]
    assert any(row[0].startswith("1 record left out. the item was recalled") for row in rows)
    assert again.status_code == 410
