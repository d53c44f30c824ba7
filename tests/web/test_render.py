"""Templates: everything escaped, nothing missing, nothing that the content security policy would refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from liaison.web.language import LANGUAGES
from liaison.web.render import (
    PLACES,
    STATIC,
    THEMES,
    NodeSign,
    Notice,
    Page,
    Reader,
    environment,
    navigation,
    render,
    static,
)

HOSTILE = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>{{ 7*7 }}"
NODE = NodeSign(HOSTILE, HOSTILE, HOSTILE)
OFFICER = Reader(HOSTILE, HOSTILE, (HOSTILE,))
PAGE = Page(
    title=HOSTILE,
    node=NODE,
    officer=OFFICER,
    active="check",
    demonstration=True,
    warnings=(HOSTILE,),
    notices=(Notice(HOSTILE, "bad", HOSTILE),),
    navigation=navigation((place.key for place in PLACES), {"alerts": 12}),
    crumbs=((HOSTILE, "/"), (HOSTILE, "")),
    errors=((HOSTILE, "name"), (HOSTILE, "")),
)
FAULT = SimpleNamespace(
    status=403, message=HOSTILE, hint=HOSTILE, reference=HOSTILE, reasons=[(HOSTILE, HOSTILE, HOSTILE)]
)
VOID = {"meta", "link", "input", "img", "br", "line", "rect", "path", "circle"}


class Document(HTMLParser):
    """What a browser would make of a page: elements, attributes, ids, and whether all is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.strays: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.strays.append(tag)

    def values(self, attribute: str) -> list[str]:
        """Every value of an attribute, in the order of the page."""
        return [given[attribute] or "" for _, given in self.elements if attribute in given]


def macro(name: str, call: str, **context: object) -> str:
    """What a macro of a file draws."""
    source = f'{{% import "macros/{name}.html" as m %}}{{{{ m.{call} }}}}'
    return environment().from_string(source).render(**context)


CALLS = {
    "form": [
        "input('n', x, x, x, x, prefix=x, suffix=x, attributes={'data-x': x})",
        "password('n', x, x, x)",
        "textarea('n', x, x, x, x, limit=20)",
        "textarea('n', x, x, x, x)",
        "select('n', x, [(x, x)], x, x, x, x)",
        "radios('n', x, [(x, x, x)], x, x, x)",
        "checkboxes('n', x, [(x, x, x)], [x], x, x)",
        "checkbox('n', x, true, x, x, x)",
        "date('n', x, (x, x, x), x, x)",
        "file('n', x, x, x, limit=3)",
        "hidden('n', x)",
        "button(x, name='n', value=x, icon='check')",
        "button(x, href=x)",
        "error_summary([(x, 'n'), (x, '')], x)",
        "confirm('/x', x, x, x, hidden_fields={'a': x})",
    ],
    "show": [
        "tag(x, title=x)",
        "category(x)",
        "handling(('H0', 'H3', x), x)",
        "grade(x)",
        "score(3.2)",
        "ident(x, copy=true)",
        "key(x)",
        "summary([(x, x), (x, x, (x, x))], x)",
        "table(x, [x, (x, 'number')], [[x, x]], sortable=true, row_headers=true)",
        "table(x, [x], [], empty=x)",
        "nothing(x, x)",
        "card(x, x, x, 3)",
        "notice(x, 'bad', x)",
        "warning(x)",
        "steps([(x, 'done'), (x, 'now'), (x, 'later')])",
        "pagination(5, 20, x ~ '{page}')",
        "older_newer(x, x)",
        "subnav([(x, x, true)], x)",
        "figures([(3, x), (x, x)])",
        "meter(1, 2, x)",
    ],
    "record": [
        "pair([(x, x, x, 'same'), (x, '', x, 'missing'), (x, x, x, '')], x, x, x)",
        "reasons([(x, 3.0), (x, -2.0)], 1.0, x)",
        "alert(x, x, 12.0, [(x, x, x, 'close')], [(x, 12.0)], [(x, 'warn')], ('H1',), 1, x)",
        "instruction('call', x, x)",
        "refusal([(x, x, x)], x)",
        "grounds([(x, x)], x)",
    ],
}
DRAWN = [(name, call) for name, calls in CALLS.items() for call in calls]


def pages() -> Iterator[str]:
    """The layouts and the error page, signed in and not."""
    for officer in (OFFICER, None):
        page = Page(title=HOSTILE, node=NODE, officer=officer, navigation=PAGE.navigation)
        yield render("error.html", page, error=FAULT)
    yield render("shell.html", PAGE)
    yield render("plain.html", PAGE)


@pytest.mark.parametrize(("name", "call"), DRAWN)
def test_no_macro_lets_markup_through(name: str, call: str) -> None:
    drawn = macro(name, call, x=HOSTILE)
    document = Document(drawn)
    assert not {"img", "script"} & {tag for tag, _ in document.elements}
    assert "49" not in drawn
    assert (document.open, document.strays) == ([], [])


@pytest.mark.parametrize(("name", "call"), DRAWN)
def test_no_macro_carries_style_or_script_in_line(name: str, call: str) -> None:
    for tag, given_ in Document(macro(name, call, x="plain")).elements:
        assert tag not in ("style", "script")
        assert not [attribute for attribute in given_ if attribute == "style" or attribute.startswith("on")]


