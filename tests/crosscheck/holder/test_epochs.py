"""Epochs and the making of sets: which records, resumed after a stop, followed in time, and destroyed at their end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest
from sqlalchemy import Connection, func, select, update

from liaison.crosscheck.function import tokens
from liaison.crosscheck.holder import book, epochs, making, processes, publishable, serving, versions
from liaison.crosscheck.holder.canaries import due
from liaison.crosscheck.holder.epochs import Epoch, EpochState
from liaison.crosscheck.holder.rules import Unpublished
from liaison.crosscheck.likeness.matchkeys import evaluated, of_question, of_record, survey
from liaison.holdings import safeguarding
from liaison.holdings.corrections import restrict
from liaison.holdings.rules import supplied_by
from liaison.holdings.shelves import Draft, add, fresh_id, next_change, sealed_rows
from liaison.model.categories import Category
from liaison.model.errors import BadNote, Erased, StoreUnavailable, WrongEpoch, WrongKey
from liaison.model.handling import Handling, HandlingCode
from liaison.model.holding import Change, Holding, State, Version
from liaison.model.identifiers import Plate
from liaison.model.roles import Role
from liaison.model.subjects import AnySubject, Vehicle
from liaison.node.sealed import open_all
from liaison.partners import service
from liaison.ports import KeyId
from liaison.storage import migrate
from liaison.storage.tables.crosscheck import BOOK, CANARIES, EPOCHS, SHARDS, VERSIONS
from tests.crosscheck.holders import Crosscheck, crosscheck, terms
from tests.node_fixtures import START, sqlite_daily
from tests.partners.pairs import ADMINISTRATOR, agree
from tests.screening.conftest import Row, crowd
from tests.screening.node import ANA, PASSPORT, VOKSHI, actor, gezim, holding, nobody

FEW = crowd()[:12]
GUARDIAN = actor("guardian", Role.DATA_PROTECTION_OFFICER)


def arrive(
    both: Crosscheck, said: Sequence[Holding], shelf=publishable.OPEN, state: State = State.LIVE
) -> list[str]:  # type: ignore[no-untyped-def]
    """Keep these records at the holder, whatever they say."""
    office = both.holder.office
    change = Change(what="imported", by=ANA.person, at=START)
    drafts = [Draft(fresh_id(), 1, Version(holding=each, change=change), None, None, state) for each in said]
    rows = sealed_rows(office.keys, shelf, drafts)
    office.write(lambda connection: add(connection, shelf, rows, next_change(connection)))
    return [draft.id for draft in drafts]


def subjects(rows: Sequence[Row]) -> list[AnySubject]:
    return [holding(row).subject for row in rows]


def in_set(both: Crosscheck, given: Sequence[AnySubject]) -> list[bool]:
    """For each whether any key that is asked for about it is in the set, by the holder's own key."""
    epoch, held = both.epoch(), both.fetched()
    process = making.process_of(both.holder.office, both.holder.means, epoch)
    return [bool(tokens.contains(held, process.heads(both.inputs(one))).any()) for one in given]


@sqlite_daily
def test_a_question_is_found_exactly_where_a_matcher_in_clear_finds_it(tmp_path: Path, kind: str) -> None:
    with crosscheck(tmp_path, kind) as both:
        origin, epoch = both.holder.origin, both.epoch()
        records = [*subjects(crowd()), holding(VOKSHI, document=PASSPORT).subject]
        shares = survey(records)
        clear = {(key.family, key.text) for one in records for key in of_record(one, shares)}
        asked = [key for one in [*records, gezim(), nobody()] for key in of_question(one)]
        process = making.process_of(both.holder.office, both.holder.means, epoch)
        heads = process.heads([evaluated(origin, key) for key in asked])
        found = tokens.contains(both.fetched(), heads)
        wanted = np.array([(key.family, key.text) in clear for key in asked])
        assert len(asked) > 5_000
        assert (found == wanted).all()
        assert 0 < wanted.sum() < len(wanted)


YESTERDAY = (START - timedelta(days=1)).date()
LEFT_OUT: dict[Unpublished, dict[str, object]] = {
    Unpublished.MINOR: {"born": "2012-05-06"},
    Unpublished.CATEGORY: {"category": Category.CONTACT},
    Unpublished.OVERDUE: {"retention_until": YESTERDAY, "review_at": YESTERDAY},
    Unpublished.HANDLING: {"handling": Handling(codes=(HandlingCode.H3,), restriction="for the court alone")},
    Unpublished.NOT_OWN: {"list_name": supplied_by("elsewhere.example")},
}  # fmt: skip


