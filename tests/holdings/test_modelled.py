"""JSON lines of the vocabulary, and what files say beside the fields of a person."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.holdings.consult import inspect
from liaison.holdings.kept import distinct
from liaison.holdings.modelled import incoming, is_modelled
from liaison.model.errors import BadInput, UnusableFile
from tests.holdings.offices import DESK, ids, imported
from tests.node_fixtures import an_office

FULL = (
    b'{"kind": "person", "id": "17", "names": [{"given": "Ana", "surname": "Gashi"}], "born": ["1984-02"], '
    b'"documents": [{"kind": "document", "number": "P 123 456"}], "category": "convicted", "case": "K-7", '
    b'"reason": "judgment of 3 May", "grade": "1AP", "handling": "H0 H1", "instruction": "call", '
    b'"retention": "2027-01-01", "facts": [{"text": "lives in Vlor\xc3\xab", "dated": "2025-03", '
    b'"graded": {"original": "B2"}}], "assessments": [{"text": "may flee", "dated": "2025", '
    b'"graded": {"original": "C3"}, "assessor": "Unit 4"}], "tattoo": "anchor", "shoe": {"size": 43}}\n'
)


def test_a_line_holds_a_whole_record(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        result = imported(office, FULL)
        assert (result.new, result.bad_rows) == (1, [])
        held = inspect(office, DESK, ids(office)[0], "looking at the import").holding
        assert (held.record, held.involvement.case, held.involvement.reason) == (
            "17",
            "K-7",
            "judgment of 3 May",
        )
        assert [str(fact.text) for fact in held.facts] == ["lives in Vlorë"]
        assert held.assessments[0].assessor == "Unit 4"
        assert (held.graded.original, str(held.graded.grade)) == ("1AP", "B2")
        assert (held.instruction.value, held.retention_until.isoformat()) == ("call", "2027-01-01")
        assert held.extra == {"tattoo": "anchor", "shoe": '{"size":43}'}
        assert str(held.subject.documents[0].number) == "P123456"
        assert imported(office, FULL).unchanged == 1


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (b"nothing", ""),
        (b"[]", ""),
        (b'{"kind": "ghost"}', "kind"),
        (b'{"kind": "person"}', ""),
        (b'{"kind": "vehicle", "plate": "!"}', "plate"),
        (b'{"kind": "person", "names": [{"full": "A"}], "facts": [{"text": "x"}]}', "facts[0]"),
        (b'{"kind": "person", "id": {}, "names": [{"full": "A"}]}', "id"),
        (b'{"kind": "person", "names": [{"full": "A", "ethnicity": "x"}]}', "names[0]"),
        (b"[" * 100_000, ""),
        (b'{"kind":"person","names":' + b"[" * 5_000 + b"]" * 5_000 + b"}", ""),
    ],
)
def test_a_line_that_is_none_is_refused_with_its_field(line: bytes, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        incoming(1, line)
    assert field in refused.value.field


@given(st.binary(max_size=300))
def test_any_bytes_are_a_record_or_refused(line: bytes) -> None:
    with suppress(BadInput):
        incoming(1, line)


def test_bad_lines_are_reported_and_the_others_imported(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        result = imported(office, b'{"kind": "person", "id": "1"}\n\n' + FULL + b"{broken\n")
        assert result.new == 1
        assert [bad.row for bad in result.bad_rows] == [1, 4]


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    with an_office(tmp_path) as office, pytest.raises(UnusableFile):
        imported(office, b'{"kind": "person", "x": "' + b"a" * (3 << 20))


def test_told_apart_from_followthemoney(tmp_path: Path) -> None:
    entity = b'{"id": "e1", "schema": "Person", "properties": {"name": ["Ana Gashi"], "topics": ["crime"]}}\n'
    assert is_modelled(FULL)
    assert not is_modelled(entity)
    with an_office(tmp_path) as office:
        from liaison.model.categories import Category

        assert imported(office, entity, category=Category.SUSPECT).new == 1
        held = inspect(office, DESK, ids(office)[0], "looking at the import").holding
        assert held.extra == {"topics": "crime"}


def test_unknown_columns_are_kept_under_their_names(tmp_path: Path) -> None:
    content = "id;name;category;Augenfarbe;Notiz;Notiz;\n1;Ana Gashi;suspect;grün;a;b;c\n".encode()
    with an_office(tmp_path) as office:
        result = imported(office, content)
        held = inspect(office, DESK, ids(office)[0], "looking at the import").holding
        assert held.extra == {"Augenfarbe": "grün", "Notiz": "a", "Notiz (2)": "b", "column 5": "c"}
        assert result.kept == list(held.extra)


@given(st.lists(st.text(max_size=3), max_size=12))
def test_headers_are_each_told_once(headers: list[str]) -> None:
    assert len(set(distinct(headers))) == len(headers)


@pytest.mark.parametrize("text", ["../../x", "CON", "\u202ecod.exe", "a" * 4096, "$(id)", "=cmd|' /C calc'!A0",
                                  "<img onerror=alert(1)>", "'; DROP TABLE holdings; --"])  # fmt: skip
def test_hostile_text_is_kept_as_text(tmp_path: Path, text: str) -> None:
    import msgspec

    line = {"kind": "person", "id": text, "names": [{"full": text}], "category": "suspect", text: text}
    with an_office(tmp_path) as office:
        assert imported(office, msgspec.json.encode(line), name=text, list_name=text[:100]).new == 1
        held = inspect(office, DESK, ids(office, text[:100])[0], "looking at the import").holding
        assert held.record == held.extra[text] == str(held.subject.names[0]) == text
