"""Deliver what waits for a partner: in order, the urgent lane first, the same bytes each time, until a receipt is here.

Receipts are verified against the partner's document key before anything is marked. A partner that says which number
it wants gets the letters from there on again, those that it acknowledged before too: it may have been restored.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, insert, select, update

from liaison.ledger.statements import Statement
from liaison.model import canonical
from liaison.model.errors import BadInput, BadNote
from liaison.office import Office
from liaison.partners import directory
from liaison.partners.directory import Partner
from liaison.partners.rules import Lane, PartnerState
from liaison.ports import KeyId
from liaison.storage.prepared import Prepared
from liaison.storage.sealing import unseal
from liaison.storage.tables.transport import DELIVERIES, OUTBOX
from liaison.transport import voids
from liaison.transport.calls import LETTERS, MOST_LETTERS, Batch, Receipts
from liaison.transport.channel import Channel, Unreachable
from liaison.transport.letters import Outcome, Receipt, Type, digest_of, parts, receipt_of, require_signed
from liaison.transport.means import Means
from liaison.transport.outbox import NODE, about_out

LARGEST = 6 << 20  # bytes of letters in one call, less what JSON adds
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=5)
WHAT_RECEIPTS = "receipts-taken"
CLOSED = "the link is not open"
_MARKED = Prepared(
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("letter"), OUTBOX.c.state == "waiting")
    .values(
        state=bindparam("came_to"), code=bindparam("why"), receipt=bindparam("text"), done=bindparam("at")
    )
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One letter with its final bytes."""

    id: str
    lane: Lane
    number: int
    digest: str
    text: bytes


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one call came to: letters that were acknowledged, those that were refused for good, and the fault, if any.

    `wanted` are the numbers from which the partner asks for letters again.
    """

    accepted: int = 0
    refused: int = 0
    fault: str = ""
    wanted: tuple[tuple[Lane, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Verified:
    """A receipt, and the bytes that the partner signed."""

    receipt: Receipt
    text: bytes


def deliver(
    office: Office, means: Means, partner: Partner, channel: Channel, chance: random.Random
) -> Delivered:
    """Send one batch of what waits, if it is time to; what became of it is durable. Nothing waiting: all zero."""
    now = office.now()
    if partner.state_at(now) is not PartnerState.ACTIVE:
        return Delivered(fault=CLOSED)
    letters = office.read(lambda connection: batch(connection, office, partner))
    return _send(office, means, partner, channel, chance, letters)


def batch(connection: Connection, office: Office, partner: Partner) -> list[Waiting]:
    """What goes next: letters that wait, the urgent lane first, each lane in order."""
    found: list[Waiting] = []
    size = 0
    for lane in (Lane.URGENT, Lane.ORDINARY):
        at = OUTBOX.c.partner == partner.id, OUTBOX.c.lane == lane.value
        rows = connection.execute(
            select(OUTBOX)
            .where(*at, OUTBOX.c.state == "waiting")
            .order_by(OUTBOX.c.number)
            .limit(MOST_LETTERS - len(found))
        ).all()
        keys = office.keys.fetch([KeyId(row.key) for row in rows])
        for row, key in zip(rows, keys, strict=True):
            text = unseal(key, row.sealed, about_out(row.id))
            size += len(text)
            if found and size > LARGEST:
                return found
            found.append(Waiting(row.id, lane, row.number, row.digest, text))
    return found


def again(connection: Connection, office: Office, partner: Partner, lane: Lane, first: int) -> list[Waiting]:
    """Letters from a number on, whatever became of them: a partner that was restored asks for them.

    Raises Erased where the bytes of one are destroyed and `voids.fill` wrote none in its place.
    """
    rows = connection.execute(
        select(OUTBOX)
        .where(OUTBOX.c.partner == partner.id, OUTBOX.c.lane == lane.value, OUTBOX.c.number >= first)
        .order_by(OUTBOX.c.number)
        .limit(MOST_LETTERS)
    ).all()
    keys = office.keys.fetch([KeyId(row.key) for row in rows])
    texts = [unseal(key, row.sealed, about_out(row.id)) for row, key in zip(rows, keys, strict=True)]
    return [
        Waiting(row.id, lane, row.number, digest_of(text), text)
        for row, text in zip(rows, texts, strict=True)
    ]


def _send(
    office: Office,
    means: Means,
    partner: Partner,
    channel: Channel,
    chance: random.Random,
    letters: Sequence[Waiting],
) -> Delivered:
    if not letters:
        return Delivered()
    try:
        done = _settle(office, partner, letters, _exchange(partner, channel, letters))
        _go_back_where_asked(office, means, partner, channel, letters, done)
    except Unreachable as error:
        return _failed(office, partner, chance, str(error), error.wait)
    except (BadInput, BadNote) as error:
        return _failed(office, partner, chance, error.title)
    if done.fault:
        return _failed(office, partner, chance, done.fault)
    return done


def _go_back_where_asked(
    office: Office,
    means: Means,
    partner: Partner,
    channel: Channel,
    letters: Sequence[Waiting],
    done: Delivered,
) -> None:
    """Send the lanes again in which the partner wants a number that was not among these letters."""
    for lane, number in done.wanted:
        if not any(each.lane is lane and each.number == number for each in letters):
            _go_back(office, means, partner, channel, lane, number)


def _go_back(
    office: Office, means: Means, partner: Partner, channel: Channel, lane: Lane, number: int
) -> None:
    """Send a lane again from a number on. Raises as `_exchange`."""
    voids.fill(office, means, partner, lane, number, MOST_LETTERS)
    more = office.read(lambda connection: again(connection, office, partner, lane, number))
    if more and more[0].number == number:
        _settle(office, partner, more, _exchange(partner, channel, more))


def _exchange(partner: Partner, channel: Channel, letters: Sequence[Waiting]) -> list[Verified]:
    """The receipts of letters, each verified. Raises Unreachable, BadInput, BadNote."""
    body = canonical.encode(Batch(letters=tuple(each.text.decode() for each in letters)))
    status, answer, _ = channel.call("POST", LETTERS, body)
    if status != 200:
        raise Unreachable(f"it answered {status}")
    texts = canonical.decode(answer, Receipts).receipts
    if len(texts) != len(letters):
        raise BadInput("there is not one receipt for each letter")
    return [_verified(partner, letter, text.encode()) for letter, text in zip(letters, texts, strict=True)]


def _verified(partner: Partner, letter: Waiting, text: bytes) -> Verified:
    """The receipt, if the partner signed it for these very bytes. Raises BadInput, BadNote."""
    document = parts(Type.RECEIPT, text)
    card = next((each for each in partner.cards if each.document_id == document.key), None)
    if card is None:
        raise BadNote("the receipt is under a key that is not the partner's")
    require_signed(document, card.document_key)
    receipt = receipt_of(document)
    if receipt.digest != letter.digest or receipt.recipient != partner.origin:
        raise BadNote("the receipt is for another letter")
    return Verified(receipt, text)


def _settle(
    office: Office, partner: Partner, letters: Sequence[Waiting], receipts: Sequence[Verified]
) -> Delivered:
    """Mark what the receipts say, in one transaction with its entry in the ledger."""
    now = office.now()

    def work(connection: Connection) -> Delivered:
        accepted = refused = 0
        wanted: dict[Lane, int] = {}
        fault = ""
        for letter, verified in zip(letters, receipts, strict=True):
            receipt = verified.receipt
            if receipt.outcome is Outcome.GAP:
                wanted.setdefault(letter.lane, receipt.wanted)
            elif receipt.outcome is Outcome.REFUSED and receipt.wanted <= letter.number:
                fault = fault or f"refused unread: {receipt.code}"
            else:
                good = receipt.outcome is Outcome.ACCEPTED
                accepted, refused = accepted + good, refused + (not good)
                _mark(connection, letter, verified, now, "delivered" if good else "refused")
        _succeeded(connection, partner, now)
        if accepted or refused:
            _record(office, connection, partner, letters, receipts, now)
        return Delivered(accepted, refused, fault, tuple(wanted.items()))

    return office.write(work)


def _mark(connection: Connection, letter: Waiting, found: Verified, now: datetime, state: str) -> None:
    row = {"letter": letter.id, "came_to": state, "why": found.receipt.code, "text": found.text, "at": now}
    _MARKED.change(connection, [row])


def _record(
    office: Office,
    connection: Connection,
    partner: Partner,
    letters: Sequence[Waiting],
    receipts: Sequence[Verified],
    now: datetime,
) -> None:
    """One entry for the receipts of one call: how many, over which letters."""
    digest = digest_of("".join(sorted(each.receipt.digest for each in receipts)).encode())
    statement = Statement(
        what=WHAT_RECEIPTS,
        who=NODE,
        when=now,
        objects=(partner.id, letters[0].id, letters[-1].id),
        digest=digest,
        outcome=str(len(receipts)),
    )
    office.log.append(connection, statement)


def _failed(office: Office, partner: Partner, chance: random.Random, fault: str, wait: int = 0) -> Delivered:
    """Wait longer each time, never all at the same moment."""
    now = office.now()

    def work(connection: Connection) -> None:
        failures = connection.execute(
            select(DELIVERIES.c.failures).where(DELIVERIES.c.partner == partner.id)
        ).scalar()
        count = (failures or 0) + 1
        least = min(FIRST_WAIT * 2 ** min(count - 1, 16), LONGEST_WAIT)
        pause = max(least * (0.5 + chance.random() / 2), timedelta(seconds=wait))
        _put(connection, partner, {"failures": count, "next": now + pause, "fault": fault[:200]})

    office.write(work)
    return Delivered(fault=fault)


def _succeeded(connection: Connection, partner: Partner, now: datetime) -> None:
    _put(connection, partner, {"failures": 0, "next": now, "fault": "", "succeeded": now})


def _put(connection: Connection, partner: Partner, values: dict[str, object]) -> None:
    here = DELIVERIES.c.partner == partner.id
    if connection.execute(update(DELIVERIES).where(here).values(**values)).rowcount == 0:
        connection.execute(insert(DELIVERIES).values(partner=partner.id, **values))


@dataclass(frozen=True, slots=True)
class Backlog:
    """How the way to a partner stands: letters that wait, since when, when the next try is, and why the last failed."""

    partner: str
    waiting: int
    oldest: datetime | None
    next: datetime | None
    fault: str
    succeeded: datetime | None


def backlogs(connection: Connection) -> list[Backlog]:
    """How the way to each partner stands, by name."""
    found = []
    for partner in directory.partners(connection):
        waiting = connection.execute(
            select(func.count().label("number"), func.min(OUTBOX.c.made).label("oldest")).where(
                OUTBOX.c.partner == partner.id, OUTBOX.c.state == "waiting"
            )
        ).one()
        row = connection.execute(select(DELIVERIES).where(DELIVERIES.c.partner == partner.id)).first()
        found.append(
            Backlog(
                partner.origin,
                waiting.number,
                waiting.oldest,
                row.next if row else None,
                row.fault if row else "",
                row.succeeded if row else None,
            )
        )
    return found


def due(connection: Connection, partner: Partner, now: datetime) -> bool:
    """Whether a try is due: there is none that failed, or its pause is over."""
    following = connection.execute(
        select(DELIVERIES.c.next).where(DELIVERIES.c.partner == partner.id)
    ).scalar()
    return following is None or following <= now
