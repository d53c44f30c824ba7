"""Private cross-checks over the API: made, started, their results and receipts; and whom this node answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec

from liaison.crosscheck.asker import asking, drafting, reading, receipts
from liaison.crosscheck.asker.drafting import Order
from liaison.crosscheck.asker.reading import LegShown, Shown
from liaison.crosscheck.asker.states import LegState, SessionState
from liaison.crosscheck.holder import holding
from liaison.crosscheck.holder.epochs import EpochState
from liaison.crosscheck.holder.holding import Served
from liaison.crosscheck.likeness.grading import Strength
from liaison.crosscheck.messages import Kind, Of
from liaison.model.errors import BadInput
from liaison.model.grounds import Purpose
from liaison.screening.list_rules import table_of
from liaison.web.context import Visit
from liaison.web.crosschecked import ASKS, PLACE, READS, SERVES, name_of
from liaison.web.paging import Limit, Listed
from liaison.web.papers import Plain
from liaison.web.partnered import origin_in
from liaison.web.routes.crosscheck_one import begin
from liaison.web.routing import call, look
from liaison.web.subjects import SubjectIn, subject_of

TAGS = ["crosschecks"]
MOST_TYPED = 1_000  # subjects given one by one
Short = Annotated[str, msgspec.Meta(max_length=200)]
After = Annotated[str, msgspec.Meta(max_length=500)]


class NewCrosscheck(Plain, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whom to cross-check with which partners (origins of their nodes), on grounds of one's own.

    `text` is a table with its header, or a person on each line; `subjects` are given one by one besides. `until` is
    the end of a standing cross-check, and of no other.
    """

    grounds: Annotated[str, msgspec.Meta(max_length=80)]
    partners: Annotated[tuple[Short, ...], msgspec.Meta(min_length=1, max_length=40)]
    kind: Kind = Kind.CHECK
    title: Short = ""
    until: datetime | None = None
    text: Annotated[str, msgspec.Meta(max_length=64 << 20)] = ""
    subjects: Annotated[tuple[SubjectIn, ...], msgspec.Meta(max_length=MOST_TYPED)] = ()


class Countersigning(Plain, frozen=True, forbid_unknown_fields=True):
    """An authority's leave: its verifier key, and its signature in hex over the text of `permit`."""

    partner: Short
    vkey: Annotated[str, msgspec.Meta(max_length=400)]
    signature: Short


class LegOut(msgspec.Struct, frozen=True, kw_only=True):
    """A cross-check at one partner. `permit` is what an authority signs, where one has to and it was prepared."""

    partner: str
    state: LegState
    code: str
    points: int
    batches: int
    answered: int
    epoch: str
    left: int | None
    countersign: bool
    authority: str
    whole: str
    permit: str
    receipt: bool


class CrosscheckOut(msgspec.Struct, frozen=True, kw_only=True):
    """How a cross-check stands, and nothing of whom it is about. `approval` is what it waits for, if anything."""

    id: str
    kind: Kind
    state: SessionState
    case: str
    grounds: str
    subjects: int
    bad_rows: int
    points: int
    until: datetime | None
    made: datetime
    ended: datetime | None
    approval: str
    legs: tuple[LegOut, ...]


class BadOut(msgspec.Struct, frozen=True):
    """A row of the list, or a field of it, that could not be used; row 0 is the whole list."""

    row: int
    field: str
    reason: str


class OverlapOut(msgspec.Struct, frozen=True, kw_only=True):
    """A subject that a partner has too: a lead for a person to verify.

    `expected` overlaps as strong would come by chance among all that were asked about. `agreed` are families of match
    keys (docs/crosscheck.md). `request` is that in which the records were asked for.
    """

    number: int
    name: str
    reference: str
    partner: str
    strength: Strength
    chance: float
    expected: float
    agreed: tuple[str, ...]
    request: str


class ResultOut(msgspec.Struct, frozen=True, kw_only=True):
    """What overlaps; `without` subjects overlap with nothing at any partner who answered."""

    title: str
    overlaps: tuple[OverlapOut, ...]
    without: int
    bad: tuple[BadOut, ...]
    notes: tuple[str, ...]


class ReceiptOut(msgspec.Struct, frozen=True):
    """A receipt as both sides signed it (JWS)."""

    partner: str
    ours: str
    theirs: str


