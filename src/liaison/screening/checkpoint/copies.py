"""The copy that a checkpoint works from without the node: keyed marks, and behind each what to do and whom to call.

No name, no number and no record stands on it. Which records may be carried the policy says of each (action carry);
victims, witnesses, contacts, children and the missing never are. The key of the marks and the code of the shift are
told once and kept nowhere: decision 0055.
"""

from __future__ import annotations

import base64
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, insert, select

from liaison import policy
from liaison.holdings.indexing import findable
from liaison.holdings.rules import facts
from liaison.holdings.shelves import OPEN, opened
from liaison.ledger.statements import Statement
from liaison.model.categories import Category
from liaison.model.errors import Conflict, Erased, NotFound
from liaison.model.holding import Holding, State
from liaison.office import Office, new_id
from liaison.screening.checkpoint.forms import mark
from liaison.screening.checkpoint.rules import (
    CODE_SIGNS,
    COUNTED,
    Entry,
    carried,
    entry,
    merged,
    place_of,
)
from liaison.screening.code_rules import CROCKFORD
from liaison.screening.lookups import Footing, context_for, footing
from liaison.screening.permission import settle, weigh
from liaison.storage.tables.checkpoint import COPIES
from liaison.storage.tables.holdings import HOLDINGS, VERSIONS

