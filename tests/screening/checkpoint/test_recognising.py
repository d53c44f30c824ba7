"""What a scanner types is recognised as what it is, or refused with what to do. All names and numbers are invented."""

from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.mrz.layouts import MRV_A, MRV_B, TD1, TD2, TD3, Layout
from liaison.formats.mrz.writing import written
from liaison.model.errors import BadInput
from liaison.model.subjects import Document, Person, Vehicle
from liaison.screening.checkpoint.forms import mark
from liaison.screening.checkpoint.recognising import Kind, Recognised, forms_of, recognised

ON = date(2026, 11, 22)
HOLDER = {"code": "P", "issuer": "ALB", "nationality": "ALB", "surname": "HOXHA", "given": "ARBEN",
          "number": "XX0000001", "birth": "840302", "sex": "M", "expiry": "310601"}  # fmt: skip
LAYOUTS = [(TD1, "I"), (TD2, "I"), (TD3, "P"), (MRV_A, "V"), (MRV_B, "V")]
RUBBISH = st.text(
    st.sampled_from(string.printable + "<<<<«ËëÄÖüŁ АВЕКМНОРСТУХ ΑΒΕΖΗΙΚ ١٢٣ \u200b\u00a0\x00"), max_size=300
)


def one(text: str, taken: Kind | None = None) -> Recognised:
    (found,) = recognised(text, ON, taken)
    return found


def refused(text: str, taken: Kind | None = None) -> BadInput:
    with pytest.raises(BadInput) as error:
        recognised(text, ON, taken)
    assert error.value.field == "text"
    assert error.value.hint
    return error.value


def attempted(text: str, taken: Kind | None) -> tuple[Recognised, ...]:
    """What a text is; nothing for what is refused at its field. Any other error is a fault."""
    try:
        return recognised(text, ON, taken)
    except BadInput as error:
        return () if error.field == "text" and error.hint else (Recognised(Kind.PLATE),)


@pytest.mark.parametrize(("layout", "code"), LAYOUTS)
def test_a_zone_of_any_form_is_a_document(layout: Layout, code: str) -> None:
    found = one(written(layout, **HOLDER | {"code": code}))
    assert found.kind is Kind.DOCUMENT
    assert found.zone is not None
    assert (found.zone.number, found.zone.layout) == ("XX0000001", layout)
    assert ("document", "XX0000001\nALB") in forms_of(found, ON)


def test_lines_that_are_swapped_or_small_or_run_together_are_the_same_document() -> None:
    zone = written(TD3, **HOLDER)
    first, last = zone.split("\n")
    for text in (f"{last}\n{first}", zone.lower(), first + last, f"  {first}\r\n\r\n{last}\r\n"):
        found = one(text)
        assert found.zone is not None
        assert found.zone.text == first + last


def test_two_scans_typed_into_one_field_are_two_results() -> None:
    two = written(TD3, **HOLDER), written(TD3, **HOLDER | {"number": "XX0000002"})
    for text in ("\n".join(two), "".join(two).replace("\n", "")):
        found = recognised(text, ON)
        assert [each.zone.number for each in found if each.zone] == ["XX0000001", "XX0000002"]


def test_a_mark_in_letters_that_look_latin_is_read_as_latin_and_it_is_said() -> None:
    found = one("СА 1234 ЕЕ")
    assert found.kind is Kind.PLATE
    assert isinstance(found.subject, Vehicle)
    assert str(found.subject.plate) == "CA1234EE"
    assert any("Cyrillic" in words for words in found.doubts)
    assert str(one("ΚΗΕ 1234").subject.plate) == "KHE1234"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("one_way", "other"), [("AA 107 OB", "AA 107 0B"), ("GA 600 BB", "6A G00 88"), ("AI 150 SZ", "A1 l5O 52")]
)
def test_signs_that_are_taken_for_one_another_have_one_form(one_way: str, other: str) -> None:
    found = (recognised(text, ON, Kind.PLATE)[0] for text in (one_way, other))
    first, second = (forms_of(each, ON) for each in found)
    assert first == second != ()


def test_a_state_before_a_mark_is_not_of_the_mark() -> None:
    found = one("AL AA 123 BB")
    assert isinstance(found.subject, Vehicle)
    assert (str(found.subject.plate), str(found.subject.registered)) == ("AA123BB", "ALB")


def test_a_vehicle_number_has_none_of_the_letters_that_none_has() -> None:
    found = one("WVWZZZ1JZXWO0000I")
    assert found.kind is Kind.VEHICLE_NUMBER
    assert isinstance(found.subject, Vehicle)
    assert str(found.subject.vin) == "WVWZZZ1JZXW000001"
    assert found.doubts


@pytest.mark.parametrize("text", ["ALB BA1234567", "BA1234567 ALB", "ba 123 4567/alb"])
def test_a_number_with_its_state_is_that_document(text: str) -> None:
    found = one(text)
    assert found.kind is Kind.NUMBER
    assert isinstance(found.subject, Document)
    assert (str(found.subject.number), str(found.subject.issuer)) == ("BA1234567", "ALB")
    assert forms_of(found, ON) == (("document", "BA1234567\nALB"),)


def test_what_can_be_two_things_says_the_other_and_whoever_typed_it_may_choose() -> None:
    mark_, number = one("AB 12345"), one("AB 12345", Kind.NUMBER)
    assert (mark_.kind, mark_.otherwise) == (Kind.PLATE, (Kind.NUMBER,))
    assert number.kind is Kind.NUMBER
    assert one("BA1234567").otherwise == (Kind.PLATE,)
    assert any("no state" in words for words in one("BA1234567").doubts)


@pytest.mark.parametrize(
    "text",
    [
        "HOXHA, Arben 02.03.1984",
        "Hoxha, Arben 1984-03-02",
        "2.3.1984 HOXHA, ARBEN",
        "HOXHA, Arben ٠٢.٠٣.١٩٨٤",
    ],
)
def test_a_name_with_a_date_of_birth_is_a_person(text: str) -> None:
    found = one(text)
    assert isinstance(found.subject, Person)
    assert str(found.subject.born[0]) == "1984-03-02"
    assert forms_of(found, ON) == (("person", "HOXHA\nARBEN\n19840302"),)


def test_a_name_without_a_comma_is_looked_up_in_either_order() -> None:
    forms = [form for _, form in forms_of(one("Arben Hoxha 1984-03-02"), ON)]
    assert forms == ["HOXHA\nARBEN\n19840302", "ARBEN\nHOXHA\n19840302"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Arben Hoxha", "date of birth"),
        ("Arben Hoxha 02.03.84", "two digits"),
        ("Arben Hoxha 1984-13-02", "month 13"),
        ("Arben Hoxha 2999-01-01", "yet"),
        ("", "empty"),
        (" \r\n ", "empty"),
        ("?!", "nothing"),
        ("x" * 4000, "no zone"),
        ("7" * 4000, "no zone"),
        ("<" * 4000, "zone"),
        ("AB<" * 1300, "zone"),
        ("x" * 4001, "4,001"),
    ],
)
def test_what_is_none_of_these_is_refused_with_what_to_do(text: str, says: str) -> None:
    assert says in str(refused(text))


@given(RUBBISH, st.sampled_from([None, *Kind]))
def test_whatever_is_typed_is_recognised_or_refused_at_its_field(text: str, taken: Kind | None) -> None:
    found = attempted(text, taken)
    for each in found:
        assert (each.zone is None) != (each.subject is None)
        for kind, form in forms_of(each, ON):
            assert form.isascii()
            assert len(mark(b"key", kind, form)) == 16
