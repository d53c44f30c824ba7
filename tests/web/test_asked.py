"""Whom or what a question is about, as pages show it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, get_args

import pytest

from liaison.model.identifiers import DocumentNumber, Plate
from liaison.model.subjects import AnySubject, Document, Vehicle
from liaison.web.asked import SUBJECTS, asked_rows

VISIT: Any = SimpleNamespace(say=str)


@pytest.mark.parametrize(
    ("subject", "row"),
    [
        (Vehicle(plate=Plate("AB 207 KO")), ("Vehicle", "AB207KO")),
        (Document(number=DocumentNumber("BA1234567")), ("Document", "BA1234567")),
    ],
)
def test_what_was_asked_about_is_called_what_it_is(subject: AnySubject, row: tuple[str, str]) -> None:
    assert asked_rows(VISIT, subject) == [row]


def test_each_kind_of_subject_has_a_name() -> None:
    assert {kind.__struct_config__.tag for kind in get_args(AnySubject)} == set(SUBJECTS)
