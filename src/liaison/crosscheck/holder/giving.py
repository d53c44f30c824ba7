"""The holder's sets, as partners who are entitled to them fetch them: what was signed, the shards, the changes.

A partner that could not take what it fetched says so, which is recorded once.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, and_, func, insert, select

from liaison.crosscheck.holder import epochs, versions
from liaison.crosscheck.holder.epochs import Epoch
from liaison.crosscheck.holder.questions import ASK, entitled
from liaison.crosscheck.holder.serving import refusing
from liaison.crosscheck.messages import Of, Rejection, joined
from liaison.crosscheck.recording import ITSELF, record
from liaison.model import canonical
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful, WrongEpoch
from liaison.office import Office
from liaison.partners import directory
from liaison.partners.directory import Partner, require_open
from liaison.storage.tables.crosscheck import REJECTED, SHARDS
from liaison.transport.calls import ROOT, answers
from liaison.transport.means import Means
from liaison.transport.messages import Message

WHAT, WHAT_REJECTED = "token-set-sent", "token-set-refused-there"
LARGEST_REJECTION = 1_000  # bytes
MOST = 4 << 20  # bytes of shards in one call; one shard is given however large it is
SET, RANGE, CHANGE = (
    re.compile(rf"{ROOT}/crosscheck/set/(records|actions)"),
    re.compile(rf"{ROOT}/crosscheck/shards/([a-z0-9-]{{1,80}})/(\d{{1,9}})/(\d{{1,5}})-(\d{{1,5}})"),
    re.compile(rf"{ROOT}/crosscheck/changes/([a-z0-9-]{{1,80}})/(\d{{1,9}})"),
)


@answers("GET", "/crosscheck/set/")
def set_call(office: Office, means: Means, partner: Partner, message: Message) -> bytes:
    """What was signed of a set. Raises LiaisonError."""
    (of,) = _told(SET, message)
    return published(office, partner, Of(of))


@answers("GET", "/crosscheck/shards/")
def shards_call(office: Office, means: Means, partner: Partner, message: Message) -> bytes:
    """Shards, joined. Raises LiaisonError."""
    epoch, version, first, last = _told(RANGE, message)
    return joined(shards(office, partner, epoch, int(version), (int(first), int(last))))


@answers("GET", "/crosscheck/changes/")
def change_call(office: Office, means: Means, partner: Partner, message: Message) -> bytes:
    """One change. Raises LiaisonError."""
    epoch, version = _told(CHANGE, message)
    return change(office, partner, epoch, int(version))


@answers("POST", "/crosscheck/refused")
def rejected_call(office: Office, means: Means, partner: Partner, message: Message) -> bytes:
    """Nothing: that a partner did not take a set is recorded. Raises LiaisonError."""
    return rejected(office, partner, message.body)


def published(office: Office, partner: Partner, of: Of) -> bytes:
    """The signed Published of the newest set that the partner is entitled to.

    Raises LinkClosed, NotLawful; Conflict while the first one is being made.
    """

    def work(connection: Connection) -> bytes:
        now, known = office.now(), directory.by_id(connection, partner.id)
        require_open(known, now)
        sharing = epochs.class_of(known, of, now)
        if sharing is None:
            raise NotLawful("the agreement does not name this kind of exchange", hint=ASK)
        epoch = epochs.answering(connection, sharing, now)
        if epoch is None:
            raise Conflict("the set is being made", hint="ask again later")
        _record(office, connection, partner, epoch, "outline")
        return str(versions.last(connection, epoch).document).encode()

    with refusing(office, partner) as told:
        told["of"] = of.value
        return office.write(work)


def shards(office: Office, partner: Partner, epoch: str, version: int, span: tuple[int, int]) -> list[bytes]:
    """Shards of the state that a set is in, from the first to the last of the span.

    Raises LinkClosed, NotLawful, WrongEpoch; Conflict where the set changed meanwhile, BadInput for a span that is
    none or longer than MOST, DamagedSet where a shard does not open.
    """
    first, last = span
    here = (SHARDS.c.epoch == epoch) & (SHARDS.c.number >= first) & (SHARDS.c.number <= last)

    def look(connection: Connection) -> tuple[Epoch, list[Row[Any]]]:
        held = _entitled(office, connection, partner, epoch)
        if held.version != version:
            raise Conflict("the set has changed", hint="fetch what was signed of it again")
        size = connection.execute(select(func.sum(func.length(SHARDS.c.sealed))).where(here)).scalar() or 0
        rows = versions.shards(connection, held, first, last + 1) if size <= MOST or first == last else []
        if not rows or len(rows) != last - first + 1:
            raise BadInput("so many shards are not given at once", field="shards", hint="ask for fewer")
        return held, rows

    def tell(connection: Connection) -> None:
        held = _entitled(office, connection, partner, epoch)
        _record(office, connection, partner, held, f"shards {first}-{last}")

    with refusing(office, partner) as told:
        told["epoch"] = epoch
        held, rows = office.read(look)
        office.write(tell)
        return versions.opened(held, office.keys.fetch([held.key])[0], rows)


def change(office: Office, partner: Partner, epoch: str, version: int) -> bytes:
    """What leads from one state of a set to the next. Raises LinkClosed, NotLawful, WrongEpoch, NotFound,
    DamagedSet."""

    def work(connection: Connection) -> bytes:
        held = _entitled(office, connection, partner, epoch)
        if not held.changes:
            raise NotLawful("the agreement lets no changes be published", hint=ASK)
        row = versions.version(connection, held, version + 1)
        found = versions.change(held, office.keys.fetch([held.key])[0], row)
        _record(office, connection, partner, held, f"change {version}")
        return found

    with refusing(office, partner) as told:
        told["epoch"] = epoch
        return office.write(work)


def rejected(office: Office, partner: Partner, body: bytes) -> bytes:
    """Record that a partner did not take a state of a set, once for each reason.

    Raises BadInput, LinkClosed, NotLawful, WrongEpoch.
    """

    def work(connection: Connection) -> bytes:
        _require_given(office, connection, partner, given)
        row: dict[str, str | int] = {"partner": partner.origin, "of": given.of.value, "epoch": given.epoch}
        row |= {"version": given.version, "code": given.code}
        same = and_(*(REJECTED.c[name] == value for name, value in row.items()))
        if connection.execute(select(REJECTED.c.code).where(same)).first() is None:
            connection.execute(insert(REJECTED).values(**row, at=office.now()))
            detail = {name: str(value) for name, value in row.items()}
            record(office, connection, WHAT_REJECTED, ITSELF, detail=detail)
        return b""

    with refusing(office, partner):
        if len(body) > LARGEST_REJECTION:
            raise BadInput("so much is not said of a set", field="body")
        given = canonical.decode(body, Rejection)
        return office.write(work)


def _require_given(office: Office, connection: Connection, partner: Partner, given: Rejection) -> None:
    """Raises LinkClosed, NotLawful, WrongEpoch, BadInput for a state of a set that the partner cannot have had."""
    if given.epoch:
        held = _entitled(office, connection, partner, given.epoch)
        if held.of is not given.of or given.version > held.version:
            raise BadInput("no such state of the set was given", field="version")
        return
    now, known = office.now(), directory.by_id(connection, partner.id)
    require_open(known, now)
    if epochs.class_of(known, given.of, now) is None:
        raise NotLawful("the agreement does not name this kind of exchange", hint=ASK)


def _entitled(office: Office, connection: Connection, partner: Partner, epoch: str) -> Epoch:
    now, known = office.now(), directory.by_id(connection, partner.id)
    require_open(known, now)
    try:
        of = epochs.by_id(connection, epoch).of
    except NotFound:
        raise WrongEpoch("there is no such epoch") from None
    return entitled(connection, known, of, epoch, now)


def _record(office: Office, connection: Connection, partner: Partner, epoch: Epoch, what: str) -> None:
    told = {"partner": partner.origin, "version": str(epoch.version), "what": what}
    record(office, connection, WHAT, ITSELF, objects=(epoch.id,), detail=told)


def _told(form: re.Pattern[str], message: Message) -> tuple[str, ...]:
    """What an address names. Raises NotFound for another."""
    found = form.fullmatch(urlsplit(message.url).path)
    if found is None:
        raise NotFound
    return found.groups()
