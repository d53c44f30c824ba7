"""What the fields of a zone mean: dates with their century, names with their fillers, states."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.mrz import dates, names, read, states
from liaison.formats.mrz.names import Names
from liaison.model.errors import BadInput
from tests.formats.mrz.specimens import PORTUGAL

ON = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("740812", "1974-08-12"),
        ("261121", "2026-11-21"),
        ("261122", "1926-11-22"),
        ("000229", "2000-02-29"),
        ("27<<<<", "1927"),
        ("26<<<<", "2026"),
        ("7408<<", "1974-08"),
        ("74<<12", "1974"),
    ],
)
def test_a_birth_is_the_latest_that_is_not_in_the_future(text: str, expected: str) -> None:
    assert str(dates.birth(text, ON)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("750101", "2075-01-01"),
        ("760101", "1976-01-01"),
        ("261122", "2026-11-22"),
        ("991231", "1999-12-31"),
        ("30<<<<", "2030"),
    ],
)
def test_an_expiry_is_the_nearest(text: str, expected: str) -> None:
    assert str(dates.expiry(text, ON)) == expected


@pytest.mark.parametrize("read_date", [dates.birth, dates.expiry])
def test_no_year_is_no_date(read_date: object) -> None:
    assert read_date("<<<<<<", ON) is None  # type: ignore[operator]
    assert read_date("<<0812", ON) is None  # type: ignore[operator]


@pytest.mark.parametrize(
    "text", ["741301", "740230", "000000", "740800", "7<0812", "74081", "7408123", "ABCDEF", "٧٤٠٨١٢", ""]
)
def test_no_day_of_any_calendar_is_refused(text: str) -> None:
    for read_date in (dates.birth, dates.expiry):
        with pytest.raises(BadInput) as refused:
            read_date(text, ON)
        assert refused.value.field in ("birth", "expiry")


@given(st.text(max_size=8), st.dates(date(1950, 1, 1), date(2090, 1, 1)))
def test_any_text_is_a_date_or_refused(text: str, on: date) -> None:
    for read_date in (dates.birth, dates.expiry):
        with suppress(BadInput):
            assert read_date(text, on) is None or read_date(text, on).year


@given(st.dates(date(1930, 1, 1), date(2026, 11, 21)))
def test_a_birth_within_ninety_nine_years_reads_back(born: date) -> None:
    assert str(dates.birth(born.strftime("%y%m%d"), ON)) == born.isoformat()


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("ERIKSSON<<ANNA<MARIA<<<", Names("ERIKSSON", "ANNA MARIA", False)),
        ("ARKFREITH<<<<<<", Names("ARKFREITH", "", False)),
        ("OCONNOR<<ENYA<SIOBHAN<<", Names("OCONNOR", "ENYA SIOBHAN", False)),
        ("VAN<DER<MUELLEN<<CHRIS", Names("VAN DER MUELLEN", "CHRIS", True)),
        ("NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<", Names("NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG", True)),
        ("", Names("", "", False)),
    ],
)
def test_names_by_the_filler_rules(field: str, expected: Names) -> None:
    assert names.split(field) == expected


def test_a_name_that_fills_its_field_may_be_cut() -> None:
    assert read(PORTUGAL).names == Names("CACADOR DE ARAUJO", "ANDRE ESTEV", True)


@pytest.mark.parametrize(
    ("field", "places"), [("A<<B<<<", []), ("<<ANNA<<", [0]), ("<<<<", [0]), ("A<<B<<C<<", [4])]
)
def test_names_against_the_filler_rules_are_named(field: str, places: list[int]) -> None:
    assert [at for at, _ in names.faults(field)] == places


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("D<<", "STATE"), ("DEU", "STATE"), ("ALB", "STATE"), ("RKS", "STATE"), ("GBD", "PERSON"), ("GBN", "PERSON"),
        ("XXA", "PERSON"), ("XXX", "PERSON"), ("UNO", "ORGANISATION"), ("EUE", "ORGANISATION"), ("XPO", "ORGANISATION"),
        ("YUG", "RETIRED"), ("UTO", "SPECIMEN"), ("SI<", "UNKNOWN"), ("QQQ", "UNKNOWN"), ("", "UNKNOWN"),
    ],
)  # fmt: skip
def test_codes_of_states_and_what_is_none(code: str, kind: str) -> None:
    found = states.meaning(code)
    assert found.kind.name == kind
    assert found.name
    assert found.source


def test_the_table_of_states_is_whole() -> None:
    kinds = [state.kind for state in states.table().values()]
    assert kinds.count(states.Kind.STATE) >= 249 + 2
    assert all(len(code) == 3 or code == "D" for code in states.table())
    assert all((state.until > 0) == (state.kind is states.Kind.RETIRED) for state in states.table().values())


def test_codes_of_one_state() -> None:
    assert states.same_state("D<<", "DEU")
    assert states.same_state("GBR", "GBN")
    assert not states.same_state("ALB", "GBR")
