"""This node's own sets of planned actions: one for each partner who agreed on deconfliction, under a key of its own.

Each action puts a block of POINTS tokens into the set, whatever it is about and however long it lasts: the outputs of
its keys, and chance. Blocks of chance alone come and go as actions do, so that neither the size of a set nor what
changes between two of them tells of an action. Tokens are wide enough that nothing meets one by chance.

The whole outputs, of which tokens are the beginnings, are kept sealed while the action is planned: who claims an
overlap shows one, and can know it only by having had that very input evaluated.
"""

from __future__ import annotations

import datetime as dt
import math
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import shake_256
from hmac import compare_digest
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, delete, insert, select, update

from liaison.crosscheck.function import tokens, voprf
from liaison.crosscheck.function.eliasfano import Numbers
from liaison.crosscheck.function.keyholder import KeyHolder
from liaison.crosscheck.function.tokens import OUTPUT, TokenSet
from liaison.crosscheck.holder import epochs, making, versions
from liaison.crosscheck.holder.epochs import Epoch, EpochState
from liaison.crosscheck.messages import Of
from liaison.crosscheck.planned import actionkeys
from liaison.crosscheck.planned.actionkeys import POINTS
from liaison.crosscheck.planned.actionlaw import still_lawful
from liaison.crosscheck.planned.actions import ActionState, content_of, planned
from liaison.office import Office, new_id
from liaison.partners import directory
from liaison.partners.directory import Partner
from liaison.storage.sealing import seal, unseal
from liaison.storage.tables.crosscheck import EPOCHS, VERSIONS
from liaison.storage.tables.deconfliction import ACTIONS, BLOCKS
from liaison.transport.means import Means

WHAT_PUBLISHED = "action-set-published"
WIDTH, POWER = 56, 4  # bits of a token; shards, as a power of two
SEED = 32  # bytes
CHANCE_EVERY = dt.timedelta(hours=8)  # a block of chance comes, on average
CHANCE_LASTS = dt.timedelta(days=3)  # and stays
FEWEST = 2  # blocks of chance that a new set begins with, and at most as many more by lot
UNIT = 1 << 53

Telling = Callable[[Connection, Partner, str], None]  # the partner, and the id of the epoch


@dataclass(frozen=True, slots=True)
class Block:
    """What one action puts into a set, or chance: `sealed` is a seed, then whole outputs."""

    id: str
    action: str
    revision: int
    until: dt.datetime
    sealed: bytes


def keep_up(office: Office, means: Means, tell: Telling) -> int:
    """Bring the set of every partner up to date, and `tell` those whose set changed; how many were published.

    Raises KeyProcessLost, WrongKey.
    """
    epochs.run(office, Of.ACTIONS)
    office.write(_drop_of_closed)
    for_whom, held = office.read(lambda connection: _open(office, connection))
    return sum(
        _bring_up(office, means, epoch, for_whom[epoch.sharing], tell)
        for epoch in held
        if epoch.sharing in for_whom
    )


def claimed(office: Office, connection: Connection, partner: Partner, epoch: str, output: bytes) -> list[str]:
    """The planned actions that this whole output is of, in a set that is this partner's; none for a false claim."""
    sharing = epochs.class_of(partner, Of.ACTIONS, office.now())
    mine = EPOCHS.c.id == epoch, EPOCHS.c["of"] == Of.ACTIONS.value
    found = epochs.epochs(connection, *mine, EPOCHS.c.state == EpochState.OPEN.value)
    if sharing is None or not found or found[0].sharing != sharing.digest or len(output) != OUTPUT:
        return []
    key = office.keys.fetch([found[0].key])[0]
    current = (ACTIONS.c.id == BLOCKS.c.action) & (ACTIONS.c.revision == BLOCKS.c.revision)
    live = select(BLOCKS).join(ACTIONS, current & (ACTIONS.c.state == ActionState.PLANNED.value))
    blocks = connection.execute(live.where(BLOCKS.c.epoch == epoch).order_by(BLOCKS.c.action)).all()
    return [row.action for row in blocks if _has(unseal(key, row.sealed, about(row.id))[SEED:], output)]


def outputs_of(process: KeyHolder, inputs: Sequence[bytes]) -> bytes:
    """The whole outputs of this node's own inputs under a key that its process has: bytes[64 * n]."""
    blinded = voprf.blind(inputs, secrets.token_bytes(SEED))
    answer = process.evaluate(blinded.points)
    return b"".join(voprf.finalize(process.public(), inputs, blinded, answer))


def set_of(blocks: Iterable[bytes]) -> TokenSet:
    """The set that opened blocks make up."""
    heads = np.concatenate([np.zeros(0, np.uint64), *map(_heads, blocks)])
    return tokens.sharded(np.unique(tokens.cut(heads, WIDTH)), WIDTH, POWER)


def about(block: str) -> str:
    """What a block's seal is bound to."""
    return f"deconfliction_blocks:{block}"


def _heads(opened: bytes) -> Numbers:
    """The POINTS heads of a block: those of its outputs, and what its seed leads to."""
    seed, outputs = opened[:SEED], opened[SEED:]
    left = POINTS - len(outputs) // OUTPUT
    stream = shake_256(b"liaison-xc-actions/v1 block" + seed).digest(tokens.HEAD * left)
    return np.concatenate([tokens.heads(outputs), np.frombuffer(stream, ">u8").astype(np.uint64)])


def _has(outputs: bytes, wanted: bytes) -> bool:
    every = (outputs[place : place + OUTPUT] for place in range(0, len(outputs), OUTPUT))
    return any(compare_digest(each, wanted) for each in every)