class ServedOut(msgspec.Struct, frozen=True, kw_only=True):
    """A cross-check that a partner made here, as far as this node knows of it."""

    partner: str
    session: str
    kind: Kind
    of: Of
    officer: str
    second: str
    reference: str
    purpose: Purpose
    offence: str
    until: datetime | None
    epoch: str
    points: int
    batches: int
    answered: int
    first: datetime
    last: datetime
    receipted: bool


class OneServedOut(msgspec.Struct, frozen=True, kw_only=True):
    """One of them with the digest of all its points, who countersigned, and the receipts; empty where none is."""

    session: ServedOut
    subjects: int
    all_points: int
    whole: str
    authority: str
    ours: str
    theirs: str


class MeterOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a partner had evaluated in an epoch, and may still."""

    partner: str
    epoch: str
    of: Of
    ends: datetime
    points: int
    case_points: int
    used: int
    left: int


class SetOut(msgspec.Struct, frozen=True, kw_only=True):
    """One of this node's sets. `left_out` says how many records are not in it, by why."""

    epoch: str
    of: Of
    number: int
    state: EpochState
    begun: datetime
    ends: datetime
    version: int
    people: int
    records: int
    done: int
    total: int
    left_out: dict[str, int]
    partners: tuple[str, ...]


@call(PLACE, audience=ASKS, tags=TAGS, status=201, request_max_body_size=None)
def api_new_crosscheck(visit: Visit, data: NewCrosscheck) -> CrosscheckOut:
    """Prepare a cross-check. Nothing leaves the node yet."""
    if data.until is not None and data.until.tzinfo is None:
        raise BadInput("the time has no zone", field="until", hint="times are in UTC")
    order = Order(
        grounds=data.grounds,
        partners=data.partners,
        kind=data.kind,
        title=data.title,
        until=data.until,
        content=table_of(data.text) if data.text else b"",
        name="text",
        subjects=tuple(subject_of(each) for each in data.subjects),
    )
    return _one(visit, drafting.draft(visit.office, visit.actor, order))


@look(PLACE, audience=READS, tags=TAGS)
def api_crosschecks(visit: Visit) -> Listed[CrosscheckOut]:
    """The cross-checks of the person and their cases, newest first."""
    return Listed([_out(one) for one in reading.sessions_of(visit.office, visit.actor)])


@look(PLACE + "/{session_id:str}", audience=READS, tags=TAGS)
def api_crosscheck(visit: Visit, session_id: str) -> CrosscheckOut:
    """How a cross-check stands."""
    return _one(visit, session_id)


@look(PLACE + "/{session_id:str}/result", audience=READS, tags=TAGS)
def api_crosscheck_result(visit: Visit, session_id: str) -> ResultOut:
    """What overlaps. That it was looked at stands in the ledger."""
    opened = reading.opened(visit.office, visit.actor, session_id)
    overlaps = [
        OverlapOut(
            number=one.number,
            name=name_of(one.subject),
            reference=one.reference,
            partner=one.partner,
            strength=one.strength,
            chance=one.chance,
            expected=one.expected,
            agreed=one.agreed,
            request=one.request,
        )
        for one in opened.overlaps
    ]
    return ResultOut(
        title=opened.title,
        overlaps=tuple(overlaps),
        without=opened.without,
        bad=tuple(BadOut(one.row, one.field, one.reason) for one in opened.bad),
        notes=opened.notes,
    )


@look(PLACE + "/{session_id:str}/receipts", audience=READS, tags=TAGS)
def api_crosscheck_receipts(visit: Visit, session_id: str) -> Listed[ReceiptOut]:
    """The receipts of a cross-check, of each partner that signed one."""
    session = reading.session_of(visit.office, visit.actor, session_id)
    found = []
    for leg in session.legs:
        if leg.has_receipt:
            each = receipts.receipt_at(visit.office, visit.actor, session_id, leg.partner)
            found.append(ReceiptOut(leg.partner, each.ours, each.theirs))
    return Listed(found)


@call(PLACE + "/{session_id:str}/start", audience=ASKS, tags=TAGS)
def api_start_crosscheck(visit: Visit, session_id: str) -> CrosscheckOut:
    """Ask the partners; or put it to a second person, where the number of subjects wants one."""
    begin(visit, session_id)
    return _one(visit, session_id)


@call(PLACE + "/{session_id:str}/prepare", audience=ASKS, tags=TAGS)
def api_prepare_crosscheck(visit: Visit, session_id: str) -> CrosscheckOut:
    """Work out what an authority is to sign: `permit` of each leg."""
    asking.prepare(visit.office, visit.actor, session_id)
    return _one(visit, session_id)


