from hypothesis import given
from hypothesis import strategies as st

from liaison.screening.markup import Markup, element, joined


@given(st.text())
def test_no_text_can_open_an_element(text: str) -> None:
    inside = element("p", text, title=text)
    assert inside.count("<") == 2
    assert inside.count(">") == 2
    assert inside.count('"') == 2


def test_markup_is_not_escaped_twice() -> None:
    assert element("p", element("b", "a & b")) == "<p><b>a &amp; b</b></p>"


def test_children_may_be_nested_and_missing() -> None:
    assert joined("a", None, ["b", Markup("<br>")]) == "ab<br>"


def test_attributes_lose_their_underscores() -> None:
    assert (
        element("td", "x", class_="bar", aria_hidden="true", id=None)
        == '<td class="bar" aria-hidden="true">x</td>'
    )


def test_a_drawn_element_is_closed() -> None:
    assert element("rect", x=1) == '<rect x="1"></rect>'
