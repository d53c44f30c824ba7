from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from liaison.crosscheck.asker import lines, sets
from liaison.crosscheck.asker.sets import DAILY, Kept
from liaison.crosscheck.asker.states import LegState
from liaison.crosscheck.function import tokens, voprf
from liaison.crosscheck.messages import Of, Published, joined
from liaison.ledger import tree
from liaison.model.errors import (
    BadInput,
    BadNote,
    DamagedSet,
    Erased,
    LiaisonError,
    NotFound,
    OtherNormaliser,
    WrongKey,
)
from liaison.ports import KeyId
from liaison.storage.tables.crosscheck import SET_SHARDS, SETS
from liaison.supply import signing
from liaison.supply.signing import Type
from liaison.transport.calls import Answered
from liaison.transport.channel import Unreachable
from tests.crosscheck.askers import GEZIM, Asked, asked
from tests.crosscheck.holders import terms
from tests.node_fixtures import both_databases

SET, SHARDS, CHANGES = "/crosscheck/set/", "/crosscheck/shards/", "/crosscheck/changes/"
LATER = ("R901", "Ilir", "Zogaj", "1971-05-06")


def fetch(both: Asked) -> Kept:
    return sets.fresh(both.asker.office, lines.line(both.asker.office, both.asker.means, both.partner_name))


def changed(both: Asked, path: str, change: Callable[[bytes], bytes]) -> None:
    def on_the_way(called: str, answered: Answered) -> Answered:
        if not called.startswith(path) or answered.status != 200:
            return answered
        return replace(answered, body=change(answered.body))

    both.counter.changes = on_the_way


def says(both: Asked, **said: Any) -> Callable[[bytes], bytes]:
    """The holder signs something else of its set."""

    def change(body: bytes) -> bytes:
        told = msgspec.structs.replace(signing.told(body.decode(), Published), **said)
        return signing.signed(Type.TOKEN_SET, told, both.holder.means.own.document).encode()

    return change


def moves_on(both: Asked) -> None:
    """A day later the holder has one record more, and published the change."""
    both.holder.arrive(LATER)
    both.pair.both(days=1, minutes=5)
    both.run()


def rejected(both: Asked, code: str) -> None:
    entries = both.ours("partner-set-rejected")
    assert [(each.detail["partner"], each.detail["code"]) for each in entries] == [(both.partner_name, code)]


@both_databases
def test_whole_set_is_fetched_verified_and_kept_sealed(tmp_path: Path, kind: str):
    with asked(tmp_path, kind) as both:
        kept = fetch(both)
        told = both.published()
        assert kept.published == told
        assert kept.tokens == both.fetched()
        spans = [path.rsplit("/", 1)[1] for path in both.counter.paths() if path.startswith(SHARDS)]
        fetched = [n for span in spans for n in range(int(span.split("-")[0]), int(span.split("-")[1]) + 1)]
        assert fetched == list(range(len(told.digests)))
        (entry,) = both.ours("partner-set-fetched")
        assert entry.digest == told.outline.root.hex()
        both.forget_memory()
        assert both.kept() == kept


def test_ranges_are_cut_so_that_no_answer_is_too_long(both: Asked, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sets, "AT_ONCE", 600)
    kept = fetch(both)
    assert len([path for path in both.counter.paths() if path.startswith(SHARDS)]) > 3
    assert kept.tokens == both.fetched()


def test_shards_do_not_stand_in_clear(both: Asked):
    kept = fetch(both)
    rows = both.asker.office.read(lambda c: list(c.execute(select(SET_SHARDS.c.sealed)).scalars()))
    assert not {bytes(row) for row in rows} & {*kept.tokens.shards}


def test_nothing_is_asked_again_within_minutes_and_the_outline_alone_after(both: Asked):
    fetch(both)
    calls = len(both.counter.calls)
    fetch(both)
    assert len(both.counter.calls) == calls
    both.pair.both(minutes=11)
    fetch(both)
    assert both.counter.paths()[calls:] == ["/crosscheck/set/records"]
    assert both.kept().fetched == both.asker.clock.now()


