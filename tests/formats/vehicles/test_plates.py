import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.vehicles import forms, plates
from liaison.formats.vehicles.folding import CYRILLIC, GREEK, KEPT, LONGEST
from liaison.formats.vehicles.forms import Reading
from liaison.matching.plates import CONFUSED, key
from liaison.model.errors import BadInput
from liaison.model.identifiers import Plate

# One mark a row that the state's form takes, and one beside it that it does not take.
GOLDEN = (
    *(("AL", "AA 123 BB", "AA 12 BB"), ("AT", "W 12345 A", "W 12345 AB"), ("BA", "A12-K-345", "B12-K-345")),
    *(("BE", "1-ABC-123", "9-ABC-123"), ("BG", "CB 1234 TE", "CB 1234 TF"), ("CH", "ZH 123456", "ZA 123456")),
    *(("CZ", "1A2 3456", "1D2 3456"), ("DE", "B-AB 1234E", "B-AB 12345"), ("DK", "AB 12 345", "A 12 345")),
    *(("ES", "1234 BBB", "1234 ABC"), ("FI", "ABC-123", "ABC-1234"), ("FR", "AA-123-BC", "AA-123-BU")),
    *(("GB", "AB12 CDE", "AB12 CDI"), ("GR", "AXA-1000", "AXA-0100"), ("HR", "ZG 1234-AB", "ZG 1234-AX")),
    *(("HU", "AA BC-123", "AA BC-1234"), ("IT", "AA 123 BB", "AA 123 BQ"), ("LT", "ABC 123", "ABQ 123")),
    *(("MD", "ABC 123", "ABC 12X"), ("ME", "PG AB 123", "PG AB 1234"), ("MK", "SK 1234 AB", "SK 12 AB")),
    *(("NL", "G-001-BB", "G-001-BA"), ("NO", "DP 70231", "GP 70231"), ("PL", "WX 12345", "WX A2345")),
    *(("PT", "AA 01 AA", "AAA 01 A"), ("RO", "B 123 ABC", "B 123 IBC"), ("RS", "BG 123-AA", "BG 12-AA")),
    *(("SE", "ABC 12D", "ABC 1DD"), ("SI", "LJ A-123", "LL A-123"), ("SK", "BA 123 CD", "BA 1234 CD")),
    *(
        ("TR", "34 ABC 123", "94 ABC 123"),
        ("UA", "AA 1234 BB", "AA 1234 BD"),
        ("XK", "01-123-AB", "08-123-AB"),
    ),
)
marks = st.text(sorted(KEPT), min_size=2, max_size=8)
states = st.sampled_from(sorted(forms.states()))


def test_every_state_of_the_table_has_an_example_and_a_name() -> None:
    assert (
        {state for state, _, _ in GOLDEN} == forms.states().keys() == {form.state for form in forms.table()}
    )


@pytest.mark.parametrize(("state", "mark", "other"), GOLDEN)
def test_a_state_s_form_is_known_and_one_beside_it_is_not(state: str, mark: str, other: str) -> None:
    assert plates.read(mark, state).states == (state,)
    assert plates.read(other, state).fits == ()
    assert forms.states()[state].name in plates.read(other, state).doubts[-1].words


def test_a_form_of_several_states_is_said_of_all_of_them() -> None:
    """Nobody can tell an Albanian mark from an Italian one by its signs."""
    assert {"AL", "IT", "FR", "SK"} <= set(plates.read("AA 123 BB").states)
    assert plates.read("AA 123 BB", "AL").states == ("AL",)


@pytest.mark.parametrize(
    ("said", "code"), [("ALB", "AL"), ("d", "DE"), ("RKS", "XK"), ("UK", "GB"), ("MK", "MK"), ("E", "ES")]
)
def test_states_are_named_as_people_name_them(said: str, code: str) -> None:
    assert plates.read("AB 123 CD", said).state == code


def test_a_state_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(BadInput, match="no state") as refused:
        plates.read("AA 123 BB", "QQ")
    assert refused.value.field == "state"
    assert "AL" in refused.value.hint


@pytest.mark.parametrize("text", ["", "7", "A" * 13, " - ", "A" * (LONGEST + 1)])
def test_what_is_no_mark_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        plates.read(text)
    assert refused.value.field == "plate"
    assert refused.value.hint


def test_signs_that_are_taken_for_one_another_are_offered_and_never_put_in() -> None:
    plate = plates.read("AA0OOAA", "AL")
    assert (plate.text, plate.raw, plate.fits) == ("AA0OOAA", "AA0OOAA", ())
    assert [(other.text, other.places) for other in plate.otherwise] == [("AA000AA", (4, 5))]
    assert "may be read otherwise" in plate.doubts[-1].words


@pytest.mark.parametrize(
    ("mark", "other"),
    [
        ("A8123CD", "AB123CD"),
        ("AB1Z3CD", "AB123CD"),
        ("ABI23CD", "AB123CD"),
        ("AB12SCD", "AB125CD"),
        ("AB12GCD", "AB126CD"),
    ],
)
def test_each_pair_that_readers_confuse_is_offered(mark: str, other: str) -> None:
    assert other in [one.text for one in plates.read(mark, "AL").otherwise]


def test_a_mark_that_fits_is_offered_otherwise_by_one_sign_alone() -> None:
    assert all(len(one.places) == 1 for one in plates.read("01-123-AB").otherwise)
    assert plates.read("01-123-AB").otherwise


def test_four_confused_signs_are_no_reading() -> None:
    assert plates.read("0OOOO00", "AL").otherwise == ()


