"""Taking what a partner supplies: the originator's signature over the bytes received, its conditions, its consent.

What is not lawful to receive is refused here too, whatever the sender thought of it (rules L11 and L12, threats A04,
A18, A19). An item that was called back before it came is never opened.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from liaison.holdings.shelves import midnight
from liaison.ledger.log import size
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, NotFound
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling
from liaison.office import Office
from liaison.partners import directory
from liaison.partners.directory import Partner
from liaison.policy import Action
from liaison.storage.tables.supply import HELD, LINKS, PATHS, SUPPLIED
from liaison.supply import keeping, pending, rules
from liaison.supply.consent import ConsentToken, consent, read_token
from liaison.supply.documents import Standing, goes_on
from liaison.supply.items import Item, State, Supplied, digest, read_item, unverified
from liaison.supply.keeping import Kept
from liaison.supply.refusing import NotTaken
from liaison.supply.vouching import Signers, require_same, signers
from liaison.transport.means import Means

JOB = OfficerId("supply-job")
WHAT = "item-received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """From whom it came (an origin), and to what it belongs: a request, and the case whose people may read it."""

    sender: str
    request: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """An item that is here. `state` is RECALLED or ERASED for one that was called back before it came."""

    item: str
    originator: str
    vouched: bool
    state: State
    new: bool


def receive(
    office: Office, means: Means, connection: Connection, where: Where, supplied: Sequence[Supplied]
) -> tuple[Received, ...]:
    """Items of one letter, in its transaction: all of them are taken, or the letter is refused.

    Raises NotTaken with its code, LedgerUnavailable.
    """
    now = office.now()
    sender = _sender(connection, where.sender)
    us = keeping.origin(connection)
    checked = [_checked(connection, means.federation, us, sender, each, now) for each in supplied]
    return tuple(_taken(office, connection, where, each, now) for each in checked)


@dataclass(frozen=True, slots=True)
class _Checked:
    supplied: Supplied
    item: Item
    signers: Signers
    token: ConsentToken | None
    handling: Handling
    purpose: Purpose
    kept_until: dt.date


def _sender(connection: Connection, origin: str) -> Partner:
    try:
        return directory.partner(connection, origin)
    except NotFound:
        raise NotTaken("unknown-sender", "the sender is no partner of this node") from None


def _checked(
    connection: Connection, federation: str, us: str, sender: Partner, given: Supplied, now: dt.datetime
) -> _Checked:
    """An item with everything about it verified. Raises NotTaken."""
    if not goes_on(given.chain) or given.chain[-1] != sender.origin or us in given.chain:
        raise NotTaken("bad-chain", "the chain is none, does not end at its sender, or has been here before")
    who = signers(connection, given.originator, sender.origin, given.card, federation)
    try:
        item = read_item(given.item, who.keys)
    except BadInput as error:
        raise NotTaken("bad-item", f"the originator did not sign this: {error}") from error
    if (item.originator, item.federation) != (given.originator, federation):
        raise NotTaken(
            "bad-item", "the item is another originator's than the chain says, or of another federation"
        )
    agreement = directory.require_open(sender, now)
    handling = rules.handling(item.handling, *([given.added] if given.added else []))
    purpose = given.purpose or item.purpose
    if purpose not in agreement.purposes or (item.offence and item.offence not in agreement.offences):
        raise NotTaken("not-agreed", "the agreement does not name this purpose or offence")
    token = _token(given, item, who, us, handling)
    if len(given.chain) > 1 or purpose is not item.purpose:
        _require_onward(given, item, token, handling, purpose, directory.facts(sender, now).within, now)
    if now >= midnight(item.retention_until) or now >= midnight(item.review_at):
        raise NotTaken("overdue", "the item's retention has ended, or its review has not been made")
    kept = rules.kept_until(item, agreement.cap(item.category), now.date())
    return _Checked(given, item, who, token, handling, purpose, kept)


def _token(given: Supplied, item: Item, who: Signers, us: str, handling: Handling) -> ConsentToken | None:
    """The originator's token, where one came along that is for this. Raises NotTaken for one that it did not sign."""
    if not given.consent:
        return None
    try:
        token = read_token(given.consent, who.keys)
    except BadInput as error:
        raise NotTaken("bad-consent", f"the originator did not sign this consent: {error}") from error
    original, held = frozenset(item.handling.codes), frozenset(handling.codes)
    needed = rules.to_be_lifted(original, Action.DISCLOSE)
    fits = consent(token, item.id, given.chain[-1], us, needed)
    bound = rules.bound_by_others(original, held, Action.DISCLOSE)
    return token if fits is not None and not bound and token.originator == item.originator else None


def _require_onward(
    given: Supplied,
    item: Item,
    token: ConsentToken | None,
    handling: Handling,
    purpose: Purpose,
    within: bool,
    now: dt.datetime,
) -> None:
    """Raises NotTaken unless it may be passed on to here: by consent, under the same law, or in urgency."""
    consented = token is not None and token.purpose is purpose and token.made <= now < token.expires
    pressing = rules.urgent(given.urgency, purpose, now)
    if not rules.onward_lawful(frozenset(handling.codes), within, consented, pressing):
        raise NotTaken("no-consent", "the originator's consent to passing this on did not come along")


def _taken(
    office: Office, connection: Connection, where: Where, checked: _Checked, now: dt.datetime
) -> Received:
    item = checked.item
    if connection.execute(select(SUPPLIED.c.id).where(SUPPLIED.c.id == item.id)).first() is not None:
        raise NotTaken("own-item", "the item is this node's own")
    row = connection.execute(select(HELD).where(HELD.c.id == item.id)).first()
    state = (
        _first(office, connection, where, checked, now)
        if row is None
        else _again(office, connection, checked, row)
    )
    _path(connection, where, checked, now)
    if where.case:
        link(connection, item.id, where.case, JOB, now)
    return Received(item.id, item.originator, checked.signers.vouched, state, row is None)