@both_databases
def test_changes_alone_are_fetched_where_they_are_published(tmp_path: Path, kind: str):
    with asked(tmp_path, kind) as both:
        before = fetch(both)
        old = row_of(both)
        moves_on(both)
        calls = len(both.counter.calls)
        kept = fetch(both)
        assert kept.published.version == before.published.version + 1
        assert [path.rsplit("/", 2)[0] for path in both.counter.paths()[calls:]][1:] == [CHANGES.rstrip("/")]
        assert kept.tokens == both.fetched() != before.tokens
        assert row_of(both).id == kept.id != old.id
        with pytest.raises(Erased):
            both.asker.office.keys.fetch([KeyId(old.key)])
        both.forget_memory()
        assert both.kept() == kept


def test_without_changes_the_whole_is_fetched(tmp_path: Path):
    with asked(tmp_path, agreed=terms(changes=False, standing_days=0)) as both:
        before = fetch(both)
        both.pair.both(days=29.5)
        both.run()
        both.pair.both(days=1)
        both.run()
        kept = fetch(both)
        assert kept.published.epoch != before.published.epoch
        assert not [path for path in both.counter.paths() if path.startswith(CHANGES)]


@pytest.mark.parametrize("change", [lambda body: body[:60] + b"\xff" + body[61:], lambda body: body[:-1]])
def test_damaged_change_is_in_the_ledger_and_the_whole_is_fetched(both: Asked, change: Any):
    fetch(both)
    moves_on(both)
    changed(both, CHANGES, change)
    kept = fetch(both)
    rejected(both, "damaged-set")
    assert kept.tokens == both.fetched()


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body[:-1] + bytes([body[-1] ^ 1]),
        lambda body: body[:-1],
        lambda body: joined([b""] * 16),
        lambda body: b"",
    ],
)
def test_damaged_shards_are_refused(both: Asked, change: Any):
    changed(both, SHARDS, change)
    with pytest.raises(DamagedSet):
        fetch(both)
    rejected(both, "damaged-set")
    with pytest.raises(NotFound):
        both.kept()


def test_session_with_a_damaged_set_asks_nothing(both: Asked):
    changed(both, SHARDS, lambda body: body[:-1] + bytes([body[-1] ^ 1]))
    session = both.asks(GEZIM)
    leg = both.shown(session).legs[0]
    assert (leg.state, leg.code) == (LegState.REFUSED, "damaged-set")
    assert both.evaluations() == []
    assert both.hits(session) == []
    rejected(both, "damaged-set")


def test_session_with_another_normaliser_asks_nothing(both: Asked):
    changed(both, SET, says(both, normaliser="liaison-xc/v9"))
    session = both.asks(GEZIM)
    assert both.shown(session).legs[0].code == "other-normaliser"
    assert both.evaluations() == []
    rejected(both, "other-normaliser")


@pytest.mark.parametrize(
    ("said", "error", "code"),
    [
        ({"normaliser": "liaison-xc/v9"}, OtherNormaliser, "other-normaliser"),
        ({"holder": "other.example"}, BadInput, "bad-input"),
        ({"of": Of.ACTIONS}, BadInput, "bad-input"),
        ({"count": 7}, DamagedSet, "damaged-set"),
        ({"width": 63}, DamagedSet, "damaged-set"),
    ],
)
def test_set_that_is_not_what_was_asked_for_is_refused(
    both: Asked, said: dict[str, Any], error: type[LiaisonError], code: str
):
    changed(both, SET, says(both, **said))
    with pytest.raises(error):
        fetch(both)
    rejected(both, code)


def test_set_that_somebody_else_signed_is_refused(both: Asked):
    def change(body: bytes) -> bytes:
        told = signing.told(body.decode(), Published)
        return signing.signed(Type.TOKEN_SET, told, both.asker.means.own.document).encode()

    changed(both, SET, change)
    with pytest.raises(BadNote):
        fetch(both)
    rejected(both, "bad-note")


def other_key() -> str:
    return voprf.derive_key(bytes(32), b"another").public.hex()