@pytest.mark.parametrize("twins", [CYRILLIC, GREEK], ids=["Cyrillic", "Greek"])
def test_every_look_alike_is_read_as_its_latin_twin_and_told_with_its_place(twins: dict[str, str]) -> None:
    for letter, latin in twins.items():
        plate = plates.read(f"{letter.lower()}{letter}123{letter}{letter}")
        assert plate.text == f"{latin * 2}123{latin * 2}"
        assert [doubt.place for doubt in plate.doubts if doubt.kind == "look-alike"] == [1, 2, 6, 7]


def test_the_look_alikes_are_those_that_plates_bear() -> None:
    assert set("АВЕКМНОРСТУХ") <= CYRILLIC.keys()
    assert set("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ") == GREEK.keys()
    assert CYRILLIC["Н"] == GREEK["Η"] == "H"
    assert CYRILLIC["Р"] == GREEK["Ρ"] == "P"
    assert CYRILLIC["С"] == "C"


def test_letters_of_two_scripts_in_one_mark_are_told() -> None:
    assert any("several scripts" in doubt.words for doubt in plates.read("АA 123 BB").doubts)
    assert not any("several scripts" in doubt.words for doubt in plates.read("СА 1234 ЕЕ").doubts)


def test_umlauts_and_other_accents_lose_them_and_it_is_told() -> None:
    plate = plates.read("lö-äü 12")
    assert (plate.text, [doubt.place for doubt in plate.doubts]) == ("LOAU12", [2, 4, 5])
    assert plates.read("PŽ AB 123").text == "PZAB123"
    assert plates.read("ĐA 123-AB").text == "DA123AB"


def test_case_and_what_stands_between_groups_go_without_a_word() -> None:
    plate = plates.read("  aa·123 - bb ")
    assert (plate.raw, plate.text, plate.doubts) == ("aa·123 - bb", "AA123BB", ())


def test_other_digits_and_invisible_signs_are_told() -> None:
    plate = plates.read("AA ١2３\u200b BB")
    assert (plate.text, [doubt.place for doubt in plate.doubts]) == ("AA123BB", [4, 6, 7])
    assert "U+200B" in plate.doubts[-1].words


def test_a_letter_without_a_latin_twin_stays_and_fits_nothing() -> None:
    plate = plates.read("ЖA 123 BB")
    assert plate.text == "ЖA123BB"
    assert not plate.fits
    assert plate.doubts[0].place == 1


@pytest.mark.parametrize("form", forms.table(), ids=lambda form: f"{form.state} {form.written}"[:40])
def test_a_row_has_a_source_and_years_that_follow_one_another(form: forms.Form) -> None:
    assert form.source
    assert form.kind
    assert not (form.until and form.since > form.until)
    assert "commonly stated" in form.source or form.reading is Reading.DOCUMENTED


def test_every_sign_of_every_form_is_one_that_marks_have() -> None:
    every = [one for length in range(1, 20) for one in forms.shapes(length)]
    assert {form for form, _ in every} == set(forms.table())
    assert all(place and place <= KEPT for _, shape in every for place in shape)
    assert all(2 <= len(shape) <= 8 for _, shape in every)


def test_reading_takes_the_same_signs_for_one_another_as_look_ups_by_class_do() -> None:
    assert {(letter, digit) for letter, digit in CONFUSED.items()} == {
        (letter, digit) for digit in "012568" for letter in plates.TAKEN_FOR[digit]
    }
    assert all(plates.TAKEN_FOR[letter] == digit for letter, digit in CONFUSED.items())


@given(marks)
def test_another_reading_is_of_the_same_class_and_fits_as_it_stands(mark: str) -> None:
    for other in plates.read(mark).otherwise:
        assert key(other.text, confusable=True) == key(mark, confusable=True)
        assert set(other.states) <= set(plates.read(other.text).states)
        assert [at for at in range(len(mark)) if mark[at] != other.text[at]] == [
            at - 1 for at in other.places
        ]


@given(states, st.data())
def test_whatever_a_form_spells_fits_it(state: str, data: st.DataObject) -> None:
    lengths = [
        length for length in range(2, 13) if any(form.state == state for form, _ in forms.shapes(length))
    ]
    of_state = [one for length in lengths for one in forms.shapes(length) if one[0].state == state]
    form, shape = data.draw(st.sampled_from(of_state))
    mark = "".join(data.draw(st.sampled_from(sorted(place))) for place in shape)
    assert (form.kind, form.since) in [(fit.kind, fit.since) for fit in plates.read(mark, state).fits]


@given(marks, states)
def test_a_state_that_is_known_leaves_its_own_forms_alone(mark: str, state: str) -> None:
    every, own = plates.read(mark), plates.read(mark, state)
    assert own.fits == tuple(fit for fit in every.fits if fit.state == state)


def refused(text: str) -> str:
    """The field that a refusal names; empty where the text is read."""
    try:
        plates.read(text)
    except BadInput as refusal:
        return refusal.field
    return ""


@given(st.text(max_size=20))
def test_anything_is_read_or_refused_with_its_field(text: str) -> None:
    assert refused(text) in ("", "plate")


@given(st.text(sorted(KEPT | CYRILLIC.keys() | GREEK.keys() | set("äöüžđ -·")), min_size=2, max_size=12))
def test_what_is_read_twice_is_as_it_was_read_once(text: str) -> None:
    if refused(text):
        return
    plate = plates.read(text)
    again = plates.read(plate.text)
    assert (again.text, again.fits, again.otherwise) == (plate.text, plate.fits, plate.otherwise)
    assert plate.text == str(Plate(plate.text))
    assert plate.raw == text.strip()