@call(PLACE + "/{session_id:str}/countersign", audience=ASKS, tags=TAGS)
def api_countersign_crosscheck(visit: Visit, session_id: str, data: Countersigning) -> CrosscheckOut:
    """Take an authority's signature."""
    asking.countersign(visit.office, visit.actor, session_id, data.partner, data.vkey, data.signature)
    return _one(visit, session_id)


@call(PLACE + "/{session_id:str}/cancel", audience=ASKS, tags=TAGS)
def api_cancel_crosscheck(visit: Visit, session_id: str) -> CrosscheckOut:
    """Ask no more."""
    asking.cancel(visit.office, visit.actor, session_id)
    return _one(visit, session_id)


@call(PLACE + "/{session_id:str}/end", audience=ASKS, tags=TAGS)
def api_end_crosscheck(visit: Visit, session_id: str) -> CrosscheckOut:
    """End a standing cross-check before its time."""
    asking.end_standing(visit.office, visit.actor, session_id)
    return _one(visit, session_id)


@look(f"{PLACE}/served", audience=SERVES, tags=TAGS)
def api_crosschecks_served(
    visit: Visit, partner: Short = "", cursor: After = "", limit: Limit = 50
) -> Listed[ServedOut]:
    """Cross-checks that partners made here, the newest first."""
    found = holding.served(visit.office, visit.actor, partner=partner, after=cursor, most=limit)
    return Listed([_served(one) for one in found.entries], found.next)


@look(PLACE + "/served/{partner:str}/{served_id:str}", audience=SERVES, tags=TAGS)
def api_crosscheck_served(visit: Visit, partner: str, served_id: str) -> OneServedOut:
    """One of them, with its receipt. A slash of the origin is written `~`. The look stands in the ledger."""
    found = holding.served_one(visit.office, visit.actor, origin_in(partner), served_id)
    return OneServedOut(
        session=_served(found.session),
        subjects=found.subjects,
        all_points=found.all_points,
        whole=found.whole,
        authority=found.authority,
        ours=found.ours,
        theirs=found.theirs,
    )


@look(f"{PLACE}/meters", audience=SERVES, tags=TAGS)
def api_crosscheck_meters(visit: Visit) -> Listed[MeterOut]:
    """What each partner had evaluated here, and may still."""
    names = MeterOut.__struct_fields__
    found = holding.meters(visit.office, visit.actor)
    return Listed([MeterOut(**{name: getattr(one, name) for name in names}) for one in found])


@look(f"{PLACE}/sets", audience=SERVES, tags=TAGS)
def api_crosscheck_sets(visit: Visit) -> Listed[SetOut]:
    """This node's own sets."""
    return Listed([_set(one) for one in holding.own_sets(visit.office, visit.actor)])


def _one(visit: Visit, session_id: str) -> CrosscheckOut:
    return _out(reading.session_of(visit.office, visit.actor, session_id))


def _out(shown: Shown) -> CrosscheckOut:
    names = {*CrosscheckOut.__struct_fields__} - {"legs"}
    return CrosscheckOut(**{name: getattr(shown, name) for name in names}, legs=tuple(map(_leg, shown.legs)))


def _leg(leg: LegShown) -> LegOut:
    names = {*LegOut.__struct_fields__} - {"permit", "receipt"}
    permit = leg.permits.decode() if leg.countersign else ""
    return LegOut(**{name: getattr(leg, name) for name in names}, permit=permit, receipt=leg.has_receipt)


def _served(one: Served) -> ServedOut:
    return ServedOut(**{name: getattr(one, name) for name in ServedOut.__struct_fields__})


def _set(one: holding.OwnSet) -> SetOut:
    names = {*SetOut.__struct_fields__} - {"left_out"}
    left: dict[str, Any] = {why.name.lower(): count for why, count in one.left_out}
    return SetOut(**{name: getattr(one, name) for name in names}, left_out=left)


ROUTES = (
    api_new_crosscheck,
    api_crosschecks,
    api_crosscheck,
    api_crosscheck_result,
    api_crosscheck_receipts,
    api_start_crosscheck,
    api_prepare_crosscheck,
    api_countersign_crosscheck,
    api_cancel_crosscheck,
    api_end_crosscheck,
    api_crosschecks_served,
    api_crosscheck_served,
    api_crosscheck_meters,
    api_crosscheck_sets,
)