@pytest.mark.parametrize(
    ("said", "error", "code"),
    [
        ({"public": other_key()}, WrongKey, "wrong-key"),
        ({"version": 1}, DamagedSet, "damaged-set"),
        ({"digests": ("0" * 64,) * 16}, DamagedSet, "damaged-set"),
    ],
)
def test_epoch_keeps_its_key_and_no_state_comes_back_or_twice(
    both: Asked, said: dict[str, Any], error: type[LiaisonError], code: str
):
    fetch(both)
    moves_on(both)
    kept = fetch(both)
    both.pair.both(minutes=11)
    changed(both, SET, says(both, **said))
    with pytest.raises(error):
        fetch(both)
    rejected(both, code)
    assert both.kept() == kept


def test_epoch_before_the_one_that_was_seen_does_not_come_back(both: Asked):
    kept = fetch(both)
    both.pair.both(minutes=11)
    before = kept.published.begun - DAILY
    changed(both, SET, says(both, epoch="epoch-before", begun=before))
    with pytest.raises(DamagedSet):
        fetch(both)
    rejected(both, "damaged-set")
    assert both.kept().published == kept.published


def test_set_that_was_altered_in_the_database_is_not_opened(both: Asked):
    kept = fetch(both)
    both.forget_memory()
    first = SET_SHARDS.c.number == 0
    other = select(SET_SHARDS.c.sealed).where(SET_SHARDS.c.number == 1)
    sealed = both.asker.office.read(lambda connection: connection.execute(other).scalar_one())
    both.change(SET_SHARDS.update().where(first).values(sealed=sealed))
    with pytest.raises(LiaisonError):
        both.kept()
    assert kept.tokens.count


def test_partner_that_is_down_is_unreachable_and_what_is_here_stays(both: Asked):
    kept = fetch(both)
    both.hangs_up()
    both.pair.both(minutes=11)
    with pytest.raises(Unreachable):
        fetch(both)
    assert both.kept() == kept
    both.listen()


def test_sets_in_memory_are_bounded(both: Asked, monkeypatch: pytest.MonkeyPatch):
    kept = fetch(both)
    monkeypatch.setattr(sets, "MOST_OPEN", 1)
    held = sets._OPEN.of(both.asker.office.keys)
    for name in ("other.example", "third.example"):
        held.put(replace(kept, id=name, partner=name))
    assert list(held.held) == ["third.example"]


def row_of(both: Asked) -> Any:
    def work(connection: Any) -> Any:
        assert connection.execute(select(func.count()).select_from(SETS)).scalar() == 1
        return connection.execute(select(SETS)).one()

    return both.asker.office.read(work)


def test_first_shard_that_is_not_as_signed_is_the_last_that_is_fetched(
    both: Asked, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sets, "AT_ONCE", 600)
    changed(both, SHARDS, lambda body: body[:-1] + bytes([body[-1] ^ 1]))
    with pytest.raises(DamagedSet):
        fetch(both)
    assert len([path for path in both.counter.paths() if path.startswith(SHARDS)]) == 1


def test_shard_that_is_longer_than_its_outline_allows_is_refused_though_signed(
    both: Asked, monkeypatch: pytest.MonkeyPatch
):
    """A partner may sign for shards of any length: no more of them is held here than tokens take."""
    long = bytes(tokens.longest_shard(both.published().outline) + 1)
    digests = [tree.leaf_hash(long).hex()] * len(both.published().digests)

    def change(called: str, answered: Answered) -> Answered:
        if called.startswith(SHARDS):
            first, last = map(int, called.rsplit("/", 1)[1].split("-"))
            return replace(answered, body=joined([long] * (last - first + 1)))
        return replace(answered, body=says(both, digests=tuple(digests))(answered.body))

    monkeypatch.setattr(sets, "AT_ONCE", 600)
    both.counter.changes = change
    with pytest.raises(DamagedSet):
        fetch(both)
    assert len([path for path in both.counter.paths() if path.startswith(SHARDS)]) == 1