def test_no_layout_lets_markup_through() -> None:
    for text in pages():
        document = Document(text)
        assert "img" not in {tag for tag, _ in document.elements}
        assert (document.open, document.strays) == ([], [])
        scripts = [given_ for tag, given_ in document.elements if tag == "script"]
        assert all(str(given_.get("src")).startswith("/static/") for given_ in scripts)
        assert not document.values("style")


def test_ids_are_said_once_and_what_is_referred_to_is_there() -> None:
    for text in pages():
        document = Document(text)
        ids = document.values("id")
        assert len(ids) == len(set(ids))
        wanted = " ".join(document.values("popovertarget") + document.values("for")).split()
        assert set(wanted) <= set(ids)


@given(st.text())
def test_any_text_in_a_field_comes_back_as_it_was_typed(text: str) -> None:
    typed = text.replace("\r", "").replace("\0", "")
    fields = Document(macro("form", "input('n', 'N', x)", x=typed)).values("value")
    assert fields == [typed]


def test_a_variable_that_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ absent }}").render()
    with pytest.raises(UndefinedError):
        render("error.html", PAGE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_layout_is_drawn_in_every_language(language: str) -> None:
    page = Page(title="x", node=NodeSign("n"), officer=Reader("A B"), language=language)
    text = render("shell.html", page)
    assert f'<html lang="{language}"' in text


def test_the_shell_speaks_the_language() -> None:
    page = Page(title="x", node=NodeSign("n"), officer=Reader("A B"), language="fr")
    assert "Aller au contenu principal" in render("shell.html", page)


@pytest.mark.parametrize("theme", THEMES)
def test_the_theme_stands_on_the_document(theme: str) -> None:
    assert f'data-theme="{theme}"' in render("plain.html", Page(title="x", node=NodeSign("n"), theme=theme))


def test_keys_can_be_turned_off() -> None:
    page = Page(
        title="x", node=NodeSign("n"), officer=Reader("A B"), shortcuts=False, navigation=PAGE.navigation
    )
    assert "data-shortcuts" not in render("shell.html", page)
    assert 'id="keys"' not in render("shell.html", page)


def test_only_allowed_places_are_in_the_navigation() -> None:
    places = navigation({"ledger", "today"}, {"ledger": 3})
    assert [(place.key, place.count) for place in places] == [("today", 0), ("ledger", 3)]


def test_letters_and_keys_of_places_are_said_once() -> None:
    for field in ("key", "letter", "href"):
        values = [getattr(place, field) for place in PLACES]
        assert len(values) == len(set(values))


def test_the_bars_of_reasons_are_as_long_as_their_bits() -> None:
    widths = [
        float(w) for w in Document(macro("record", "reasons([('a', 30), ('b', -10)], 20)")).values("width")
    ]
    bars = [width for width in widths if width != 204]
    assert bars == [150, 50, 100]


def test_every_icon_is_drawn_and_none_is_missing() -> None:
    source = environment().loader.get_source(environment(), "macros/icons.html")[0]  # type: ignore[union-attr]
    names = set(re.findall(r'name == "(\w+)"', source))
    assert {place.icon for place in PLACES} <= names
    for name in names:
        drawn = (
            environment()
            .from_string('{% from "macros/icons.html" import icon %}{{ icon(n) }}')
            .render(n=name)
        )
        assert "<path" in drawn or "<circle" in drawn


def test_what_asks_again_and_again_is_replaced_by_its_answer_and_so_comes_to_an_end() -> None:
    lines = [
        line
        for path in (STATIC.parent / "templates").rglob("*.html")
        for line in path.read_text("utf-8").splitlines()
        if 'hx-trigger="every' in line
    ]
    assert len(lines) == 9
    for line in lines:
        place = re.match(r'<div id="([a-z]+)"', line)
        assert place is not None
        assert f'hx-select="#{place[1]}" hx-swap="outerHTML"' in line
        assert "hx-target" not in line


def test_the_codes_of_handling_are_read_out_with_their_meaning_or_alone() -> None:
    made = environment().from_string('{% import "macros/show.html" as show %}{{ show.handling(codes) }}')
    shown = made.render(codes=("H0", "H9"))
    assert "(only for the crimes it was sent for)" in shown
    assert "()" not in shown
    assert 'title=""' not in shown


def test_a_static_file_is_named_with_its_digest() -> None:
    assert re.fullmatch(r"/static/liaison\.css\?v=[0-9a-f]{12}", static("liaison.css"))
    with pytest.raises(OSError, match="absent"):
        static("absent.css")


def test_both_ways_to_the_dark_theme_give_the_same_colours() -> None:
    sheet = (STATIC / "tokens.css").read_text("utf-8")
    blocks = re.findall(r'(?:not\(\[data-theme="light"\]\)|data-theme="dark"\]) \{([^}]*)\}', sheet)
    first, second = ({line.strip() for line in block.split(";") if line.strip()} for block in blocks)
    assert first == second


def test_no_style_sheet_is_too_long_to_read() -> None:
    for path in STATIC.glob("*.[cj]s*"):
        assert path.read_text("utf-8").count("\n") <= 500


@pytest.mark.parametrize(
    ("name", "initials"), [("Elira Dervishi", "ED"), ("Ana Maria de la Cruz", "AC"), ("Zog", "Z"), ("", "")]
)
def test_initials_are_of_the_first_and_the_last_name(name: str, initials: str) -> None:
    assert Reader(name).initials == initials
