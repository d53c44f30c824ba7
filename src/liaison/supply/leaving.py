"""An item by one of this node's own doors: on a screen, by a call, as a file, on paper, to a court.

One way for all of them: loaded through the authoriser, the door asked, an entry on the ledger, and what is written
down carries who took it, when, and how it may be used. Names of files say nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection

from liaison import policy
from liaison.holdings.access import Footing
from liaison.ledger.statements import Statement
from liaison.model.handling import Handling
from liaison.office import Office
from liaison.policy import Action, Actor
from liaison.screening.permission import write_refusal
from liaison.supply import access, doors, keeping, permissions
from liaison.supply.access import Loaded
from liaison.supply.doors import Door, Use
from liaison.supply.items import Item

WHAT = "show-item"
FOR_COURT = "use-item-in-court"


@dataclass(frozen=True, slots=True)
class Left:
    """An item that may leave, with its conditions. `mark` is what a file or a page carries; empty on a screen."""

    item: Item
    handling: Handling
    permit: policy.Permit
    entry: int
    mark: str


def take(office: Office, actor: Actor, item: str, door: Door, footing: Footing, *, court: str = "") -> Left:
    """An item by a door; to a court, where one is named, for which the originator's consent is looked up.

    A refusal is on the ledger too. Raises NotFound, Erased, NotLawful, LedgerUnavailable.
    """

    def work(connection: Connection) -> Left | policy.Refuse:
        loaded, now = access.load(office, connection, actor, item), office.now()
        use = _use(connection, actor, loaded, footing, court, now)
        decision = doors.weigh(office, actor, loaded.label, door, use)
        if isinstance(decision, policy.Refuse):
            context = doors.context(office, actor, loaded.label, use)
            write_refusal(office, connection, use.action, context, decision)
            return decision
        entry = office.log.append(connection, _statement(actor, item, door, footing, court, now)).index
        handling = loaded.label.handling
        mark = watermark(office.name, actor, now, entry, handling) if door.marked else ""
        return Left(loaded.item, handling, decision, entry, mark)

    done = office.write(work)
    if isinstance(done, policy.Refuse):
        policy.require(done)
    assert isinstance(done, Left)
    return done


def watermark(agency: str, actor: Actor, now: dt.datetime, entry: int, handling: Handling) -> str:
    """Who took it, when, the ledger's entry, and the conditions: one line, for every page and the head of a file."""
    codes = keeping.codes_text(handling)
    restriction = f" ({handling.restriction})" if handling.restriction else ""
    return f"{agency} | {actor.person} | {now:%Y-%m-%d %H:%M:%S} UTC | entry {entry} | {codes}{restriction}"


def file_name(entry: int, ending: str) -> str:
    """The name of a file: the ledger's entry, and nothing of what or whom it is about."""
    return f"liaison-{entry:09}.{ending}"


def _use(
    connection: Connection, actor: Actor, loaded: Loaded, footing: Footing, court: str, now: dt.datetime
) -> Use:
    token = None
    if court:
        token, _ = permissions.token(connection, loaded.row.id, court, footing.grounds.purpose, now)
    return Use(
        action=Action.USE_IN_COURT if court else Action.READ_HOLDING,
        grounds=footing.grounds,
        on_case=access.on_case(connection, actor, loaded.row, footing),
        partner=policy.Partner(name=court) if court else None,
        consent=permissions.consent(token),
        lifted=frozenset(token.lifts) if token else frozenset(),
        authority=footing.authority,
    )


def _statement(
    actor: Actor, item: str, door: Door, footing: Footing, court: str, now: dt.datetime
) -> Statement:
    return Statement(
        what=FOR_COURT if court else WHAT,
        who=actor.person,
        when=now,
        case=footing.grounds.case,
        purpose=footing.grounds.purpose.value,
        grounds=footing.grounds_id,
        objects=(item,),
        outcome=door.value,
    )