@sqlite_daily
def test_the_rules_decide_of_every_record(tmp_path: Path, kind: str) -> None:
    """Who may not be in a set is in none, and is counted by why."""
    others = crowd()[20:40]
    with crosscheck(tmp_path, kind, FEW, made=False) as both:
        barred = [holding(row, **said) for row, said in zip(others, LEFT_OUT.values(), strict=False)]
        arrive(both, barred)
        contested = holding(others[6])
        arrive(both, [contested], state=State.RESTRICTED)
        victim = holding(others[7])
        victim = _as(victim, Category.VICTIM)
        arrive(both, [victim], safeguarding.SHELF)
        car = Vehicle(plate=Plate("AA 123 BB"))
        arrive(both, [_thing(car)])
        both.run()
        wanted = {why.name: 1 for why in (*LEFT_OUT, Unpublished.STATE)}
        assert dict(both.epoch().left_out) == wanted
        assert both.epoch().records == len(FEW) + 2
        out = [each.subject for each in (*barred, contested, victim)]
        assert in_set(both, out) == [False] * len(out)
        assert in_set(both, [*subjects(FEW), car]) == [True] * (len(FEW) + 1)


def _as(said: Holding, category: Category) -> Holding:
    assert said.involvement is not None
    involvement = msgspec.structs.replace(said.involvement, category=category)
    return msgspec.structs.replace(said, involvement=involvement)


def _thing(subject: AnySubject) -> Holding:
    return msgspec.structs.replace(holding(FEW[0]), record="thing", subject=subject, involvement=None)


def test_things_are_left_out_where_the_agreement_does_not_name_them(tmp_path: Path) -> None:
    with crosscheck(tmp_path, rows=FEW, agreed=terms(things=False), made=False) as both:
        car = Vehicle(plate=Plate("AA 123 BB"))
        arrive(both, [_thing(car)])
        both.run()
        assert dict(both.epoch().left_out) == {Unpublished.THING.name: 1}
        assert in_set(both, [car]) == [False]


@sqlite_daily
def test_a_set_of_nobody_is_published_and_padded(tmp_path: Path, kind: str) -> None:
    with crosscheck(tmp_path, kind, ()) as both:
        told, epoch = both.published(), both.epoch()
        assert (epoch.records, told.people, told.count) == (0, 256, 256)
        assert both.found(gezim()) == [False]


@sqlite_daily
def test_records_that_come_to_a_small_set_are_in_it_at_once(tmp_path: Path, kind: str) -> None:
    """Whoever signs an agreement first and imports then is not told for a day that nothing overlaps."""
    with crosscheck(tmp_path, kind, ()) as both:
        before = both.epoch()
        assert both.found(gezim()) == [False]
        both.holder.arrive(VOKSHI)
        both.run()
        after = both.epoch()
        assert (before.records, after.records) == (0, 1)
        assert after.number == before.number + 1  # the tokens of an empty set would be too short
        assert both.found(gezim()) == [True]


def test_what_is_told_is_padded(tmp_path: Path) -> None:
    with crosscheck(tmp_path) as both:
        told, epoch = both.published(), both.epoch()
        assert (epoch.records, told.people) == (241, 256)
        assert told.count == tokens.padded(told.count) > 3 * epoch.records
        (said,) = both.entries(making.WHAT)
        assert said.digest == told.outline.root.hex()
        assert said.detail["count"] == str(told.count)
        assert str(epoch.records) not in said.detail.values()


