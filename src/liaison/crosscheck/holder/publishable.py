"""This node's records as its sets take them: read a page at a time, opened, and each held against the rules.

Nothing becomes a match key but what `rules.unpublished` lets through here. The safeguarding compartment is not read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, select

from liaison import policy
from liaison.crosscheck.holder.epochs import Sharing
from liaison.crosscheck.holder.light import DECODER, LightSubject
from liaison.crosscheck.holder.rules import CrosscheckTerms, Standing, Unpublished, unpublished
from liaison.holdings.indexing import changed_ids
from liaison.holdings.shelves import AT_ONCE, OPEN, about, last_change
from liaison.model.errors import Erased
from liaison.model.holding import State
from liaison.office import Office
from liaison.ports import KeyId
from liaison.storage.sealing import unseal
from liaison.storage.tables.holdings import HOLDINGS, VERSIONS

PAGE = 1_000  # records that are opened at once
LATE = dt.timedelta(days=2)  # before the last look: a record's last day ends by no clock of ours


@dataclass(frozen=True, slots=True)
class Looked:
    """A record that was looked at: its subject where it may become keys, and else why not."""

    id: str
    subject: LightSubject | None
    why: Unpublished | None


def terms_of(office: Office, sharing: Sharing) -> CrosscheckTerms:
    """What a class lets into its set, as far as the law of this node lets anything be found."""
    lawful = policy.limits(office.regimes).categories
    categories = frozenset(each for each in sharing.categories if each in lawful)
    return CrosscheckTerms(categories=categories, things=sharing.things)


def page(office: Office, after: str, terms: CrosscheckTerms) -> list[Looked]:
    """The records that follow this one, in the order of their ids; none at the end."""
    query = _query().where(HOLDINGS.c.id > after).order_by(HOLDINGS.c.id).limit(PAGE)
    return _looked(office, office.read(partial(_rows, query)), terms)


def some(office: Office, ids: Sequence[str], terms: CrosscheckTerms) -> list[Looked]:
    """These records."""
    found: list[Looked] = []
    for start in range(0, len(ids), AT_ONCE):
        query = _query().where(HOLDINGS.c.id.in_(ids[start : start + AT_ONCE]))
        found += _looked(office, office.read(partial(_rows, query)), terms)
    return found


def place(office: Office) -> int:
    """The place of the last change of a record."""
    return office.read(last_change)


def changed(connection: Connection, after: int, since: dt.datetime, now: dt.datetime) -> list[str]:
    """The records that changed behind this place in the order of changes, or whose retention ended since then."""
    found = dict.fromkeys(id for id, _ in changed_ids(connection, after))
    ended = (HOLDINGS.c.retention > since - LATE) & (HOLDINGS.c.retention <= now)
    found |= dict.fromkeys(connection.execute(select(HOLDINGS.c.id).where(ended)).scalars())
    return list(found)


def _query() -> Select[Any]:
    latest = (VERSIONS.c.holding == HOLDINGS.c.id) & (VERSIONS.c.version == HOLDINGS.c.version)
    columns = HOLDINGS.c.id, HOLDINGS.c.state, VERSIONS.c.version, VERSIONS.c.key, VERSIONS.c.sealed
    return select(*columns).outerjoin(VERSIONS, latest)


def _rows(query: Select[Any], connection: Connection) -> Sequence[Sequence[Any]]:
    return connection.execute(query).all()


def _looked(office: Office, rows: Sequence[Sequence[Any]], terms: CrosscheckTerms) -> list[Looked]:
    """What rows of `_query` say, each in its turn, so that nothing of one stays while the next is opened."""
    today, live = office.now().date(), State.LIVE.value
    standing = {state.value: Standing(today=today, state=state) for state in State}
    keys = _keys(office, [number for _, state, _, number, _ in rows if state == live and number is not None])
    found: list[Looked] = []
    for id, state, version, number, sealed in rows:
        key = keys.get(number)  # None for a record that is not live, or was erased meanwhile
        if key is None:
            found.append(Looked(id, None, Unpublished.STATE))
            continue
        record = DECODER.decode(unseal(key, sealed, about(OPEN, id, version))).holding
        why = unpublished(record, standing[state], terms)
        found.append(Looked(id, None if why else record.subject, why))
    return found


def _keys(office: Office, numbers: Sequence[int]) -> dict[int, bytes]:
    """The keys of these numbers, but for those that were destroyed meanwhile."""
    try:
        return dict(zip(numbers, office.keys.fetch([KeyId(number) for number in numbers]), strict=True))
    except Erased:
        return {number: key for number in numbers if (key := _key(office, number)) is not None}


def _key(office: Office, number: int) -> bytes | None:
    try:
        return office.keys.fetch([KeyId(number)])[0]
    except Erased:
        return None
