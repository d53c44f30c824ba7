"""A vehicle followed, in order: decide, look, record; nothing is told before the record is durable.

Every following is a check of its case and counts as one. Further back or at more cameras than one officer may follow
alone (law L18), a second person approves the mark, the stretch of time and the cameras, and the approval serves once.
The cameras of one person's followings of a mark within a day are counted together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Row, insert, select

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.model.errors import BadInput, Conflict, LiaisonError, NotLawful
from liaison.model.identifiers import Plate
from liaison.model.subjects import Vehicle
from liaison.office import Office, new_id
from liaison.officers import approvals
from liaison.officers.access import load_approval
from liaison.screening import keeping
from liaison.screening.approved import BY_NUMBER, spend, weigh_number
from liaison.screening.content import Asked, pack
from liaison.screening.disclosure import NOTHING
from liaison.screening.lookups import context_for, footing
from liaison.screening.permission import settle, weigh, write_refusal
from liaison.screening.records import Live
from liaison.screening.seals import seals
from liaison.sightings.following.content import Found, about, packed
from liaison.sightings.following.counted import lately
from liaison.sightings.following.finding import Choice, chosen, found
from liaison.sightings.following.rules import hours_back, mark_of, require_stretch
from liaison.storage.tables.sightings import CAMERAS, FOLLOWINGS

KIND, LOOK = "follow-vehicle", "follow"  # of an approval; of a check
FOLLOWED = "vehicle-followed"
BY_STRETCH = "L18/follow"
SHORTEST, LONGEST = 10, 500  # characters of a reason
NAMED = 6  # cameras that a request names
WRITTEN = "%Y-%m-%d %H:%M:%S %z"
ALL = Choice()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which mark is followed, on which grounds, between which times, by which cameras."""

    mark: str
    grounds: str
    since: datetime
    until: datetime
    choice: Choice = ALL


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A decision, what it was made on, and an approval that it spends, by its kind; empty for none."""

    decision: policy.Decision
    context: policy.Context
    more: str = ""


def follow(office: Office, live: Live, actor: policy.Actor, wanted: Wanted) -> str:
    """Follow a vehicle; the id of the check that holds what was found.

    Raises BadInput with the field; NotFound for grounds or cameras that are not the person's; Conflict for ended
    grounds and a closed case; NotLawful with every reason; LedgerUnavailable and StoreUnavailable, after which nothing
    was told.
    """
    return _follow(office, live, actor, wanted, "")


def ask_second(office: Office, actor: policy.Actor, wanted: Wanted, reason: str) -> str:
    """Ask a second person that a vehicle be followed further back or at more cameras; the approval's id.

    Raises BadInput with the field, NotFound, Conflict; NotLawful where anything else speaks against it.
    """
    why = " ".join(reason.split())
    if not SHORTEST <= len(why) <= LONGEST:
        hint = "say why so long a time, or so many cameras"
        raise BadInput(f"this takes {SHORTEST} to {LONGEST} characters", field="reason", hint=hint)
    mark, stretch = _asked(office, wanted)
    cameras = office.read(lambda connection: chosen(office, connection, actor, wanted.choice, stretch))
    weighed = office.read(lambda connection: _weigh(office, connection, actor, wanted, cameras, ""))
    if isinstance(weighed.decision, policy.Refuse) and not _second_helps(weighed.decision.reasons):
        settle(office, policy.Action.FOLLOW, weighed.context, weighed.decision)
    told = {
        "mark": mark,
        "since": _written(stretch[0]),
        "until": _written(stretch[1]),
        "cameras": _named(cameras),
        "camera-numbers": " ".join(str(row.number) for row in cameras),
        "grounds": wanted.grounds,
        "reason": why,
    }
    case = weighed.context.grounds.case if weighed.context.grounds else ""
    return approvals.ask(office, actor, approvals.Request(KIND, told, case, 1))


def follow_approved(office: Office, live: Live, actor: policy.Actor, approval: str) -> str:
    """Follow a vehicle as a second person approved it; the id of the check.

    Raises NotFound for anybody but who asked, Conflict where it is not approved, of another kind or used; and as
    `follow`.
    """

    def work(connection: Connection) -> Wanted:
        asked = load_approval(connection, office, actor, approval)
        if asked.kind != KIND:
            raise Conflict("the approval is for something else", hint="ask for what you now want to do")
        approvals.approved(office, connection, actor, approval)
        told = approvals.about_of(office, asked)
        numbers = [int(number) for number in told["camera-numbers"].split()]
        ids = connection.execute(select(CAMERAS.c.id).where(CAMERAS.c.number.in_(numbers))).scalars()
        since, until = (datetime.strptime(told[name], WRITTEN) for name in ("since", "until"))
        return Wanted(told["mark"], told["grounds"], since, until, Choice(tuple(ids)))

    return _follow(office, live, actor, office.read(work), approval)


def refused_by_stretch(error: LiaisonError) -> bool:
    """Whether a refusal is for how far back or at how many cameras, and nothing else speaks against it that an approval
    of the following would not carry too."""
    return isinstance(error, NotLawful) and _second_helps(getattr(error, "reasons", ()))


def _follow(office: Office, live: Live, actor: policy.Actor, wanted: Wanted, approval: str) -> str:
    mark, stretch = _asked(office, wanted)

    def facts(connection: Connection) -> tuple[list[Row[Any]], _Weighed]:
        cameras = chosen(office, connection, actor, wanted.choice, stretch)
        return cameras, _weigh(office, connection, actor, wanted, cameras, approval)

    cameras, weighed = office.read(facts)
    settle(office, policy.Action.FOLLOW, weighed.context, weighed.decision)
    what = office.read(lambda connection: found(office, connection, live, mark, cameras, stretch))
    look = keeping.Look(
        id=new_id("check"),
        kind=LOOK,
        person=actor.person,
        grounds_id=wanted.grounds,
        context=weighed.context,
        question=pack(Asked(subject=Vehicle(plate=Plate(mark)))),
        looked_up=1,
        least=0,
        origins={"": 1},
    )
    kept = keeping.ready(office, look, NOTHING)
    row = {
        "check_id": look.id,
        "case_id": kept.check["case_id"],
        "since": stretch[0],
        "until": stretch[1],
        "cameras": len(cameras),
        "stops": len(what.stops),
        "approval_id": approval,
        "sealed": seals(office).add(kept.check["key"], packed(what), about(look.id)),
    }

    def work(connection: Connection) -> policy.Refuse | None:
        now = _weigh(office, connection, actor, wanted, cameras, approval)
        if isinstance(now.decision, policy.Refuse):
            write_refusal(office, connection, policy.Action.FOLLOW, now.context, now.decision)
            return now.decision
        if approval:
            approvals.use(office, connection, actor, approval, kind=KIND, persons=1)
        elif now.more:
            spend(office, connection, actor, now.more)
        office.log.append(connection, _statement(look, row, what, cameras))
        keeping.write(office, connection, kept)
        connection.execute(insert(FOLLOWINGS).values(row))
        return None

    refusal = office.write(work)
    if refusal is not None:
        policy.require(refusal)
    return look.id


def _asked(office: Office, wanted: Wanted) -> tuple[str, tuple[datetime, datetime]]:
    """The mark and the stretch of time, which ends now at the latest. Raises BadInput."""
    now = office.now()
    require_stretch(wanted.since, wanted.until, now)
    return mark_of(wanted.mark), (wanted.since, min(wanted.until, now))


def _weigh(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    wanted: Wanted,
    cameras: Sequence[Row[Any]],
    approval: str,
) -> _Weighed:
    now, asked = office.now(), {row.number for row in cameras}
    if not approval:
        asked |= lately(office, connection, actor, mark_of(wanted.mark))
    stand = footing(office, connection, actor, wanted.grounds, now)
    context = context_for(
        office,
        actor,
        stand,
        now,
        subject=policy.SubjectKind.VEHICLE,
        criteria=frozenset({"plate"}),
        hours=hours_back(wanted.since, now),
        cameras=len(asked),
    )
    if not approval:
        return _Weighed(*weigh_number(office, connection, policy.Action.FOLLOW, context))
    context = replace(context, approval=approvals.approved(office, connection, actor, approval))
    return _Weighed(weigh(office, policy.Action.FOLLOW, context), context)


def _written(when: datetime) -> str:
    return when.astimezone(UTC).strftime(WRITTEN)


def _named(cameras: Sequence[Row[Any]]) -> str:
    """How many cameras, and the first by name."""
    names = [row.name for row in cameras[:NAMED]] + (["…"] if len(cameras) > NAMED else [])
    return f"{len(cameras)}: {'; '.join(names)}"


def _second_helps(reasons: Sequence[object]) -> bool:
    rules = {reason.rule for reason in reasons if isinstance(reason, policy.Reason)}
    return BY_STRETCH in rules and rules <= {BY_STRETCH, BY_NUMBER}


def _statement(
    look: keeping.Look, row: dict[str, Any], what: Found, cameras: Sequence[Row[Any]]
) -> Statement:
    """What was looked through: how far back, how many cameras; and what was opened of it."""
    grounds = look.context.grounds
    assert grounds is not None
    alerts = tuple(stop.alert for stop in what.stops if stop.alert)[: keeping.NAMED]
    detail = {
        "hours": str(look.context.hours),
        "cameras": str(len(cameras)),
        "stops": str(len(what.stops)),
        "beside": str(len(what.company.beside)),
    }
    return Statement(
        what=FOLLOWED,
        who=look.context.actor.person,
        when=look.context.now,
        case=grounds.case,
        purpose=grounds.purpose.value,
        grounds=look.grounds_id,
        objects=(look.id, *filter(None, (row["approval_id"],)), *alerts),
        detail=detail,
    )
