"""The three agencies of the demonstration: each line of what is made stands with the agency it is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from liaison.demo import federation
from liaison.demo.agency import CENTRE, PROSECUTOR


def test_a_list_is_told_with_the_agency_that_imports_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(federation, "HOUSES", ())  # nobody is paired: that is told elsewhere
    monkeypatch.setattr(federation, "_name_contacts", lambda members: None)
    said: list[str] = []
    federation.make_partners(tmp_path, 300, 1, said.append)
    whose = {line.split(": made in")[0]: at for at, line in enumerate(said) if ": made in" in line}
    lists = [(at, line) for at, line in enumerate(said) if line.startswith("Wanted persons: ")]
    assert list(whose) == [PROSECUTOR.agency, CENTRE.agency]
    (first, of_prosecutor), (second, of_centre) = lists
    assert whose[PROSECUTOR.agency] < first < whose[CENTRE.agency] < second
    assert of_prosecutor != of_centre
