"""Requests between agencies over the API: both boxes, one request, drafting and sending it, and answering one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec

from liaison.assistance import answering, changing, clarifying, drafting, reading, sending, triage
from liaison.assistance.answering import Reply
from liaison.assistance.content import FoundHit
from liaison.assistance.messages import Access
from liaison.assistance.reading import Line, SubjectLine
from liaison.assistance.rules import Side, State, SubjectState
from liaison.matching.dates import BIT
from liaison.model.roles import Capability
from liaison.web.alerts import ReasonOut, SideOut, side_out
from liaison.web.compat.entities import caption_of
from liaison.web.context import Visit
from liaison.web.drafts import NewRequest, Words, draft_sent
from liaison.web.paging import Cursor, Limit, Listed
from liaison.web.requested import ANSWERERS, ANSWERS, ASKS, READS, box, send
from liaison.web.routing import call, look

Numbers = Annotated[list[int], msgspec.Meta(max_length=500, description="Places; none: all")]
Short = Annotated[str, msgspec.Meta(max_length=200)]


class RequestOut(msgspec.Struct, frozen=True, kw_only=True):
    """A request in a list. `side` is "asked" for one of ours. `due` is when its first open answer is due."""

    id: str
    side: Side
    partner: str
    exchange: str
    state: State
    urgent: bool
    purpose: str
    offence: str
    instrument: str
    case: str
    subjects: int
    open: int
    hits: int
    made: datetime
    received: datetime | None
    due: datetime | None
    stage: str


class OneRequestOut(RequestOut, frozen=True, kw_only=True):
    """One request: besides, its subjects by state and by how they are reached, and the approval it waits for."""

    reference: str
    counts: dict[str, int]
    reached: dict[str, int]
    approval: str
    outcome: str


class SubjectOut(msgspec.Struct, frozen=True, kw_only=True):
    """One subject of a request. `items` are what was supplied on it."""

    number: int
    name: str
    reference: str
    state: SubjectState
    access: str
    hits: int
    ground: str
    answered: datetime | None
    items: tuple[str, ...]


class HitOut(msgspec.Struct, frozen=True, kw_only=True):
    """A record that may be the subject: a lead for a person. `score` is in bits and the sum of `reasons`."""

    holding: str
    score: float
    subject: SideOut
    record: SideOut
    reasons: tuple[ReasonOut, ...]


class LookedOut(msgspec.Struct, frozen=True, kw_only=True):
    """One subject with what is held that may be it."""

    subject: SubjectOut
    hits: tuple[HitOut, ...]
    more: int
    kept_back: int


class People(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subjects to add: a table with its header, or a person on each line."""

    text: Annotated[str, msgspec.Meta(max_length=64 << 20)]
    name: Short = "pasted list"


class BadOut(msgspec.Struct, frozen=True):
    """A row, or a field of it, that could not be used; row 0 is the whole list."""

    row: int
    field: str
    reason: str


class AddedOut(msgspec.Struct, frozen=True):
    """What became of a list."""

    subjects: int
    bad_rows: int
    bad: tuple[BadOut, ...]
    notes: tuple[str, ...]


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether another's request may go, and why."""

    approve: bool
    reason: Words


class Looking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody looks, in their own words."""

    reason: Words


class Some(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Some subjects by their places; none: all to which it applies."""

    numbers: Numbers = []


class Sorting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How subjects are reached; no numbers: all that were not sorted."""

    access: Access
    numbers: Numbers = []


class Refusing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The coded ground on which subjects are refused; no numbers: all that are open."""

    ground: Short
    numbers: Numbers = []


