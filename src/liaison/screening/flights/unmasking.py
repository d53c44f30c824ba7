"""A masked passenger named again: with an approval by a second person that names the authority which agreed, once.

Law: Directive (EU) 2016/681, article 12(3): a judicial authority, or another that is competent, approves, and the
data-protection officer is informed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.model.errors import BadInput, Conflict, Erased
from liaison.model.roles import Role
from liaison.office import Office
from liaison.officers import approvals, notices
from liaison.officers.access import load_approval
from liaison.screening.flights.access import load_passenger
from liaison.screening.flights.content import Who, opened_one
from liaison.screening.flights.masking import passenger_about
from liaison.screening.flights.rules import due
from liaison.screening.lookups import context_for, footing
from liaison.screening.permission import settle, weigh
from liaison.screening.seals import seals

KIND = "unmask-passenger"  # of an approval
UNMASKED = "passenger-unmasked"
LONGEST = 200  # characters


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which passenger is to be named, on which grounds, by which authority's agreement, and why."""

    alert: str
    grounds: str
    authority: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unmasked:
    """A passenger, named: shown once."""

    alert: str
    flight: str
    who: Who


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked passenger, of whom nothing is told."""

    alert: str
    flight: str
    case: str
    place: int


def passenger_of(office: Office, actor: policy.Actor, alert: str) -> Masked:
    """The passenger of an alert, to whoever sees the case. Raises NotFound."""
    row = office.read(lambda connection: load_passenger(office, connection, actor, alert))
    return Masked(row.alert_id, row.flight_id, row.case_id, row.place)


def ask(office: Office, actor: policy.Actor, wanted: Wanted) -> str:
    """Ask a second person to agree that a masked passenger be named; the approval's id.

    Raises NotFound, BadInput with the field, Conflict where nobody is masked there.
    """
    authority, reason = " ".join(wanted.authority.split()), " ".join(wanted.reason.split())
    for field, text, least in (("authority", authority, 3), ("reason", reason, 10)):
        if not least <= len(text) <= LONGEST:
            hint = (
                "name the court, prosecutor or authority and its reference"
                if field == "authority"
                else "say why"
            )
            raise BadInput(f"this takes {least} to {LONGEST} characters", field=field, hint=hint)

    def facts(connection: Connection) -> tuple[Row[Any], str]:
        row = load_passenger(office, connection, actor, wanted.alert)
        stand = footing(office, connection, actor, wanted.grounds, office.now())
        return row, str(stand.row.case_id)

    row, case = office.read(facts)
    if case != row.case_id:
        raise BadInput(
            "these grounds are of another case", field="grounds", hint="choose grounds of this case"
        )
    _require_carried(office, row)
    about = {
        "passenger": wanted.alert,
        "flight": row.flight_id,
        "grounds": wanted.grounds,
        "authority": authority,
        "reason": reason,
    }
    return approvals.ask(office, actor, approvals.Request(KIND, about, row.case_id, 1))


def name_again(office: Office, actor: policy.Actor, approval: str) -> Unmasked:
    """Who a masked passenger is, by an approval that is used up by it.

    Raises NotFound for anybody but who asked, Conflict where it is not approved, of another kind or used, NotLawful
    with every reason, Erased where all is gone, LedgerUnavailable.
    """
    now = office.now()

    def facts(connection: Connection) -> tuple[dict[str, str], Row[Any], policy.Context]:
        asked = load_approval(connection, office, actor, approval)
        if asked.kind != KIND:
            raise Conflict("the approval is for something else", hint="ask for what you now want to do")
        about = approvals.about_of(office, asked)
        given = approvals.approved(office, connection, actor, approval)
        stand = footing(office, connection, actor, about["grounds"], now)
        context = context_for(office, actor, stand, now, approval=given)
        row = load_passenger(office, connection, actor, about["passenger"])
        return about, row, context

    about, row, context = office.read(facts)
    context = msgspec.structs.replace(context, authority=about["authority"])
    settle(office, policy.Action.UNMASK, context, weigh(office, policy.Action.UNMASK, context))
    _require_carried(office, row)

    def work(connection: Connection) -> None:
        approvals.use(office, connection, actor, approval, kind=KIND, about=about, persons=1)
        office.log.append(connection, _statement(office, actor, row, approval))
        notices.add(connection, Role.DATA_PROTECTION_OFFICER, UNMASKED, approval, now)

    office.write(work)
    (piece,) = seals(office).open([(row.key, row.sealed, passenger_about(row.alert_id))])
    return Unmasked(row.alert_id, row.flight_id, opened_one(piece))


def is_carried(row: Row[Any]) -> bool:
    """Whether a passenger can be named again."""
    return row.sealed is not None and bool(row.key)


def _require_carried(office: Office, row: Row[Any]) -> None:
    """Raises Erased where all is gone, Conflict for a passenger who is not masked, or was not carried over."""
    if due(row.taken, policy.limits(office.regimes).gone_days, office.now()):
        raise Erased("the flight is past its five years")
    if not is_carried(row):
        hint = "the names of a masked flight are destroyed, but for those whose alert was confirmed before"
        raise Conflict("nobody is masked here who could be named", hint=hint)


def _statement(office: Office, actor: policy.Actor, row: Row[Any], approval: str) -> Statement:
    return Statement(
        what=UNMASKED,
        who=actor.person,
        when=office.now(),
        case=row.case_id,
        objects=(row.alert_id, row.flight_id, approval),
    )