class StopAfter:
    """Lets some pages be read, and then the node stop."""

    def __init__(self, both: Crosscheck, pages: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pages, self.read = pages, publishable.page
        self.office = both.holder.office
        monkeypatch.setattr(publishable, "page", self)

    def __call__(self, *given: object) -> list[publishable.Looked]:
        self.pages -= 1
        if self.pages == 0:
            processes.of(self.office).stopping.set()
        return self.read(*given)  # type: ignore[arg-type]


@sqlite_daily
@pytest.mark.parametrize("pages", [1, 2, 5, 8, 10])
def test_a_node_that_stops_goes_on_where_it_was(
    tmp_path: Path, kind: str, pages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four pages and an empty one of the first pass, and again of the second: each is made once."""
    monkeypatch.setattr(publishable, "PAGE", 4)
    monkeypatch.setattr(making, "KEPT_EACH", 2)
    rows = crowd()[:15]
    with crosscheck(tmp_path, kind, rows, made=False) as both, monkeypatch.context() as patched:
        StopAfter(both, pages, patched)
        both.run()
        office, before = both.holder.office, both.epoch()
        patched.undo()
        monkeypatch.setattr(publishable, "PAGE", 4)
        processes.stop(office)
        processes.forget(office)
        monkeypatch.setattr(publishable, "page", _counted := Counted(publishable.page))
        both.run()
        after = both.epoch()
        assert (after.id, after.state, after.records, after.done) == (before.id, EpochState.OPEN, 16, 16)
        assert before.public in ("", after.public)
        assert _counted.pages <= 11 - pages + 2 * (pages < 6)
        key = office.keys.fetch([after.key])[0]
        held = book.pieces(office, key, after)
        marks = np.concatenate([each.marks for each in held.values()])
        assert sorted(marks) == sorted(set(marks.tolist()))
        assert set(marks.tolist()) == {book.mark_of(id) for id in both.holder.ids.values()}
        assert in_set(both, [*subjects(rows), nobody()]) == [True] * 15 + [False]


class Counted:
    """How many pages were read."""

    def __init__(self, read) -> None:  # type: ignore[no-untyped-def]
        self.read, self.pages = read, 0

    def __call__(self, *given: object) -> list[publishable.Looked]:
        self.pages += 1
        return self.read(*given)  # type: ignore[no-any-return]


@sqlite_daily
def test_what_changes_while_a_set_is_made_is_looked_at_again(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with crosscheck(tmp_path, kind, FEW, made=False) as both:
        publish, late = making.publish, crowd()[100]

        def meanwhile(*given: object) -> None:
            restrict(
                both.holder.office, GUARDIAN, both.holder.ids[FEW[0][0]], "It is contested by the person"
            )
            both.holder.arrive(late)
            publish(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(making, "publish", meanwhile)
        both.run()
        assert in_set(both, subjects([FEW[0], FEW[1], late])) == [False, True, True]
        assert both.epoch().records == len(FEW) + 1


def test_nothing_is_done_where_nothing_is_due(tmp_path: Path) -> None:
    with crosscheck(tmp_path, rows=FEW) as both:
        before, held = both.holder.verbs(), both.epochs()
        both.forward(days=2)
        both.run()
        assert (both.holder.verbs(), both.epochs()) == (before, held)


@sqlite_daily
def test_an_epoch_is_followed_before_it_ends_and_destroyed_then(tmp_path: Path, kind: str) -> None:
    with crosscheck(tmp_path, kind, FEW) as both:
        first = both.epoch()
        (batch,) = both.batches(both.inputs(gezim()))
        both.forward(days=28, hours=23)
        both.run()
        assert both.epochs() == [first]
        both.forward(hours=1)
        both.run()
        second = both.epoch()
        assert (second.number, second.state, second.ends - second.begun) == (
            2,
            EpochState.OPEN,
            timedelta(days=30),
        )
        assert both.published().epoch == second.id
        (late,) = both.batches(both.inputs(gezim()), epoch=first.id, public=first.public)
        both.ask(late)  # whoever asks under the old key is answered until its end
        assert first.public != second.public
        both.forward(days=1)
        (batch,) = both.batches(both.inputs(nobody()), epoch=first.id, public=first.public)
        with pytest.raises(WrongEpoch):
            both.ask(batch)
        both.run()
        assert gone(both, first)
        assert both.found(gezim()) == [True]


def gone(both: Crosscheck, epoch: Epoch) -> bool:
    """Whether an epoch is closed and nothing that was sealed under its keys is left, nor the keys."""
    office = both.holder.office
    for key in (epoch.seed, epoch.key):
        with pytest.raises(Erased):
            office.keys.fetch([KeyId(key)])

    def look(connection: Connection) -> int:
        left = [
            connection.execute(select(func.count()).select_from(table).where(table.c.epoch == epoch.id))
            for table in (SHARDS, BOOK, CANARIES)
        ]
        sealed = select(func.count(VERSIONS.c.sealed)).where(VERSIONS.c.epoch == epoch.id)
        return sum(each.scalar_one() for each in [*left, connection.execute(sealed)])

    closed = next(each for each in both.epochs() if each.id == epoch.id)
    told = [each for each in both.entries(epochs.WHAT_CLOSED) if each.objects == (epoch.id,)]
    return closed.state is EpochState.CLOSED and len(told) == 1 and office.read(look) == 0


def test_what_was_sealed_cannot_be_opened_after_the_end(tmp_path: Path) -> None:
    """Whoever has a copy of the database has nothing of a set that ended."""
    with crosscheck(tmp_path, rows=FEW) as both:
        epoch, office = both.epoch(), both.holder.office
        rows = office.read(lambda connection: versions.shards(connection, epoch, 0, 16))
        assert versions.opened(epoch, office.keys.fetch([epoch.key])[0], rows)
        both.forward(days=31)
        both.run()
        with pytest.raises(Erased):
            versions.opened(epoch, office.keys.fetch([epoch.key])[0], rows)
        with pytest.raises(Erased):
            making.process_of(office, both.holder.means, epoch).public()


def test_a_closing_that_was_cut_short_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with crosscheck(tmp_path, rows=FEW) as both:
        epoch, keys = both.epoch(), both.holder.office.keys

        def fail(*_: object) -> int:
            raise StoreUnavailable("a backup reads the key ring")

        both.forward(days=31)
        with monkeypatch.context() as patched:
            patched.setattr(keys, "destroy", fail)
            with pytest.raises(StoreUnavailable):
                both.run()
        assert keys.fetch([epoch.seed])
        both.run()
        assert gone(both, epoch)


@sqlite_daily
def test_a_class_without_partners_is_closed(tmp_path: Path, kind: str) -> None:
    with crosscheck(tmp_path, kind, FEW) as both:
        epoch = both.epoch()
        (batch,), stale = both.batches(both.inputs(gezim())), both.partner
        service.revoke(both.holder.office, ADMINISTRATOR, both.asker.origin)
        with pytest.raises(BadNote):  # also where the call came before
            serving.evaluate(both.holder.office, both.holder.means, stale, batch.body)
        with pytest.raises(BadNote):  # no key of it is good any more
            both.ask(batch)
        assert both.rows() == (0, 0)
        both.run()
        assert gone(both, epoch)
        assert len(both.epochs()) == 1


def test_other_terms_are_another_class(tmp_path: Path) -> None:
    with crosscheck(tmp_path, rows=FEW) as both:
        before, told = both.epoch(), both.published()
        agree(both.asker.side, both.holder.side, terms(categories=(Category.CONVICTED,)))
        (batch,) = both.batches(both.inputs(gezim()), told=told)
        with pytest.raises(WrongEpoch):
            both.ask(batch)
        both.run()
        assert gone(both, before)
        (after,) = [each for each in both.epochs() if each.state is EpochState.OPEN]
        assert (after.records, dict(after.left_out)) == (0, {Unpublished.CATEGORY.name: len(FEW) + 1})
        assert in_set(both, subjects(FEW)) == [False] * len(FEW)


def test_the_key_is_held_against_the_one_that_was_published(tmp_path: Path) -> None:
    with crosscheck(tmp_path, rows=FEW) as both:
        office, epoch = both.holder.office, both.epoch()
        (batch,) = both.batches(both.inputs(gezim()))
        processes.of(office).end(epoch.id)
        other = update(EPOCHS).where(EPOCHS.c.id == epoch.id).values(seed=epoch.key)
        office.write(lambda connection: connection.execute(other))
        with pytest.raises(WrongKey):
            both.ask(batch)
        assert both.rows() == (0, 0)


def test_a_set_without_changes_is_made_anew_once_many_records_left(tmp_path: Path) -> None:
    with crosscheck(tmp_path, rows=FEW, agreed=terms(changes=False, standing_days=0)) as both:
        first, office = both.epoch(), both.holder.office
        both.forward(hours=23)
        restrict(office, GUARDIAN, both.holder.ids[FEW[0][0]], "It is contested by the person")
        both.run()
        assert len(both.epochs()) == 1
        both.forward(hours=2)
        both.run()
        second = both.epoch()
        assert (second.number, second.records) == (2, len(FEW))
        assert in_set(both, subjects(FEW[:2])) == [False, True]
        both.forward(days=1)
        both.run()
        assert gone(both, first)


def test_a_node_that_stops_leaves_no_process(tmp_path: Path) -> None:
    with crosscheck(tmp_path, rows=FEW) as both:
        process = making.process_of(both.holder.office, both.holder.means, both.epoch())
        process.public()
        child = process._process
        processes.stop(both.holder.office)
        assert child is not None
        assert child.poll() is not None


@sqlite_daily
def test_all_that_is_sealed_opens_under_its_own_name(tmp_path: Path, kind: str) -> None:
    migrate.every_table()  # all are looked through
    with crosscheck(tmp_path, kind, FEW) as both:
        both.holder.arrive(crowd()[100])
        both.forward(days=1)
        both.run()
        office = both.holder.office
        found = office.read(lambda connection: open_all(connection, office.keys))
        assert (found.fault, found.erased) == ("", 0)
        assert found.opened > 16 + due(0) + 3


def test_canaries_are_few() -> None:
    assert [due(0), due(10_000), due(1_000_000)] == [4, 4, 300]