class Answering(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The records with which a subject is answered, and why they are taken to be it."""

    holdings: Annotated[list[Short], msgspec.Meta(min_length=1, max_length=50)]
    justification: Words
    basis: Short = "agreement"
    whole: bool = True
    authority: Short = ""


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question back; no numbers: about the whole request."""

    question: Words
    numbers: Numbers = []
    pauses: bool = True


class Withdrawing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why nothing more is asked; no numbers: about nobody any more."""

    reason: Words
    numbers: Numbers = []


class Closing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a request led to, by its code, on grounds of one's own."""

    outcome: Short
    grounds: Short


class Count(msgspec.Struct, frozen=True):
    """How many subjects were changed."""

    subjects: int


class WithheldOut(msgspec.Struct, frozen=True):
    """A record that the law keeps back, with every reason."""

    holding: str
    reasons: tuple[str, ...]


class RepliedOut(msgspec.Struct, frozen=True):
    """What became of an answer."""

    result: str
    withheld: tuple[WithheldOut, ...]


@look("/requests", audience=READS, tags=["requests"])
def api_requests(
    visit: Visit, side: Side = Side.RECEIVED, over: bool = False, cursor: Cursor = "", limit: Limit = 50
) -> Listed[RequestOut]:
    """The requests that were received, or with `side=asked` one's own, those that are due first on top."""
    found = box(visit, side, over=over, after=cursor, most=limit)
    return Listed([_out(line) for line in found.lines], found.next)


@call("/requests", audience=ASKS, tags=["requests"], status=201)
def api_draft(visit: Visit, data: NewRequest) -> OneRequestOut:
    """Draft a request."""
    return _one(visit, drafting.draft(visit.office, visit.actor, draft_sent(data)))


@look("/requests/{request_id:str}", audience=READS, tags=["requests"])
def api_request(visit: Visit, request_id: str) -> OneRequestOut:
    """One request."""
    return _one(visit, request_id)


@look("/requests/{request_id:str}/subjects", audience=READS, tags=["requests"])
def api_subjects(
    visit: Visit,
    request_id: str,
    subject_state: SubjectState | None = None,
    access: Access | None = None,
    start: int = 0,
    limit: Limit = 50,
) -> Listed[SubjectOut]:
    """The subjects of a request in their order; `start` is `next` of the page before."""
    found = reading.subjects(
        visit.office,
        visit.actor,
        request_id,
        state=subject_state,
        access=access.value if access else None,
        after=max(0, min(start, 1 << 30)),
        most=limit,
    )
    return Listed([_subject(each) for each in found.subjects], str(found.next) if found.next else "")


@call("/requests/{request_id:str}/list", audience=ASKS, tags=["requests"], request_max_body_size=None)
def api_add_list(visit: Visit, request_id: str, data: People) -> AddedOut:
    """Add the people of a list to a draft; sent again after an interruption, it goes on where it stopped."""
    done = drafting.add_list(visit.office, visit.actor, request_id, data.text, data.name)
    bad = tuple(BadOut(each.row, each.field, each.reason) for each in done.bad)
    return AddedOut(done.subjects, done.bad_rows, bad, done.notes)


@call("/requests/{request_id:str}/submit", audience=ASKS, tags=["requests"])
def api_submit(visit: Visit, request_id: str) -> OneRequestOut:
    """Put a draft to another person."""
    sending.submit(visit.office, visit.actor, request_id)
    return _one(visit, request_id)


@call("/requests/{request_id:str}/decision", audience=Capability.APPROVE, tags=["requests"])
def api_authorise(visit: Visit, request_id: str, data: Decision) -> Decision:
    """Authorise another person's request, or decline it."""
    sending.authorise(visit.office, visit.actor, request_id, data.approve, data.reason)
    return data


@call("/requests/{request_id:str}/send", audience=ASKS, tags=["requests"])
def api_send(visit: Visit, request_id: str) -> OneRequestOut:
    """Send a request that was authorised."""
    send(visit, reading.request_view(visit.office, visit.actor, request_id))
    return _one(visit, request_id)


@call("/requests/{request_id:str}/withdraw", audience=ASKS, tags=["requests"])
def api_withdraw(visit: Visit, request_id: str, data: Withdrawing) -> OneRequestOut:
    """Ask no longer."""
    numbers = tuple(data.numbers)
    changing.withdraw(visit.office, visit.node.means, visit.actor, request_id, data.reason, numbers)
    return _one(visit, request_id)


@call("/requests/{request_id:str}/close", audience=ASKS, tags=["requests"])
def api_close(visit: Visit, request_id: str, data: Closing) -> OneRequestOut:
    """Close a request that was answered, and tell the other side what it led to."""
    changing.close(visit.office, visit.node.means, visit.actor, request_id, data.outcome, data.grounds)
    return _one(visit, request_id)


@call("/requests/{request_id:str}/sort", audience=ANSWERS, tags=["requests"])
def api_sort(visit: Visit, request_id: str, data: Sorting) -> Count:
    """Say how subjects are reached; the clock follows, and the other side is told."""
    done = triage.sort(
        visit.office, visit.node.means, visit.actor, request_id, data.access, data.numbers or None
    )
    return Count(done)


@call("/requests/{request_id:str}/nothing", audience=ANSWERS, tags=["requests"])
def api_nothing(visit: Visit, request_id: str, data: Some) -> Count:
    """Confirm "nothing held" for subjects of whom nothing was found."""
    numbers = data.numbers or None
    return Count(answering.confirm_nothing(visit.office, visit.node.means, visit.actor, request_id, numbers))


@call("/requests/{request_id:str}/refuse", audience=ANSWERS, tags=["requests"])
def api_refuse(visit: Visit, request_id: str, data: Refusing) -> Count:
    """Refuse subjects by a coded ground."""
    numbers = data.numbers or None
    return Count(
        answering.refuse(visit.office, visit.node.means, visit.actor, request_id, data.ground, numbers)
    )


@call("/requests/{request_id:str}/questions", audience=ANSWERS, tags=["requests"])
def api_clarify(visit: Visit, request_id: str, data: Asking) -> OneRequestOut:
    """Ask the other side about its request; the clock stands still where its instrument lets it."""
    clarifying.ask(
        visit.office,
        visit.node.means,
        visit.actor,
        request_id,
        data.question,
        pauses=data.pauses,
        subjects=tuple(data.numbers),
    )
    return _one(visit, request_id)


@call("/requests/{request_id:str}/subjects/{number:int}/look", audience=ANSWERERS, tags=["requests"])
def api_look(visit: Visit, request_id: str, number: int, data: Looking) -> LookedOut:
    """One subject with what is held that may be it; the look is recorded with its reason."""
    seen = reading.subject_view(visit.office, visit.actor, request_id, number, data.reason)
    return LookedOut(
        subject=_subject(seen.line),
        hits=tuple(_hit(each) for each in seen.hits),
        more=seen.more,
        kept_back=seen.kept_back,
    )


@call("/requests/{request_id:str}/subjects/{number:int}/answer", audience=ANSWERS, tags=["requests"])
def api_answer(visit: Visit, request_id: str, number: int, data: Answering) -> RepliedOut:
    """Answer one subject with records; what the law keeps back makes the answer partial."""
    reply = Reply(
        tuple(dict.fromkeys(data.holdings)),
        data.justification,
        basis=data.basis,
        whole=data.whole,
        authority=data.authority,
    )
    done = answering.answer(visit.office, visit.node.means, visit.actor, request_id, number, reply)
    withheld = tuple(WithheldOut(each.holding, each.reasons) for each in done.withheld)
    return RepliedOut(done.result.value, withheld)


@call("/requests/{request_id:str}/subjects/{number:int}/nothing", audience=ANSWERS, tags=["requests"])
def api_nothing_after_all(visit: Visit, request_id: str, number: int, data: Looking) -> Count:
    """Answer that nothing is held of a subject with hits: none of them is the subject."""
    answering.nothing_after_all(visit.office, visit.node.means, visit.actor, request_id, number, data.reason)
    return Count(1)


def _one(visit: Visit, request: str) -> OneRequestOut:
    seen = reading.request_view(visit.office, visit.actor, request)
    return OneRequestOut(
        **_fields(seen.line),
        reference=seen.text.reference,
        counts={state.value: count for state, count in seen.counts.items()},
        reached=seen.reached,
        approval=seen.approval,
        outcome=seen.outcome,
    )


def _out(line: Line) -> RequestOut:
    return RequestOut(**_fields(line))


def _fields(line: Line) -> dict[str, Any]:
    return {name: getattr(line, name) for name in RequestOut.__struct_fields__ if name != "stage"} | {
        "stage": line.stage.value
    }


def _subject(line: SubjectLine) -> SubjectOut:
    return SubjectOut(
        number=line.number,
        name=caption_of(line.entry.subject),
        reference=line.entry.reference,
        state=line.state,
        access=line.access,
        hits=line.hits,
        ground=line.ground,
        answered=line.answered,
        items=line.items,
    )


def _hit(hit: FoundHit) -> HitOut:
    return HitOut(
        holding=hit.holding,
        score=hit.score / BIT,
        subject=side_out(hit.subject),
        record=side_out(hit.record),
        reasons=tuple(ReasonOut(why.kind, why.words, why.worth / BIT) for why in hit.reasons),
    )


ROUTES = (
    api_requests,
    api_draft,
    api_request,
    api_subjects,
    api_add_list,
    api_submit,
    api_authorise,
    api_send,
    api_withdraw,
    api_close,
    api_sort,
    api_nothing,
    api_refuse,
    api_clarify,
    api_look,
    api_answer,
    api_nothing_after_all,
)
