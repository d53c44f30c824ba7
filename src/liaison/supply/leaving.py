"""An item by one of this node's own doors: on a screen, by a call, as a file, on paper, to a court.

One way for all of them: loaded through the authoriser, the door asked, an entry on the ledger, and what is written
down carries who took it, when, for which case, and how it may be used. Names of files say nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from liaison import policy
from liaison.formats import copies, papers
from liaison.formats.copies import Form, Mark
from liaison.holdings.access import Footing
from liaison.ledger.statements import Statement
from liaison.model.errors import BadInput
from liaison.model.handling import Handling
from liaison.office import Office
from liaison.policy import Action, Actor
from liaison.screening.permission import write_refusal
from liaison.supply import access, doors, permissions
from liaison.supply.access import Loaded
from liaison.supply.doors import DOORS, Door, Use
from liaison.supply.items import Item

WHAT = "show-item"
FOR_COURT = "use-item-in-court"
Load = Callable[[Connection], tuple[Loaded, bool]]


@dataclass(frozen=True, slots=True)
class Left:
    """An item that may leave, with its conditions. `mark` is what a file or a page carries; empty on a screen."""

    item: Item
    handling: Handling
    permit: policy.Permit
    entry: int
    mark: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that may leave, whose entry is on the ledger: its bytes, and the number of the entry."""

    content: bytes
    form: Form
    entry: int

    @property
    def name(self) -> str:
        """The name of its file."""
        return file_name(self.entry, self.form.ending)


def take(office: Office, actor: Actor, item: str, door: Door, footing: Footing, *, court: str = "") -> Left:
    """An item of another agency by a door; to a court, where one is named, for which the originator's consent is
    looked up.

    A refusal is on the ledger too. Raises NotFound, Erased, NotLawful, LedgerUnavailable.
    """
    return _take(office, actor, _received(office, actor, item, footing), door, footing, court, None)


def copy(office: Office, actor: Actor, item: str, form: Form, footing: Footing, *, court: str = "") -> Copy:
    """The same as a file or on paper. Raises BadInput for a form in which such a thing is not written."""
    load = _received(office, actor, item, footing)
    return _copy(office, actor, _take(office, actor, load, DOORS[form], footing, court, form), form, footing)


def copy_own(office: Office, actor: Actor, item: str, form: Form, footing: Footing, court: str = "") -> Copy:
    """An item that this node supplied, as it was signed: on grounds of a case, or of the request that it answered.

    A refusal is on the ledger too. Raises NotFound, Erased, BadInput, NotLawful, LedgerUnavailable.
    """

    def load(connection: Connection) -> tuple[Loaded, bool]:
        row = access.find_own(connection, actor, item)
        return access.content_own(office, row), access.on_own_case(connection, actor, row, footing)

    return _copy(office, actor, _take(office, actor, load, DOORS[form], footing, court, form), form, footing)


def said(item: Item, handling: Handling) -> papers.Supplied:
    """An item as copies of it are written."""
    return papers.Supplied(
        reference=item.id,
        originator=item.originator,
        subject=item.subject,
        category=item.category,
        purpose=item.purpose,
        offence=item.offence,
        graded=item.graded,
        handling=handling,
        made=item.made,
        retention_until=item.retention_until,
        facts=item.facts,
        assessments=item.assessments,
    )


def mark_of(
    office: Office, actor: Actor, footing: Footing, entry: int, handling: Handling | None, at: dt.datetime
) -> Mark:
    """What a copy carries; no `handling` where each part of it has its own."""
    case = footing.grounds.case
    line = watermark(office.name, actor, at, entry, handling, case)
    return Mark(who=actor.person, at=at, case=case, entry=entry, line=line)


def watermark(
    agency: str, actor: Actor, now: dt.datetime, entry: int, handling: Handling | None, case: str = ""
) -> str:
    """Who took it, when, for which case, the ledger's entry, and the conditions: one line, for every page and file."""
    on = f" | case {case}" if case else ""
    under = f" | {papers.conditions(handling)}" if handling else ""
    return f"{agency} | {actor.person} | {now:%Y-%m-%d %H:%M:%S} UTC{on} | entry {entry}{under}"


def file_name(entry: int, ending: str) -> str:
    """The name of a file: the ledger's entry, and nothing of what or whom it is about."""
    return f"liaison-{entry:09}.{ending}"


def use_of(
    connection: Connection, item: str, footing: Footing, court: str, now: dt.datetime, *, on_case: bool
) -> Use:
    """What is done with an item here: it is read, or used in a court, with the originator's consent to that if any."""
    token = None
    if court:
        purpose = footing.grounds.purpose
        token, _ = permissions.token(connection, item, court, purpose, now, Action.USE_IN_COURT)
    return Use(
        action=Action.USE_IN_COURT if court else Action.READ_HOLDING,
        grounds=footing.grounds,
        on_case=on_case,
        partner=policy.Partner(name=court) if court else None,
        consent=permissions.consent(token),
        lifted=frozenset(token.lifts) if token else frozenset(),
        authority=footing.authority,
    )


def statement(
    actor: Actor, objects: tuple[str, ...], door: Door, footing: Footing, court: str, now: dt.datetime
) -> Statement:
    """What the ledger says of items that leave by a door."""
    return Statement(
        what=FOR_COURT if court else WHAT,
        who=actor.person,
        when=now,
        case=footing.grounds.case,
        purpose=footing.grounds.purpose.value,
        grounds=footing.grounds_id,
        objects=objects,
        outcome=door.value,
        detail={"court": court} if court else {},
    )


def _received(office: Office, actor: Actor, item: str, footing: Footing) -> Load:
    def load(connection: Connection) -> tuple[Loaded, bool]:
        loaded = access.load(office, connection, actor, item)
        return loaded, access.on_case(connection, actor, loaded.row, footing)

    return load


def _take(
    office: Office, actor: Actor, load: Load, door: Door, footing: Footing, court: str, form: Form | None
) -> Left:
    def work(connection: Connection) -> Left | policy.Refuse:
        (loaded, on_case), now = load(connection), office.now()
        _require_form(form, loaded.item)
        item = loaded.row.id
        use = use_of(connection, item, footing, court, now, on_case=on_case)
        decision = doors.weigh(office, actor, loaded.label, door, use, form)
        if isinstance(decision, policy.Refuse):
            context = doors.context(office, actor, loaded.label, use)
            write_refusal(office, connection, use.action, context, decision)
            return decision
        told = statement(actor, (item,), door, footing, court, now)
        entry = office.log.append(connection, told).index
        handling, case = loaded.label.handling, footing.grounds.case
        mark = watermark(office.name, actor, now, entry, handling, case) if door.marked else ""
        return Left(loaded.item, handling, decision, entry, mark)

    done = office.write(work)
    if isinstance(done, policy.Refuse):
        policy.require(done)
    assert isinstance(done, Left)
    return done


def _copy(office: Office, actor: Actor, left: Left, form: Form, footing: Footing) -> Copy:
    mark = mark_of(office, actor, footing, left.entry, left.handling, office.now())
    return Copy(copies.record(form, said(left.item, left.handling), mark), form, left.entry)


def _require_form(form: Form | None, item: Item) -> None:
    fault = copies.fault(form, item.subject) if form else ""
    if fault:
        raise BadInput(fault, field="form", hint="choose another form")