def _open(office: Office, connection: Connection) -> tuple[dict[str, Partner], list[Epoch]]:
    """The partners by their class, and the epochs of actions that are not closed."""
    found = epochs.classes(connection, office.now(), Of.ACTIONS)
    for_whom = {digest: directory.partner(connection, each.sharing.partner) for digest, each in found.items()}
    kept = EPOCHS.c["of"] == Of.ACTIONS.value, EPOCHS.c.state != EpochState.CLOSED.value
    return for_whom, epochs.epochs(connection, *kept)


def _drop_of_closed(connection: Connection) -> None:
    closed = select(EPOCHS.c.id).where(EPOCHS.c.state == EpochState.CLOSED.value)
    connection.execute(delete(BLOCKS).where(BLOCKS.c.epoch.in_(closed)))


def _blocks(connection: Connection, epoch: str) -> Sequence[Row[Any]]:
    return connection.execute(select(BLOCKS).where(BLOCKS.c.epoch == epoch).order_by(BLOCKS.c.id)).all()


def _bring_up(office: Office, means: Means, epoch: Epoch, partner: Partner, tell: Telling) -> bool:
    """Publish what changed for one partner; whether anything did."""
    now, key = office.now(), office.keys.fetch([epoch.key])[0]

    def look(connection: Connection) -> tuple[dict[str, Row[Any]], Sequence[Row[Any]]]:
        rows = [row for row in planned(connection) if still_lawful(office, connection, row, partner)]
        return {row.id: row for row in rows}, _blocks(connection, epoch.id)

    wanted, held = office.read(look)
    kept = [row for row in held if row.until > now and (not row.action or _same(row, wanted))]
    there = {row.action for row in kept}
    missing = [row for id, row in wanted.items() if id not in there]
    lots = _lots(epoch, now)
    if epoch.version and len(kept) == len(held) and not missing and not lots:
        return False
    process = making.process_of(office, means, epoch)
    added = [_made(office, means, process, key, row) for row in missing]
    added += [_chance(key, now) for _ in range(lots)]
    sealed = [(row.id, row.sealed) for row in kept] + [(each.id, each.sealed) for each in added]
    opened = [unseal(key, content, about(id)) for id, content in sealed]
    gone = [row.id for row in held if row not in kept]
    _publish(office, means, _Change(epoch, partner, process.public(), key, gone, added), set_of(opened), tell)
    return True


@dataclass(frozen=True, slots=True)
class _Change:
    """What leads from one version of a partner's set to the next."""

    epoch: Epoch
    partner: Partner
    public: bytes
    key: bytes
    gone: Sequence[str]
    added: Sequence[Block]


def _publish(office: Office, means: Means, change: _Change, made: TokenSet, tell: Telling) -> None:
    epoch = replace(change.epoch, public=change.public.hex())
    state = versions.state(office, means, epoch, change.key, made, 0)

    def work(connection: Connection) -> None:
        current = epochs.by_id(connection, epoch.id)
        if current.state is EpochState.CLOSED or current.version != epoch.version:
            return  # another round was quicker
        connection.execute(delete(VERSIONS).where(VERSIONS.c.epoch == epoch.id))
        entry = state.keep(office, connection, WHAT_PUBLISHED)
        connection.execute(delete(BLOCKS).where(BLOCKS.c.id.in_(change.gone)))
        for each in change.added:
            connection.execute(insert(BLOCKS).values(_row(epoch, each)))
        values = {"state": EpochState.OPEN.value, "public": epoch.public, "entry": entry}
        values |= {"version": epoch.version + 1, "cursor": _next_chance(office.now())}
        connection.execute(update(EPOCHS).where(EPOCHS.c.id == epoch.id).values(**values))
        tell(connection, change.partner, epoch.id)

    office.write(work)


def _row(epoch: Epoch, block: Block) -> dict[str, Any]:
    row = {"id": block.id, "epoch": epoch.id, "action": block.action, "revision": block.revision}
    return row | {"until": block.until, "sealed": block.sealed}


def _same(block: Row[Any], wanted: dict[str, Row[Any]]) -> bool:
    return block.action in wanted and wanted[block.action].revision == block.revision


def _made(office: Office, means: Means, process: KeyHolder, key: bytes, row: Row[Any]) -> Block:
    """The block of an action."""
    keys = actionkeys.of_action(content_of(office, row).thing, row.starts, row.ends)
    outputs = outputs_of(process, actionkeys.evaluated(means.origin, keys))
    return _block(key, row.id, row.revision, row.ends, outputs)


def _chance(key: bytes, now: dt.datetime) -> Block:
    """A block of chance alone."""
    lasts = min(_drawn(CHANCE_LASTS), actionkeys.LONGEST)
    return _block(key, "", 0, now + lasts, b"")


def _block(key: bytes, action: str, revision: int, until: dt.datetime, outputs: bytes) -> Block:
    id = new_id("block")
    sealed = seal(key, secrets.token_bytes(SEED) + outputs, about(id))
    return Block(id, action, revision, until, sealed)


def _lots(epoch: Epoch, now: dt.datetime) -> int:
    """How many blocks of chance come now. `Epoch.cursor` is when the next one does, in seconds since 1970."""
    if not epoch.version:
        return FEWEST + secrets.randbelow(FEWEST + 1)
    return int(now.timestamp() >= epoch.cursor)


def _next_chance(now: dt.datetime) -> int:
    return int((now + _drawn(CHANCE_EVERY)).timestamp())


def _drawn(mean: dt.timedelta) -> dt.timedelta:
    """A time of exponential distribution, so that what passed says nothing of what is to come."""
    return mean * -math.log((secrets.randbelow(UNIT) + 1) / UNIT)
