import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.vehicles import vin
from liaison.formats.vehicles.vin import CHECKED, Check
from liaison.model.errors import BadInput
from liaison.model.identifiers import VIN_VALUES, VIN_WEIGHTS, Vin

SOUND = "1M8GDM9AXKP042788"  # the example of 49 CFR 565.15
SIGNS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
numbers = st.text(SIGNS, min_size=17, max_size=17)


def with_check_digit(number: str) -> str:
    """The number with the ninth sign computed from the others, by the table and weights of 49 CFR 565.15."""
    values = [int(VIN_VALUES.get(sign, sign)) for sign in number]
    total = sum(value * weight for value, weight in zip(values, VIN_WEIGHTS, strict=True))
    return number[:8] + "0123456789X"[total % 11] + number[9:]


def test_the_example_of_the_regulation_agrees() -> None:
    read = vin.read("1m8 gdm9a-xkp042788")
    assert (read.text, read.maker, read.region) == (SOUND, "1M8", "North America")
    assert (read.check, read.doubts, read.otherwise) == (Check.AGREES, (), ())


def test_a_changed_digit_of_a_maker_of_north_america_is_told() -> None:
    read = vin.read(SOUND[:-1] + "9")
    assert read.check is Check.DISAGREES
    assert "misread or changed" in read.doubts[0].words


def test_elsewhere_a_check_digit_that_does_not_agree_says_nothing() -> None:
    read = vin.read("WVWZZZ1JZ3W386752")
    assert (read.region, read.check, read.doubts) == ("Europe", Check.NOT_USED, ())
    assert Check.NOT_USED.value == "the maker may not use it"


@pytest.mark.parametrize(("sign", "instead"), [("O", "0"), ("Q", "0"), ("I", "1")])
def test_letters_that_no_number_has_are_told_and_read_as_digits_beside(sign: str, instead: str) -> None:
    number = with_check_digit(f"1M8GDM9AXKP{instead}42788")
    read = vin.read(number[:11] + sign + number[12:])
    assert read.text[11] == sign
    assert "place 12" in read.doubts[0].words
    assert read.otherwise == (number,)


def test_a_sign_that_makes_the_digits_agree_is_offered() -> None:
    assert SOUND in vin.read(SOUND[:-1] + "B").otherwise


@pytest.mark.parametrize(
    ("first", "region"),
    [
        ("A", "Africa"),
        ("J", "Asia"),
        ("L", "Asia"),
        ("S", "Europe"),
        ("Z", "Europe"),
        ("3", "North America"),
        ("6", "Oceania"),
        ("9", "South America"),
    ],
)
def test_the_first_sign_is_a_region(first: str, region: str) -> None:
    assert vin.read(first + SOUND[1:]).region.startswith(region)


@pytest.mark.parametrize(
    ("sign", "years"), [("A", (1980, 2010)), ("Y", (2000, 2030)), ("1", (2001, 2031)), ("9", (2009, 2039))]
)
def test_a_model_year_is_one_of_two(sign: str, years: tuple[int, int]) -> None:
    assert vin.read(SOUND[:9] + sign + SOUND[10:]).years == years


def test_place_seven_says_which_year_is_likely_of_a_maker_of_north_america_alone() -> None:
    assert "1989 if it is a car" in vin.read(SOUND).model_year
    assert "2019 if it is a car" in vin.read(SOUND[:6] + "A" + SOUND[7:]).model_year
    assert "if the maker says one" in vin.read("WVWZZZ1JZ3W386752").model_year


def test_a_sign_that_is_no_model_year_is_told_where_one_must_stand() -> None:
    assert any("no model year" in doubt.words for doubt in vin.read(SOUND[:9] + "U" + SOUND[10:]).doubts)
    assert vin.read("W" + SOUND[1:9] + "U" + SOUND[10:]).doubts == ()


def test_look_alikes_are_told() -> None:
    read = vin.read("1М8" + SOUND[3:])
    assert read.text == SOUND
    assert read.doubts[0].place == 2


@pytest.mark.parametrize("text", ["", SOUND[:-1], SOUND + "1"])
def test_another_length_is_refused_and_counted(text: str) -> None:
    with pytest.raises(BadInput, match=f"{len(text)} letters and digits") as refused:
        vin.read(text)
    assert refused.value.field == "vin"
    assert "1981" in refused.value.hint


@given(numbers)
def test_a_number_whose_digit_was_computed_agrees_and_its_neighbours_do_not(number: str) -> None:
    sound = with_check_digit(number)
    assert vin.read(sound).check is Check.AGREES
    wrong = sound[:8] + ("1" if sound[8] == "0" else "0") + sound[9:]
    assert vin.read(wrong).check is (Check.DISAGREES if wrong[0] in CHECKED else Check.NOT_USED)


@given(numbers)
def test_what_is_offered_of_a_maker_of_north_america_agrees(number: str) -> None:
    for other in vin.read("1" + number[1:]).otherwise:
        assert Vin(other).check_digit_agrees


def refused(text: str) -> str:
    """The field that a refusal names; empty where the text is read."""
    try:
        vin.read(text)
    except BadInput as refusal:
        return refusal.field
    return ""


@given(st.text(max_size=25) | st.text(SIGNS + "IOQмК", min_size=17, max_size=17))
def test_anything_is_read_or_refused_with_its_field(text: str) -> None:
    assert refused(text) in ("", "vin")
