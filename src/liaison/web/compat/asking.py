"""A question by a tool: the grounds from its headers, one check of the desk, candidates as probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request

from liaison.holdings.countries import two_letters
from liaison.matching.dates import BIT
from liaison.model.errors import LiaisonError, NotFound
from liaison.model.subjects import AnySubject
from liaison.screening.alerting import Alert
from liaison.screening.content import Content
from liaison.screening.desk import Question
from liaison.web.compat.entities import probability
from liaison.web.context import Visit
from liaison.web.desk import check

HEADER = "Liaison-Grounds"
GENDERS = {"M": "male", "F": "female", "X": "other"}


class NoGrounds(LiaisonError):
    """A tool asked without saying why."""

    status = 403
    title = "The question has no grounds"
    hint = (
        f"send the header {HEADER} with the id of grounds that you gave in a case of yours; "
        "the page of the case, and GET /api/v1/cases/CASE/grounds, show it"
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be the one asked about, with the chance that it is, 0 to 1."""

    alert: Alert
    content: Content
    score: float


def grounds_of(request: Request[Any, Any, Any]) -> str:
    """The id of the grounds that a question rests on. Raises NoGrounds."""
    grounds = request.headers.get(HEADER, "").strip()
    if not grounds or len(grounds) > 80:
        raise NoGrounds(f"it is not said why this is asked: there is no header {HEADER}")
    return grounds


def lists_of(visit: Visit, dataset: str, more: Sequence[str], without: Sequence[str]) -> tuple[str, ...]:
    """The lists that datasets name; none for all of them. Raises NotFound for a dataset that there is not."""
    known = visit.node.live.index.lists
    asked = [name for name in (dataset, *more) if name != "default"]
    if any(name not in known for name in (*asked, *without)):
        raise NotFound
    if not asked and not without:
        return ()
    kept = tuple(name for name in (asked or known) if name not in set(without))
    if not kept:
        raise NotFound
    return kept


def candidates(
    visit: Visit, subject: AnySubject, grounds: str, lists: tuple[str, ...], most: int
) -> tuple[list[Candidate], int]:
    """Candidates, likeliest first, and how many more there are. Each call is one check, on the ledger and in the case.

    Raises NoGrounds for grounds that are not the person's own, and what a check raises.
    """
    question = Question(subject, grounds, lists=lists, most=most)
    try:
        answer = check(visit, question)
    except NotFound:
        raise NoGrounds(f"the grounds in the header {HEADER} are none of yours") from None
    records = len(visit.node.live.index)
    found = [
        Candidate(alert, alert.content, probability(alert.score, records))
        for alert in answer.alerts
        if alert.content
    ]
    return found, answer.withheld


def properties_of(content: Content) -> dict[str, list[str]]:
    """What an alert says of the record, as properties of FollowTheMoney."""
    held = content.record
    told = {
        "name": [held.name],
        "birthDate": held.born.split(" or ") if held.born else [],
        "gender": [GENDERS.get(held.sex, "")],
        "nationality": [two_letters(held.nationality)] if held.nationality else [],
    }
    kept = {name: [value for value in values if value] for name, values in told.items()}
    return {name: values for name, values in kept.items() if values}


def weight(worth: int) -> float:
    """A reason's bits."""
    return worth / BIT
