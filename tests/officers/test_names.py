import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from liaison.model.errors import BadInput
from liaison.officers.names import canonical, lookalike, scripts


def letters(first: str, last: str) -> st.SearchStrategy[str]:
    return st.characters(min_codepoint=ord(first), max_codepoint=ord(last), categories=["L"])


ranges = (
    ("a", "ʯ"),
    ("Α", "Ͽ"),
    ("Ѐ", "ӿ"),
    ("Ա", "և"),
    ("א", "ת"),
    ("ؠ", "ي"),
    ("Ｉ", "ｚ"),
    ("Ⴀ", "ჿ"),
    ("ᴀ", "ỿ"),
)
one_script = st.one_of([st.text(letters(*pair), min_size=2, max_size=20) for pair in ranges])


@given(one_script)
def test_the_form_is_reached_in_one_step(text: str) -> None:
    try:
        once = canonical(text)
    except BadInput:
        assume(False)
    assert canonical(once) == once


@given(st.text(alphabet=letters("A", "ÿ"), min_size=2, max_size=20))
def test_case_and_width_and_composition_make_no_other_name(text: str) -> None:
    try:
        name = canonical(text)
    except BadInput:
        assume(False)
    assert canonical(text.upper().lower()) == canonical(text.upper())
    assert canonical(unicodedata.normalize("NFD", text)) == name
    assert canonical(f"  {text}  ") == name


@pytest.mark.parametrize(
    "variant", ["ADMIN", "Admin", "ａｄｍｉｎ", "ＡＤＭＩＮ", " admin ", "ⓐdmin", "𝐚𝐝𝐦𝐢𝐧"]
)
def test_variants_are_the_same_name(variant: str) -> None:
    assert canonical(variant) == "admin"


@pytest.mark.parametrize("name", ["аdmin", "admіn", "ivаn", "αlpha", "ադmin"])
def test_mixed_scripts_are_refused(name: str) -> None:
    with pytest.raises(BadInput, match="mixes scripts"):
        canonical(name)


@pytest.mark.parametrize(
    "name", ["a", "", "x" * 65, "two words", "nul\0", "zero\u200bwidth", "right\u202eleft", "a/b"]
)
def test_names_that_cannot_be_one_are_refused(name: str) -> None:
    with pytest.raises(BadInput):
        canonical(name)


@pytest.mark.parametrize("name", ["гёте", "ελλάς", "ԳԱՅԱՆԵ", "فاطمة", "arben.hoxha@agency.example", "李明"])
def test_any_one_script_serves(name: str) -> None:
    assert len(scripts(canonical(name))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("сосо", "coco"), ("o1", "ol"), ("admin0", "admino"), ("arne", "ame"), ("josé", "jose")],
)
def test_names_that_look_alike_have_one_look(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)
    assert lookalike(canonical(one)) == lookalike(canonical(other))


def test_names_that_differ_look_different() -> None:
    assert len({lookalike(name) for name in ("arben", "besa", "chris", "dritan", "eva")}) == 5
