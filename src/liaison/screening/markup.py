"""HTML from nested calls: whatever is not already markup is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable

VOID = frozenset({"meta", "br", "col"})


class Markup(str):
    """Text that is HTML already."""


Child = str | Iterable[str] | None


def element(tag: str, *children: Child, **attributes: str | int | float | None) -> Markup:
    """An element. `class_` loses its underscore, other underscores become hyphens; None leaves an attribute out."""
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in VOID:
        return Markup(f"<{tag}{given}>")
    return Markup(f"<{tag}{given}>{joined(*children)}</{tag}>")


def joined(*children: Child) -> Markup:
    """The children one after another, each escaped unless it is markup."""
    return Markup("".join(_flat(child) for child in children))


def _flat(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return html.escape(child)
    return "".join(_flat(part) for part in child)