def _first(
    office: Office, connection: Connection, where: Where, checked: _Checked, now: dt.datetime
) -> State:
    """Keep an item that was never here, as the notices that came before it let it be."""
    keys = checked.signers.keys
    standing = pending.standing(connection, checked.item.id, checked.item.originator, keys)
    state = rules.state_of(standing)
    text = pending.replacement(office, connection, checked.item.id, standing) or checked.supplied.item
    item = unverified(text)
    if item.restricted and state is State.HELD:
        state, standing = State.RESTRICTED, Standing(None, standing.corrected, 0, True)
    row = _row(where, checked, item, standing, state, now) | {"digest": digest(text)}
    if not state.over:
        about = keeping.about_item(item.id)
        content = Kept(item=text, card=checked.signers.card, added=checked.supplied.added)
        (box,) = keeping.sealed(office.keys, [(about, keeping.written(content))])
        row |= {"key": box.key, "sealed": box.sealed}
    entry = office.log.append(connection, _statement(where, checked, state, now))
    connection.execute(insert(HELD).values(**row, entry=entry.index))
    pending.met(connection, item.id)
    return state


def _again(office: Office, connection: Connection, checked: _Checked, row: Row[Any]) -> State:
    """What comes once more, or by another way, changes nothing; only a later revision is put in its place."""
    item, state = checked.item, State(row.state)
    if row.originator != item.originator:
        raise NotTaken("conflict", "an item of this id is held of another originator")
    if row.vouched and row.sealed is not None:
        require_same(checked.signers, keeping.kept(office.keys, row.key, row.sealed, row.id).card)
    if item.revision == row.revision and digest(checked.supplied.item) != row.digest:
        raise NotTaken("conflict", "the originator signed two items of one id and revision")
    if item.revision > row.revision and not state.over:
        replace(office, connection, row, checked.supplied.item, item)
    return state


def replace(office: Office, connection: Connection, row: Row[Any], text: str, item: Item) -> None:
    """Put a later revision in the place of what is held: under a new key, and the old one is destroyed."""
    former = keeping.kept(office.keys, row.key, row.sealed, row.id)
    content = Kept(item=text, card=former.card, added=former.added)
    (box,) = keeping.sealed(office.keys, [(keeping.about_item(row.id), keeping.written(content))])
    handling = rules.handling(item.handling, *([former.added] if former.added else []))
    values: dict[str, Any] = {
        "key": box.key,
        "sealed": box.sealed,
        "revision": item.revision,
        "digest": digest(text),
        "category": item.category.value if item.category else None,
        "handling": keeping.codes_text(handling),
        "retention": min(row.retention, midnight(item.retention_until)),
        "review": midnight(item.review_at),
    }
    connection.execute(update(HELD).where(HELD.c.id == row.id).values(**values))
    keeping.destroy_later(connection, row.id, [row.key])


def link(connection: Connection, item: str, case: str, by: OfficerId, now: dt.datetime) -> None:
    """Let the people of a case read an item; nothing where they may already."""
    chosen = (LINKS.c.item == item) & (LINKS.c.case_id == case)
    if connection.execute(select(LINKS.c.item).where(chosen)).first() is None:
        connection.execute(insert(LINKS).values(item=item, case_id=case, since=now, by=by))


def _path(connection: Connection, where: Where, checked: _Checked, now: dt.datetime) -> None:
    item, given = checked.item, checked.supplied
    chosen = (PATHS.c.item == item.id) & (PATHS.c.sender == where.sender)
    if connection.execute(select(PATHS.c.item).where(chosen)).first() is None:
        row: dict[str, Any] = {
            "item": item.id,
            "sender": where.sender,
            "chain": keeping.chain_text(given.chain),
        }
        row |= {"received": now, "consent": given.consent, "urgent": given.urgency is not None}
        row |= {"entry": size(connection), "forgotten": False}
        connection.execute(insert(PATHS).values(**row))


def _row(
    where: Where, checked: _Checked, item: Item, standing: Standing, state: State, now: dt.datetime
) -> dict[str, Any]:
    return {
        "id": item.id,
        "originator": item.originator,
        "vouched": checked.signers.vouched,
        "kind": str(type(item.subject).__struct_config__.tag),
        "category": item.category.value if item.category else None,
        "handling": keeping.codes_text(checked.handling),
        "purpose": checked.purpose.value,
        "offence": item.offence,
        "revision": item.revision,
        "state": state.value,
        "ended": standing.ended.value if standing.ended else None,
        "corrected": standing.corrected,
        "contested": standing.contested,
        "restricted": standing.restricted,
        "request": where.request,
        "received": now,
        "retention": midnight(min(checked.kept_until, item.retention_until)),
        "review": midnight(item.review_at),
        "key": None,
        "sealed": None,
    }


def _statement(where: Where, checked: _Checked, state: State, now: dt.datetime) -> Statement:
    item = checked.item
    detail = {"originator": item.originator, "sender": where.sender}
    detail |= {"handling": keeping.codes_text(checked.handling)}
    if checked.signers.vouched:
        detail["vouched"] = "yes"
    return Statement(
        what=WHAT,
        who=JOB,
        when=now,
        case=where.case,
        purpose=checked.purpose.value,
        objects=(item.id, *([where.request] if where.request else [])),
        digest=digest(checked.supplied.item),
        outcome=state.value,
        detail=detail,
    )
