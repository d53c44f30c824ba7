"""A zone is read from whatever a scanner types, and everything that was done to it is said."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liaison.formats.mrz import Document, alternatives, read, read_all
from liaison.formats.mrz.digits import MISFIT
from liaison.formats.mrz.layouts import ALPHABET, LAYOUTS
from liaison.formats.mrz.scanned import LONGEST_TEXT
from liaison.formats.mrz.writing import written
from liaison.model.errors import BadInput
from tests.formats.mrz.specimens import (
    ALL,
    COUNTED,
    FINLAND,
    LONG_NUMBER,
    NOT_COUNTED,
    PORTUGAL,
    TD1,
    TD2,
    TD3,
)

BY_NAME = {layout.name: layout for layout in LAYOUTS}


def kinds(document: Document) -> list[str]:
    return [doubt.kind for doubt in document.doubts]


@pytest.mark.parametrize(("name", "text"), ALL.items())
def test_icao_specimens_are_consistent(name: str, text: str) -> None:
    found = read(text)
    assert (found.layout.name, found.verdict, found.doubts) == (name, "consistent", ())
    assert (found.names.surname, found.names.given, found.names.cut) == ("ERIKSSON", "ANNA MARIA", False)
    assert "\n".join(found.lines) == text
    assert all(check.agrees and check.stands == check.computed for check in found.checks())


def test_every_field_of_a_passport_and_its_place() -> None:
    found = read(TD3)
    assert [(field.name, field.text, field.line, field.column) for field in found.fields()] == [
        ("code", "P<", 1, 1),
        ("issuer", "UTO", 1, 3),
        ("names", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", 1, 6),
        ("number", "L898902C3", 2, 1),
        ("number_check", "6", 2, 10),
        ("nationality", "UTO", 2, 11),
        ("birth", "740812", 2, 14),
        ("birth_check", "2", 2, 20),
        ("sex", "F", 2, 21),
        ("expiry", "120415", 2, 22),
        ("expiry_check", "9", 2, 28),
        ("optional", "ZE184226B<<<<<", 2, 29),
        ("optional_check", "1", 2, 43),
        ("composite_check", "0", 2, 44),
    ]
    day = date(2026, 11, 21)
    assert (str(found.born(day)), str(found.expires(day)), found.sex) == ("1974-08-12", "2012-04-15", "F")


@pytest.mark.parametrize(
    ("text", "number", "optional"),
    [(LONG_NUMBER, "D23145890734", ""), (NOT_COUNTED, "600001795015", ""), (PORTUGAL, "007666667ZZ0", "")],
)
def test_a_number_of_more_than_nine_signs_goes_on_in_the_optional_data(
    text: str, number: str, optional: str
) -> None:
    found = read(text)
    assert (found.verdict, found.number, found.optional) == ("consistent", number, optional)
    assert found.checks()[0].line == 1
    assert found.checks()[0].column == 15 + len(number) - 9 + 1


def test_older_belgian_cards_count_the_filler_within_the_number() -> None:
    from liaison.formats.mrz.digits import COUNTED as COUNTED_BIT
    from liaison.formats.mrz.digits import twin, verdict

    text = COUNTED + TD1.replace("\n", "")[30:]
    assert (
        verdict(BY_NAME["TD1"], text) & (1 | COUNTED_BIT)
        == COUNTED_BIT
        == twin(BY_NAME["TD1"], text) & (1 | COUNTED_BIT)
    )


def test_optional_data_with_a_filler_within_are_kept_whole() -> None:
    found = read(FINLAND)
    assert (found.verdict, found.number, found.optional) == ("consistent", "XA1000058", "010195<112X")


FORMS = {
    "Windows line ends": lambda text: text.replace("\n", "\r\n") + "\r\n",
    "old line ends": lambda text: text.replace("\n", "\r"),
    "tabs": lambda text: text.replace("\n", "\t"),
    "control signs of a scanner": lambda text: "\x02" + text.replace("\n", "\x1d") + "\x03",
    "no line ends": lambda text: text.replace("\n", ""),
    "a blank for a line end": lambda text: text.replace("\n", " "),
    "blank lines": lambda text: "\n\n" + text.replace("\n", "\n\n") + "\n",
    "indented": lambda text: "   " + text.replace("\n", "   \n\t   ") + "  ",
    "small letters": str.lower,
    "blanks between groups": lambda text: "\n".join(f"{row[:5]} {row[5:15]} {row[15:]}" for row in text.split("\n")),
    "escaped for HTML": lambda text: text.replace("<", "&lt;"),
    "a mark of byte order": lambda text: "\ufeff" + text,
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ALL)
def test_the_usual_forms_of_scans_are_read_without_a_doubt(name: str, form: str) -> None:
    found = read(FORMS[form](ALL[name]))
    assert ("\n".join(found.lines), found.verdict, found.doubts) == (ALL[name], "consistent", ())


@pytest.mark.parametrize("name", ALL)
def test_swapped_lines_are_put_in_order_and_it_is_said(name: str) -> None:
    found = read("\n".join(reversed(ALL[name].split("\n"))))
    assert ("\n".join(found.lines), found.verdict, kinds(found)) == (ALL[name], "consistent", ["swapped"])


def test_letters_where_digits_must_stand_are_corrected_and_each_is_named() -> None:
    found = read(TD3.replace("7408122F1204159", "74O8I2ZF1204159").replace("ERIKSSON", "ER1K55ON"))
    assert "\n".join(found.lines) == TD3
    assert found.consistent
    assert [(d.kind, d.field, d.line, d.column) for d in found.doubts] == [
        ("corrected", "names", 1, 8),
        ("corrected", "names", 1, 10),
        ("corrected", "names", 1, 11),
        ("corrected", "birth", 2, 16),
        ("corrected", "birth", 2, 18),
        ("corrected", "birth_check", 2, 20),
    ]
    assert found.doubts[3].words == "O was read as 0, as the type of the field says"


def test_6_for_g_in_a_number_cannot_be_found_and_is_shown_as_such() -> None:
    zone = written(BY_NAME["TD3"], code="P", issuer="UTO", nationality="UTO", surname="A", number="AG1234567",
                   birth="900101", sex="M", expiry="300101")  # fmt: skip
    found = read(zone.replace("AG12345", "A612345"))
    assert found.consistent
    assert alternatives.same_digits(found) == (2, 8)


def test_a_number_is_not_corrected_but_other_readings_are_offered() -> None:
    found = read(TD3.replace("L898902C3", "L8989O2C3"))
    assert (found.number, found.verdict) == ("L8989O2C3", "not consistent")
    assert alternatives.numbers(found) == ("L898902C3",)
    assert [check.field for check in found.checks() if not check.agrees] == [
        "number_check",
        "composite_check",
    ]


@pytest.mark.parametrize(("letter", "digit"), ["O0", "Q0", "D0", "U0", "I1", "L1", "Z2", "S5", "G6", "B8"])
def test_each_letter_that_looks_like_a_digit_is_read_as_it_in_a_date(letter: str, digit: str) -> None:
    fields = {
        "code": "P",
        "issuer": "UTO",
        "nationality": "UTO",
        "surname": "A",
        "number": "A1",
        "expiry": "310101",
    }
    zone = written(BY_NAME["TD3"], **fields, birth=f"7{digit}0304", sex="F")
    found = read(zone.replace(f"7{digit}0304", f"7{letter}0304"))
    assert "\n".join(found.lines) == zone
    assert [(d.kind, d.line, d.column) for d in found.doubts] == [("corrected", 2, 15)]


def test_other_readings_differ_in_as_few_signs_as_can_be() -> None:
    fields = {
        "code": "P",
        "issuer": "UTO",
        "nationality": "UTO",
        "surname": "A",
        "birth": "900101",
        "expiry": "310101",
    }
    zone = written(BY_NAME["TD3"], **fields, number="O0I1B8S5Z", sex="M")
    offered = alternatives.numbers(read(zone.replace("O0I1B8S5Z", "O0I1B8S52")))
    assert "O0I1B8S5Z" in offered
    assert all(sum(a != b for a, b in zip(other, "O0I1B8S52", strict=True)) == 1 for other in offered)


@pytest.mark.parametrize(
    ("sign", "named"),
    [("А", "cyrillic capital letter a"), ("Α", "greek capital letter alpha"), ("Ａ", "fullwidth")],
)
def test_letters_of_other_scripts_that_look_the_same_are_named(sign: str, named: str) -> None:
    found = read(TD3.replace("ANNA", f"{sign}NN{sign}"))
    assert "\n".join(found.lines) == TD3
    assert [(d.kind, d.line, d.column) for d in found.doubts] == [("corrected", 1, 16), ("corrected", 1, 19)]
    assert all(named in doubt.words for doubt in found.doubts)


def test_arabic_digits_and_angle_quotes_are_read() -> None:
    found = read(TD3.replace("740812", "٧٤٠٨١٢").replace("<<<<10", "«‹<<10"))
    assert "\n".join(found.lines) == TD3
    assert kinds(found) == ["corrected"] * 8


@pytest.mark.parametrize("gap", ["", "\n", "\r\n", " ", "\n\n"])
@pytest.mark.parametrize("other", ALL)
def test_two_scans_typed_as_one_give_both_documents(gap: str, other: str) -> None:
    text = (
        (TD1 if gap else TD1.replace("\n", "")) + gap + (ALL[other] if gap else ALL[other].replace("\n", ""))
    )
    found = read_all(text)
    if other == "TD1":
        assert [(d.layout.name, kinds(d)) for d in found] == [("TD1", ["twice"])]
        return
    assert [("\n".join(d.lines), d.verdict) for d in found] == [
        (TD1, "consistent"),
        (ALL[other], "consistent"),
    ]
    with pytest.raises(BadInput, match="holds 2 documents") as refused:
        read(text)
    assert refused.value.field == "mrz"


def test_a_scan_and_half_of_another_are_refused() -> None:
    with pytest.raises(BadInput, match="line 3 of the scan belongs to no whole document"):
        read(TD3 + "\n" + TD2.split("\n")[0])


def test_words_of_the_page_are_left_aside_and_named() -> None:
    found = read("PASSPORT No\n" + TD3)
    assert found.consistent
    assert [(d.kind, d.line, d.column) for d in found.doubts] == [("aside", 1, 1)]


@pytest.mark.parametrize("missing", [1, 3, 15])
def test_fillers_lost_at_the_end_of_the_names_are_added(missing: int) -> None:
    one, two = TD3.split("\n")
    found = read(f"{one[:-missing]}\n{two}")
    assert "\n".join(found.lines) == TD3
    assert kinds(found) == ["filled"]


def test_fillers_lost_or_doubled_within_a_row_are_put_right() -> None:
    for scanned in (TD3.replace("<<<<<10", "<<<10"), TD3.replace("<<<<<10", "<<<<<<10")):
        found = read(scanned)
        assert "\n".join(found.lines) == TD3
        assert kinds(found) == ["filled"]


def test_a_surplus_filler_that_was_another_sign_is_left_out_with_its_note() -> None:
    found = read(ALL["MRV-B"] + "«")
    assert "\n".join(found.lines) == ALL["MRV-B"]
    assert [(d.kind, d.line, d.column) for d in found.doubts] == [("filled", 2, 36)]


def test_a_row_of_fillers_read_as_k_is_put_right() -> None:
    found = read(TD3.replace("MARIA<<<<<<<<<<<<<<<<<<<", "MARIA" + "K" * 19))
    assert "\n".join(found.lines) == TD3
    assert kinds(found) == ["corrected"]


def test_what_cannot_be_read_is_never_consistent() -> None:
    found = read(TD3.replace("L898902C3", "L89♥902C3"))
    assert (found.verdict, found.number) == ("not consistent", "L89?902C3")
    assert [(d.kind, d.field, d.line, d.column) for d in found.doubts] == [("unreadable", "number", 2, 4)]


@pytest.mark.parametrize(
    "text",
    ["", "   \n\t", "<" * 88, "A" * 88, "7" * 90, TD3.split("\n")[0], TD3[:-20], "hello", "\x00" * 500],
)
def test_what_is_no_zone_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(text)
    assert refused.value.field == "mrz"
    assert refused.value.hint


def test_a_line_whose_end_was_not_scanned_is_not_consistent() -> None:
    found = read(TD3[:-2])
    assert found.verdict == "not consistent"
    assert kinds(found) == ["filled", "unfit"]


def test_a_scan_without_end_is_refused_unread() -> None:
    with pytest.raises(BadInput, match="characters"):
        read("<" * (LONGEST_TEXT + 1))
    with pytest.raises(BadInput, match="more than 40 lines"):
        read("A\n" * 100)


@pytest.mark.parametrize("scan", [TD3.encode(), TD3.replace("\n", "").encode(), None, 88, ["<"] * 88])
def test_what_is_not_text_is_refused(scan: object) -> None:
    with pytest.raises(BadInput, match="not text"):
        read(scan)  # type: ignore[arg-type]


def test_nine_documents_at_once_are_too_many() -> None:
    many = [written(BY_NAME["TD3"], code="P", issuer="UTO", nationality="UTO", surname="A", number=f"A{n}00000",
                    birth="900101", sex="M", expiry="300101") for n in range(9)]  # fmt: skip
    with pytest.raises(BadInput):
        read_all("\n".join(many))
    assert len(read_all("\n".join(many[:8]))) == 8


def test_an_unknown_state_is_read_all_the_same() -> None:
    found = read(TD3.replace("P<UTO", "P<SI<"))
    assert (found.issuer, found.issuer_meaning.kind.name) == ("SI", "UNKNOWN")
    assert found.consistent


ZONE = st.sampled_from(list(ALL.values()))
NOISE = st.text(st.sampled_from(ALPHABET + "abk \n\r\t?«АО0OI1♥|&lt;"), max_size=200)


def outcome(text: str) -> None:
    found: tuple[Document, ...] = ()
    with suppress(BadInput):
        found = read_all(text)
    for document in found:
        assert len(document.text) == document.layout.size
        assert set(document.text) <= set(ALPHABET + "?")
        assert len(document.number) <= 24
        assert (
            "".join(
                field.text
                for field in sorted(document.fields(), key=lambda field: (field.line, field.column))
            )
            == document.text
        )
        assert document.consistent == (
            all(check.agrees for check in document.checks()) and not document.bits & MISFIT
        )
        assert len(alternatives.numbers(document)) <= 8


@given(st.one_of(st.text(max_size=300), NOISE))
@example("\ud800" * 88)
@example("ﬃ" * 30 + "\n" + "ß" * 44)
def test_no_text_does_more_than_be_read_or_refused(text: str) -> None:
    outcome(text)


@given(ZONE, st.lists(st.tuples(st.integers(0, 120), st.integers(0, 9), NOISE), max_size=4))
def test_no_damage_to_a_zone_does_more_than_be_read_or_refused(
    zone: str, cuts: list[tuple[int, int, str]]
) -> None:
    for at, many, put in cuts:
        zone = zone[:at] + put + zone[at + many :]
    outcome(zone)


@given(st.binary(max_size=200))
def test_no_bytes_decoded_anyhow_do_more(data: bytes) -> None:
    outcome(data.decode("latin-1"))
    outcome(data.decode("utf-8", "surrogateescape"))
