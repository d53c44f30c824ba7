"""One person and one date as an officer types them: what cannot be read is refused, with the field."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from liaison.holdings import dates
from liaison.holdings.findings import Findings
from liaison.holdings.gathering import Draft, Gathering
from liaison.holdings.words import tidy
from liaison.matching.columns import People
from liaison.model.errors import BadInput

HINTS = {
    "name": "give a name, or a document number",
    "born": "write it as 1984-02-03, 1984-02 or 1984",
    "sex": "write M, F or X",
    "nationality": "write ISO 3166 alpha-3, as ALB",
}


def read_person(
    name: str, *, born: str = "", sex: str = "", nationality: str = "", documents: Sequence[str] = ()
) -> People:
    """The one person, with the id `1` in the list `asked`. `Gashi, Ana` tells the surname from the given name.

    Raises BadInput with the field for a value that cannot be read.
    """
    findings = Findings("")
    gathering = Gathering(findings, datetime.now(UTC).year)
    surname, comma, given = name.partition(",")
    parts = (given, surname, "") if comma and given.strip() and "," not in given else ("", "", name)
    gathering.add(Draft(1, "1", [parts], [born], sex, [nationality], list(documents)))
    for bad in findings.bad_rows:
        if bad.field in ("born", "sex", "nationality"):
            raise BadInput(_first(bad.reason), field=bad.field, hint=HINTS[bad.field])
    if not gathering.ids:
        raise BadInput("no usable name", field="name", hint=HINTS["name"])
    return gathering.people("asked")


def read_date(text: str) -> tuple[int, int]:
    """The dob_code of a date and of its other reading, each 0 for none. Raises BadInput for what is no date."""
    try:
        return dates.both(dates.readings(tidy(text), datetime.now(UTC).year), dates.Order.NOTHING)
    except ValueError as error:
        raise BadInput(_first(str(error)), field="born", hint=HINTS["born"]) from error


def _first(reason: str) -> str:
    return reason.removesuffix("; the row goes on without it")
