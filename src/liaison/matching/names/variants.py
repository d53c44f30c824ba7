"""Given names in their variants: which forms are names of one saint, prophet or hero, or short for one.

A *group* holds the forms of one name across languages. A form may stand in several groups. `variants.tsv` is our own
compilation; `short_names.tsv` is made by bench/short_names.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files


@cache
def table() -> dict[str, tuple[int, ...]]:
    """The groups of every form that has any, numbered from 0."""
    groups: dict[str, list[int]] = {}
    for number, row in enumerate(_rows()):
        for form in dict.fromkeys(row.split()):
            groups.setdefault(form, []).append(number)
    return {form: tuple(numbers) for form, numbers in groups.items()}


def _rows() -> Iterator[str]:
    for name in ("variants.tsv", "short_names.tsv"):
        rows = (files(__package__) / name).read_text("ascii").splitlines()
        yield from (row for row in rows if row and not row.startswith("#"))


def groups(form: str) -> tuple[int, ...]:
    """The numbers of the groups that a form belongs to, in order; empty for most."""
    return table().get(form, ())
