"""The kernel judges zones as its readable twin does, and finds what the theory of 7-3-1 says it finds."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.mrz import batch, digits, read
from liaison.formats.mrz.layouts import ALPHABET, LAYOUTS, Layout, layout_of
from liaison.formats.mrz.writing import sealed, written
from liaison.model.errors import BadInput
from tests.formats.mrz.specimens import ALL, LONG_NUMBER, NOT_COUNTED, TD1, TD3

LETTERS, NUMBERS = ALPHABET[10:36], ALPHABET[:10]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("L898902C3", "6"), ("740812", "2"), ("D23145890734", "9"), ("AB2134<<<", "5"), ("", "0")],
)
def test_check_digits_as_icao_computes_them(text: str, expected: str) -> None:
    assert digits.digit(text) == expected


@given(st.sampled_from(LAYOUTS), st.data())
def test_the_kernel_says_what_its_twin_says_of_any_signs(layout: Layout, data: st.DataObject) -> None:
    text = data.draw(
        st.text(st.sampled_from(ALPHABET + "<<<0000?a\x7f"), min_size=layout.size, max_size=layout.size)
    )
    assert digits.verdict(layout, text) == digits.twin(layout, text)


@given(
    st.sampled_from([*ALL.values(), LONG_NUMBER, NOT_COUNTED]),
    st.integers(0, 89),
    st.sampled_from(ALPHABET),
    st.integers(0, 89),
    st.sampled_from(ALPHABET + "?"),
)
def test_the_kernel_says_what_its_twin_says_of_near_zones(
    zone: str, at: int, put: str, also: int, other: str
) -> None:
    text = zone.replace("\n", "")
    layout = layout_of(text)
    assert layout is not None
    for place, sign in ((at, put), (also, other)):
        if place < len(text):
            text = text[:place] + sign + text[place + 1 :]
    assert digits.verdict(layout, text) == digits.twin(layout, text)


def test_a_batch_says_what_one_at_a_time_says() -> None:
    zones = [
        *ALL.values(),
        LONG_NUMBER,
        TD3.replace("L898", "L899"),
        TD1.replace("\n", "").replace("740", "7A0"),
        "",
        "x",
        "♥" * 88,
        TD3.lower(),
    ]
    found = batch.checked(zones)
    for zone, bits in zip(zones, found.tolist(), strict=True):
        plain = zone.replace("\n", "")
        layout = layout_of(plain)
        expected = (
            batch.UNREAD if layout is None else digits.twin(layout, plain.encode("ascii", "replace").decode())
        )
        assert bits == expected
    assert batch.consistent(zones).tolist() == [True] * 6 + [False] * 6
    assert batch.checked([]).tolist() == []
    assert batch.consistent([TD3, "\0", TD1 + "\0"]).tolist() == [True, False, False]
    assert batch.consistent(["V" + TD1.replace("\n", "")[1:]]).tolist() == [True]


WORDS = st.text(st.sampled_from(LETTERS), min_size=1, max_size=12)
DATES = st.dates().map(lambda day: day.isoformat().replace("-", "")[2:])


@given(
    st.sampled_from(LAYOUTS),
    WORDS,
    st.lists(WORDS, max_size=3),
    st.text(st.sampled_from(LETTERS + NUMBERS), min_size=1, max_size=14),
    DATES,
    st.sampled_from("MF<"),
    DATES,
)
def test_what_is_written_reads_back(
    layout: Layout, surname: str, given_names: list[str], number: str, birth: str, sex: str, expiry: str
) -> None:
    number = number if layout.overflow[1] and (layout.name == "TD1" or len(number) < 14) else number[:9]
    code = "V" if layout.name.startswith("MRV") else "P" if layout.name == "TD3" else "I"
    fields = {"code": code, "issuer": "UTO", "nationality": "D", "number": number, "birth": birth}
    fields |= {"sex": sex, "expiry": expiry}
    zone = written(layout, surname=surname, given=" ".join(given_names), **fields)
    found = read(zone)
    assert (found.layout, found.consistent, "\n".join(found.lines)) == (layout, True, zone)
    assert (found.code, found.issuer, found.nationality, found.number) == (code, "UTO", "D", number)
    assert (found.raw("birth"), found.raw("sex"), found.raw("expiry")) == (birth, sex, expiry)
    whole = surname + "  " * bool(given_names) + " ".join(given_names)
    assert (found.names.surname + "  " * bool(found.names.given) + found.names.given).strip() == whole[
        : layout.fields["names"][1] - layout.fields["names"][0]
    ].strip()
    assert batch.consistent([zone]).all()


@pytest.mark.parametrize(
    "fields", [{"number": "A" * 10}, {"birth": "1990101"}, {"sex": "♥"}, {"nothing": "1"}]
)
def test_what_cannot_stand_in_a_zone_is_not_written(fields: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        written(layout_of(TD3.replace("\n", "")), surname="A", **fields)  # type: ignore[arg-type]


def _passports(chance: random.Random, many: int) -> list[str]:
    layout = layout_of(TD3.replace("\n", ""))
    assert layout is not None
    return [
        written(layout, code="P", issuer="UTO", nationality="UTO", surname="A", given="B",
                number="".join(chance.choices(LETTERS, k=2) + chance.choices(NUMBERS, k=7)),
                birth=f"{chance.randrange(100):02}{chance.randrange(1, 13):02}{chance.randrange(1, 29):02}", sex="M",
                expiry=f"{chance.randrange(100):02}{chance.randrange(1, 13):02}{chance.randrange(1, 29):02}",
                optional="".join(chance.choices(NUMBERS, k=10))).replace("\n", "")
        for _ in range(many)
    ]  # fmt: skip


def test_one_changed_digit_is_always_found_and_a_changed_letter_but_for_one_in_eleven() -> None:
    """Digits differ by less than 10 and the weights have no factor in common with 10; letters ten apart are as one."""
    chance = random.Random(1)
    zones = _passports(chance, 400)
    layout = layout_of(zones[0])
    assert layout is not None
    in_digits, in_letters = [], []
    for zone in zones:
        for at in (46, 50, 57, 60, 65, 70, 75):
            in_digits += [zone[:at] + put + zone[at + 1 :] for put in NUMBERS if put != zone[at]]
        for at in (44, 45):
            in_letters += [zone[:at] + put + zone[at + 1 :] for put in LETTERS if put != zone[at]]
    assert not batch.consistent(in_digits).any()
    missed = batch.consistent(in_letters).mean()
    pairs = [(a, b) for a in range(26) for b in range(26) if a != b]
    theory = np.mean([(a - b) % 10 == 0 for a, b in pairs])
    assert abs(missed - theory) < 0.02
    assert 0.06 < theory < 0.08


def test_neighbours_swapped_are_missed_where_they_differ_by_five() -> None:
    zones = _passports(random.Random(2), 2000)
    swapped = [zone[:47] + zone[48] + zone[47] + zone[49:] for zone in zones if zone[47] != zone[48]]
    five = [abs(int(zone[47]) - int(zone[48])) == 5 for zone in swapped]
    assert batch.consistent(swapped).tolist() == five


def test_one_digit_computed_anew_leaves_the_composite_to_find_it() -> None:
    """A changed year of birth with its own check digit: the composite, one digit, misses what it cannot tell."""
    chance, kept = random.Random(3), 0
    zones = _passports(chance, 3000)
    for zone in zones:
        year = f"{(int(zone[57:59]) + chance.randrange(1, 60)) % 100:02}"
        birth = year + zone[59:63]
        forged = zone[:57] + birth + digits.digit(birth) + zone[64:]
        kept += read_is_consistent(forged)
    assert 0.10 < kept / len(zones) < 0.27


def read_is_consistent(zone: str) -> bool:
    return bool(batch.consistent([zone])[0])


def test_what_is_computed_anew_throughout_is_not_found() -> None:
    for zone in _passports(random.Random(4), 50):
        forged = sealed(layout_of(zone), zone[:57] + "010203" + zone[63:])  # type: ignore[arg-type]
        assert read(forged).verdict == "consistent"
