"""A set that is kept up within its epoch, where the agreement lets changes be published: once a day, or sooner.

Records that are new are added; what was withdrawn, erased, restricted or ended leaves, but for heads that another
record has too. Partners fetch what changed, padded on both sides.
"""

from __future__ import annotations

import datetime as dt
import secrets
from functools import partial

import numpy as np
from sqlalchemy import Connection, func, select

from liaison.crosscheck.function import tokens
from liaison.crosscheck.function.eliasfano import WIDEST, Numbers
from liaison.crosscheck.function.tokens import TokenSet
from liaison.crosscheck.holder import book, epochs, processes, publishable, versions
from liaison.crosscheck.holder.epochs import Epoch, EpochState, Sharing
from liaison.crosscheck.holder.making import Brought, Making, brought_up, change, started
from liaison.crosscheck.messages import Of
from liaison.office import Office
from liaison.storage.tables.crosscheck import EPOCHS
from liaison.storage.tables.holdings import HOLDINGS
from liaison.transport.means import Means

WHAT = "token-set-changed"
DAILY = dt.timedelta(days=1)
AT_ONCE, TENTH = 1_000, 10  # records that changed, or one in ten: they do not wait for the next day
FEW = 20  # fewer do


def run(office: Office, means: Means) -> int:
    """Bring up to date every set for which that is due; how many there were."""
    found = [each for each in office.read(partial(_kept_up, office)) if _due(office, each[0])]
    for epoch, sharing in found:
        if not processes.of(office).stopping.is_set():
            bring_up(office, means, epoch, sharing)
            processes.of(office).looked[epoch.id] = office.now()
    return len(found)


def bring_up(office: Office, means: Means, epoch: Epoch, sharing: Sharing) -> bool:
    """Publish what changed since the last state of a set; whether there was anything."""
    cursor = publishable.place(office)
    making = started(office, means, epoch, sharing)
    survey = book.survey(office, making.key, epoch)
    since = office.read(lambda connection: versions.last(connection, epoch)).made
    brought = brought_up(making, epoch, since, survey.shares)
    old, held = _set(making), book.heads_of(brought.pieces.values())
    new, records = _amended(old, brought, held, survey.canaries), book.records_of(brought.pieces.values())
    state = None
    if new is not None:
        state = versions.state(office, means, epoch, making.key, new, records, tokens.delta(old, new))

    def work(connection: Connection) -> None:
        if epochs.by_id(connection, epoch.id).state is EpochState.OPEN:
            book.put(connection, brought.rows)
            change(connection, epoch, cursor=cursor, records=records)
            if state is not None:
                entry = state.keep(office, connection, WHAT)
                told = {"version": epoch.version + 1, "people": state.published.people, "entry": entry}
                change(connection, epoch, **told)

    office.write(work)
    return state is not None


def _amended(old: TokenSet, brought: Brought, held: Numbers, canaries: Numbers) -> TokenSet | None:
    """The set after what came and went; None where it would be the same. `held` are all heads that stay."""
    cut, stay = np.uint64(WIDEST - old.width), np.concatenate([held, canaries])
    came, went = np.unique(brought.came >> cut), np.unique(brought.went >> cut)
    gone = np.setdiff1d(went, stay[np.isin(stay >> cut, went)] >> cut)
    if not len(gone) and tokens.contains(old, came << cut).all():
        return None
    padding = tokens.padding_of(old, np.concatenate([stay, brought.went]))
    return tokens.amended(old, came << cut, gone << cut, padding, secrets.token_bytes(tokens.CHANCE))


def _set(making: Making) -> TokenSet:
    """The set as it was last published, from its shards."""
    office, epoch = making.office, making.epoch

    def read(connection: Connection) -> list[bytes]:
        rows = versions.shards(connection, epoch, 0, 1 << tokens.MOST_SHARDS)
        return versions.opened(epoch, making.key, rows)

    shards = office.read(read)
    told = versions.told(office.read(lambda connection: versions.last(connection, epoch)))
    return tokens.opened(told.outline, shards)


def _kept_up(office: Office, connection: Connection) -> list[tuple[Epoch, Sharing]]:
    """The newest open epoch of each class that publishes changes."""
    held = epochs.classes(connection, office.now())
    chosen = (
        EPOCHS.c["of"] == Of.RECORDS.value,
        EPOCHS.c.state == EpochState.OPEN.value,
        EPOCHS.c.changes.is_(True),
    )
    return [
        (each, held[each.sharing].sharing)
        for each in epochs.epochs(connection, *chosen)
        if each.sharing in held and each.answers_at(office.now())
    ]


def _due(office: Office, epoch: Epoch) -> bool:
    """Whether enough changed, or anything since yesterday."""

    def look(connection: Connection) -> bool:
        query = select(func.count()).select_from(HOLDINGS).where(HOLDINGS.c.change > epoch.cursor)
        waiting = connection.execute(query).scalar_one()
        made = versions.last(connection, epoch).made
        if waiting >= min(AT_ONCE, max(FEW, epoch.records // TENTH)):
            return True
        looked = max(made, processes.of(office).looked.get(epoch.id, made))
        return office.now() - looked >= DAILY and (
            waiting > 0 or bool(publishable.changed(connection, epoch.cursor, made, office.now()))
        )

    return office.read(look)
