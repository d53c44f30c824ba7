"""One person as somebody says it, read as a row of a list would be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from liaison.holdings.findings import Findings
from liaison.holdings.gathering import Draft, Gathering
from liaison.matching.columns import People
from liaison.model.errors import BadInput

FIELDS = {"born": "--born", "sex": "--sex", "nationality": "--nationality", "name": "--name", "": "--name"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One person who is asked about."""

    name: str
    born: str = ""
    sex: str = ""
    nationality: str = ""
    documents: tuple[str, ...] = ()


def one_person(asked: Asked) -> People:
    """The person as the engine takes people. Raises BadInput for a value that cannot be used."""
    findings = Findings("the question")
    gathering = Gathering(findings, datetime.now(UTC).year)
    gathering.add(
        Draft(
            1,
            "1",
            [("", "", asked.name)],
            [asked.born] if asked.born else [],
            asked.sex,
            [asked.nationality] if asked.nationality else [],
            list(asked.documents),
        )
    )
    for bad in findings.bad_rows:
        reason = bad.reason.removesuffix("; the row goes on without it")
        raise BadInput(f"{FIELDS[bad.field]}: {reason}", field=bad.field or "name")
    return gathering.people("asked")