COPIED = "checkpoint-copy"
PAGE = 2_000  # records that are opened at once
KEY = 32  # bytes
KINDS = tuple(COUNTED.values())


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy. `entries` are by their marks, `counts` are of records; `code` and `key` are told to whoever asked and
    kept nowhere."""

    id: str
    made: datetime
    expires: datetime
    code: str
    key: bytes
    entries: dict[str, Entry]
    counts: dict[str, int]
    entry: int


def make(office: Office, actor: policy.Actor, grounds: str, place: str, lasting: timedelta) -> Copy:
    """Make a copy of what these grounds may search, good for `lasting`.

    Raises Conflict where the node lets none be made; BadInput; NotFound for grounds that are not the person's own;
    NotLawful with every reason; LedgerUnavailable and StoreUnavailable, after which nothing was told.
    """
    if not lasting:
        hint = "ask whoever runs the node; the setting is checkpoint_hours"
        raise Conflict("this node lets no copy be carried", hint=hint)
    place, now = place_of(place), office.now()
    expires = now + lasting
    stand = office.read(lambda connection: footing(office, connection, actor, grounds, now))
    context = context_for(office, actor, stand, now, until=expires, record=_unobjectionable(expires))
    settle(office, policy.Action.CARRY, context, weigh(office, policy.Action.CARRY, context))
    key, copy = secrets.token_bytes(KEY), new_id("copy")
    entries, records = dict[str, Entry](), set[tuple[str, str]]()
    for found, one in _entries(office, context, expires):
        marked = mark(key, one.kind, found)
        entries[marked] = merged(entries[marked], one) if marked in entries else one
        records.add((one.kind, one.reference))
    counts = dict.fromkeys(KINDS, 0) | Counter(COUNTED[kind] for kind, _ in records)

    def work(connection: Connection) -> int:
        again = footing(office, connection, actor, grounds, now)
        return _write(office, connection, actor, again, copy, place, (now, expires), counts)

    index = office.write(work)
    code = "".join(secrets.choice(CROCKFORD) for _ in range(CODE_SIGNS))
    return Copy(copy, now, expires, code, key, entries, counts, index)


def load_copy(connection: Connection, actor: policy.Actor, copy: str) -> Row[Any]:
    """A copy that was handed to this person. Raises NotFound."""
    row = connection.execute(select(COPIES).where(COPIES.c.id == copy)).first()
    if row is None or row.person != actor.person:
        raise NotFound
    return row


def _entries(office: Office, context: policy.Context, expires: datetime) -> Iterator[tuple[str, Entry]]:
    """Each form that is carried, with what the copy says behind it."""
    allowed, today = policy.limits(office.regimes).instructions, context.now.date()
    may = _Permitted(office, context)
    for holding_id, holding, state, held_until in _held(office, context.now):
        forms = carried(holding, today)
        if forms and may.carry(facts(holding, today, state, held_until)):
            for kind, form in forms:
                yield form, entry(holding, kind, holding_id, allowed, expires)


def _unobjectionable(expires: datetime) -> policy.RecordFacts:
    """The facts of a record against which nothing speaks: what is refused of it is refused of the copy as such."""
    return policy.RecordFacts(
        category=Category.SUSPECT, graded=True, own=True, review_at=expires, expires_at=expires
    )


class _Permitted:
    """What the policy says of records, asked once for each set of facts."""

    def __init__(self, office: Office, context: policy.Context) -> None:
        self._office, self._context = office, context
        self._known: dict[policy.RecordFacts, bool] = {}

    def carry(self, record: policy.RecordFacts) -> bool:
        """Whether a record may be carried, and be read by whoever carries it."""
        known = self._known.get(record)
        if known is None:
            asked = msgspec.structs.replace(self._context, record=record)
            both = (policy.Action.CARRY, policy.Action.READ_HOLDING)
            known = all(isinstance(weigh(self._office, action, asked), policy.Permit) for action in both)
            self._known[record] = known
        return known


def _held(office: Office, now: datetime) -> Iterator[tuple[str, Holding, State, datetime | None]]:
    """Every record that a check may find, page by page; one that is erased meanwhile is left out."""
    last = ""
    while rows := office.read(lambda connection, after=last: _page(office, connection, after, now)):  # type: ignore[misc]
        for row, holding in _opened(office, rows):
            yield row.id, holding, State(row.state), row.hold_until
        last = rows[-1].id


def _page(office: Office, connection: Connection, after: str, now: datetime) -> Sequence[Row[Any]]:
    latest = and_(VERSIONS.c.holding == HOLDINGS.c.id, VERSIONS.c.version == HOLDINGS.c.version)
    columns = (HOLDINGS.c.id, HOLDINGS.c.state, HOLDINGS.c.hold_until, *VERSIONS.c)
    query = select(*columns).join(VERSIONS, latest).where(findable(office, now), HOLDINGS.c.id > after)
    return connection.execute(query.order_by(HOLDINGS.c.id).limit(PAGE)).all()


def _opened(office: Office, rows: Sequence[Row[Any]]) -> Iterator[tuple[Row[Any], Holding]]:
    try:
        versions = opened(office.keys, OPEN, rows)
    except Erased:
        if len(rows) == 1:
            return
        middle = len(rows) // 2
        yield from _opened(office, rows[:middle])
        yield from _opened(office, rows[middle:])
        return
    yield from ((row, version.holding) for row, version in zip(rows, versions, strict=True))


def _write(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    stand: Footing,
    copy: str,
    place: str,
    when: tuple[datetime, datetime],
    counts: dict[str, int],
) -> int:
    """Write that a copy was made, the ledger first; the ledger's entry."""
    now, expires = when
    statement = Statement(
        what=COPIED,
        who=actor.person,
        when=now,
        case=stand.row.case_id,
        purpose=stand.row.purpose,
        grounds=stand.row.id,
        objects=(copy,),
        outcome=str(sum(counts.values())),
        detail={name: str(many) for name, many in counts.items()} | {"expires": expires.isoformat()},
    )
    index = office.log.append(connection, statement).index
    row = {"id": copy, "person": actor.person, "case_id": stand.row.case_id, "grounds_id": stand.row.id}
    row |= {"place": place, "made": now, "expires": expires}
    row |= {name.replace("-", "_"): many for name, many in counts.items()}
    connection.execute(insert(COPIES).values(row))
    return int(index)


def told_key(copy: Copy) -> str:
    """The key of the marks as it is told."""
    return base64.b64encode(copy.key).decode()
