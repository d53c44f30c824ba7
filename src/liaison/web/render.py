"""Templates to HTML: everything is escaped, every variable must be there, one environment for each language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from liaison.web.filters import Writing
from liaison.web.language import LANGUAGES, SOURCE, later, translations

STATIC = Path(__file__).parent / "static"
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class NodeSign:
    """What every page says of the node it comes from."""

    name: str
    agency: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """The officer a page is drawn for. `roles` are in the reader's language."""

    name: str
    unit: str = ""
    roles: tuple[str, ...] = ()

    @property
    def initials(self) -> str:
        """The first letters of the first and the last name."""
        words = [word for word in self.name.split() if word[0].isalpha()]
        return "".join(word[0].upper() for word in dict.fromkeys(words[:1] + words[-1:]))


@dataclass(frozen=True, slots=True)
class Notice:
    """A message at the top of a page. `kind`: info, good, warn or bad."""

    text: str
    kind: str = "info"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the navigation; `letter` follows g on the keyboard, `count` is what waits there."""

    key: str
    label: str
    href: str
    icon: str
    letter: str = ""
    apart: bool = False
    count: int = 0


PLACES = (
    Place("today", later("Today"), "/", "today", "t"),
    Place("check", later("Check"), "/check", "check", "c"),
    Place("documents", later("Documents"), "/documents", "passport", "d"),
    Place("checkpoint", later("Checkpoint"), "/checkpoint/", "barrier", "b"),
    Place("flights", later("Flights"), "/flights", "plane", "f"),
    Place("cameras", later("Cameras"), "/cameras", "camera", "k"),
    Place("sensors", later("Drones and boats"), "/sensors", "drone", "w"),
    Place("in-need", later("People in need"), "/in-need", "lifebelt", "j"),
    Place("alerts", later("Alerts"), "/alerts", "alert", "a"),
    Place("map", later("Map"), "/map", "map", "m"),
    Place("questions", later("Standing questions"), "/questions", "questions", "q"),
    Place("cases", later("Cases"), "/cases", "cases", "s"),
    Place("holdings", later("Holdings"), "/holdings", "holdings", "h"),
    Place("requests", later("Requests"), "/requests", "inbox", "i"),
    Place("crosschecks", later("Cross-checks"), "/crosschecks", "overlap", "o"),
    Place("exchanged", later("Exchanged records"), "/received", "document", "x"),
    Place("partners", later("Partners"), "/partners", "link", "n"),
    Place("protected", later("Protected persons"), "/protected", "eye", "r"),
    Place("approvals", later("Approvals"), "/approvals", "shield", "v"),
    Place("ledger", later("Ledger"), "/ledger", "ledger", "l", apart=True),
    Place("people", later("People"), "/people", "people", "p"),
    Place("settings", later("Settings"), "/settings", "settings", "e"),
)


def navigation(allowed: Iterable[str], waiting: Mapping[str, int] | None = None) -> tuple[Place, ...]:
    """The places whose keys are allowed, in their order, each with how much waits there."""
    keys, counts = set(allowed), waiting or {}
    return tuple(replace(place, count=counts.get(place.key, 0)) for place in PLACES if place.key in keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the layouts need to know. `errors` are (message, id of the field), `crumbs` are (label, address)."""

    title: str
    node: NodeSign
    active: str = ""
    officer: Reader | None = None
    language: str = SOURCE
    theme: str = "auto"
    zone: str = "UTC"
    shortcuts: bool = True
    demonstration: bool = False
    warnings: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    navigation: tuple[Place, ...] = ()
    crumbs: tuple[tuple[str, str], ...] = ()
    errors: tuple[tuple[str, str], ...] = ()


@cache
def environment(language: str = SOURCE) -> Environment:
    """The environment whose templates speak this language; English for one that there is not."""
    made = Environment(
        loader=PackageLoader("liaison.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    messages = translations(language)
    made.install_gettext_translations(messages, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"static": static, "noted": noted, "languages": tuple(LANGUAGES.items())}
    made.filters |= Writing(language, messages).filters()
    return made


def render(template: str, page: Page, **context: Any) -> str:
    """The HTML of a template. Raises UndefinedError where the template asks for what it was not given."""
    return environment(page.language).get_template(template).render(page=page, **context)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form as a page draws it: its label, whether it has to be filled in, and the sentence that asks for
    it where it is empty; none where the usual one does."""

    label: str
    required: bool
    needed: str = ""


_DRAWN: ContextVar[dict[str, Field] | None] = ContextVar("drawn", default=None)


def noted(name: str, label: str, required: bool, needed: str = "") -> str:
    """Called by the macros that draw fields; nothing is drawn by it."""
    drawn = _DRAWN.get()
    if drawn is not None:
        drawn.setdefault(name, Field(str(label), bool(required), str(needed)))
    return ""


def fields_of(template: str, page: Page, **context: Any) -> dict[str, Field]:
    """The fields that a template draws, by their names, in the order of the page."""
    drawn: dict[str, Field] = {}
    token = _DRAWN.set(drawn)
    try:
        render(template, page, **context)
    finally:
        _DRAWN.reset(token)
    return drawn


@cache
def static(name: str) -> str:
    """The address of a static file, with a part of its digest, so that a browser may keep it for ever.

    Raises OSError for a file that there is not.
    """
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"
