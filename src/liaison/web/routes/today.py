"""Today: what waits for this person, in one look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import msgspec
from litestar import Response

from liaison.assistance.clocks import Stage
from liaison.assistance.reading import how_many
from liaison.holdings import retention
from liaison.model.roles import Capability
from liaison.officers import approvals, break_glass, notices
from liaison.officers.approvals import Approval
from liaison.officers.break_glass import Glass
from liaison.officers.people import names_of
from liaison.screening.bulk_orders import lists_of
from liaison.screening.history import how_many_wait
from liaison.screening.list_rules import ListState
from liaison.supply import contributions
from liaison.supply import reading as supply
from liaison.web.context import Visit
from liaison.web.routes.questions import ending_soon
from liaison.web.routing import act, look, page
from liaison.web.security import SIGNED
from liaison.web.words import KINDS, NOTICES


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as it is read. `href` is empty where it leads nowhere."""

    notice: notices.Notice
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Everything that waits for one person."""

    told: list[Told]
    to_decide: list[Approval]
    to_review: list[Glass]
    alerts: int = 0
    lists: int = 0
    ending: int = 0
    overdue: int = 0
    reviews: int = 0
    doubt: bool = False
    requests: int = 0
    requests_near: int = 0
    requests_late: int = 0
    permissions: int = 0
    unconfirmed: int = 0
    intake: int = 0

    @property
    def nothing(self) -> bool:
        """Whether the desk is clear."""
        lists = self.told or self.to_decide or self.to_review
        work = self.alerts or self.lists or self.ending or self.requests
        work = work or self.permissions or self.unconfirmed or self.intake
        return not (lists or work or self.overdue or self.reviews or self.doubt)


class Waits(msgspec.Struct, frozen=True):
    """How much waits for the person behind a token."""

    notices: int
    approvals: int
    reviews: int
    alerts: int
    lists: int
    questions_ending: int
    retention: int
    requests: int
    requests_late: int
    permissions: int
    unconfirmed: int
    intake: int


@page("/", audience=SIGNED)
def today(visit: Visit) -> Response[str]:
    """What waits for whoever is signed in."""
    waiting = waiting_for(visit)
    names = _names(visit, waiting)
    return visit.page(
        "pages/today.html",
        title=visit.say("Today"),
        active="today",
        waiting=waiting,
        names=names,
        kinds=KINDS,
        works=visit.may(Capability.CHECK),
    )


@act("/notices/{notice_id:str}/read", audience=SIGNED)
def read_notice(visit: Visit, notice_id: str) -> Response[Any]:
    """Mark a notice as read."""
    notices.read(visit.office, visit.actor, notice_id)
    return visit.go("/", "read")


@look("/today", audience=SIGNED, tags=["today"])
def api_today(visit: Visit) -> Waits:
    """How much waits for the person whose token it is."""
    waiting = waiting_for(visit)
    return Waits(
        notices=len(waiting.told),
        approvals=len(waiting.to_decide),
        reviews=len(waiting.to_review),
        alerts=waiting.alerts,
        lists=waiting.lists,
        questions_ending=waiting.ending,
        retention=waiting.overdue + waiting.reviews,
        requests=waiting.requests,
        requests_late=waiting.requests_late,
        permissions=waiting.permissions,
        unconfirmed=waiting.unconfirmed,
        intake=waiting.intake,
    )


def waiting_for(visit: Visit) -> Waiting:
    """Notices, requests and reviews that wait for this person."""
    office, actor = visit.office, visit.actor
    told = [_told(visit, notice) for notice in notices.waiting(office, actor)]
    waiting = Waiting(told, approvals.to_decide(office, actor), break_glass.to_review(office, actor))
    return replace(waiting, **_work(visit), **_retention(visit))


def _work(visit: Visit) -> dict[str, Any]:
    """What waits of checking: alerts, lists under way, standing questions of one's own that end soon."""
    office, actor = visit.office, visit.actor
    counts: dict[str, int] = {}
    if visit.may(Capability.CHECK, Capability.SUPERVISE):
        counts["alerts"] = how_many_wait(office, actor)
    if visit.may(Capability.CHECK_BULK):
        open_ = (ListState.WAITING, ListState.RUNNING)
        counts["lists"] = sum(one.state in open_ for one in lists_of(office, actor))
    if visit.may(Capability.STANDING_QUESTION):
        counts["ending"] = ending_soon(visit)
    return counts | _requests(visit) | _supply(visit)


def _requests(visit: Visit) -> dict[str, int]:
    """Partners' requests that are open, those whose end is near, and those that are late."""
    if not visit.may(Capability.ANSWER_PARTNER, Capability.SUPERVISE):
        return {}
    by_stage = how_many(visit.office, visit.actor)
    near = by_stage[Stage.OFFICER] + by_stage[Stage.SUPERVISOR]
    total = sum(by_stage.values())
    return {"requests": total, "requests_near": near, "requests_late": by_stage[Stage.OVERDUE]}


def _supply(visit: Visit) -> dict[str, int]:
    """Permissions that wait for a supervisor, what partners' programs sent in, recalls that nobody confirmed."""
    office, actor = visit.office, visit.actor
    counts: dict[str, int] = {}
    if visit.may(Capability.GRANT):
        asked = supply.permissions(office, actor, out=False, waiting=True, most=supply.MOST)
        counts["permissions"] = len(asked.entries)
    if visit.may(Capability.RECALL, Capability.GRANT):
        counts["unconfirmed"] = supply.unanswered(office)
    if visit.may(Capability.ANSWER_PARTNER):
        counts["intake"] = len(contributions.waiting(office, actor))
    return counts


def _retention(visit: Visit) -> dict[str, Any]:
    """What waits for whoever answers for retention."""
    if not visit.may(Capability.ERASE):
        return {}
    due = retention.due(visit.office)
    doubt = retention.last_doubt(visit.office) is not None
    return {"overdue": due.overdue, "reviews": due.reviews, "doubt": doubt}


def _told(visit: Visit, notice: notices.Notice) -> Told:
    text, href = NOTICES.get(notice.kind, (notice.kind.replace("-", " ").capitalize(), ""))
    return Told(notice, visit.say(text), href.replace("{id}", notice.object))


def _names(visit: Visit, waiting: Waiting) -> dict[str, str]:
    people = {each.asked_by for each in waiting.to_decide} | {each.person for each in waiting.to_review}
    return names_of(visit.office, people) if people else {}


ROUTES = (today, read_notice, api_today)
