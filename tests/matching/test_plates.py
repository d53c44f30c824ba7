"""Plates are found exactly, and by the class of characters that readers confuse."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from liaison.matching.columns import Strings
from liaison.matching.plates import Plates, key, keys

TEXT = st.text("ABCO0I1 -8BS5z", max_size=14)


@given(st.lists(TEXT, max_size=40), st.booleans())
def test_the_kernels_keys_equal_the_twin(plates: list[str], confusable: bool) -> None:
    assert keys(Strings.of(plates), confusable=confusable).tolist() == [
        key(plate, confusable=confusable) for plate in plates
    ]


@given(st.lists(TEXT, max_size=30), st.lists(TEXT, max_size=30), st.booleans())
def test_every_agreement_is_found_and_no_other(wanted: list[str], reads: list[str], confusable: bool) -> None:
    found = Plates(wanted).find(reads, confusable=confusable)
    same = [
        (r, w)
        for r, read in enumerate(reads)
        for w, plate in enumerate(wanted)
        if key(read, confusable=confusable)
        and key(read, confusable=confusable) == key(plate, confusable=confusable)
    ]
    assert sorted(zip(found[0].tolist(), found[1].tolist(), strict=True)) == same


def test_blanks_case_and_confused_characters() -> None:
    plates = Plates(["AB 123 OI", "XY-58-ZG"])
    assert plates.find(["ab123oi"])[1].tolist() == [0]
    assert plates.find(["AB12301"])[1].tolist() == []
    assert plates.find(["A8-123-01", "XYS826"], confusable=True)[1].tolist() == [0, 1]
    assert plates.find(["", "--"])[1].tolist() == []
