"""Entries and their payloads in the database."""

import json
import threading
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import insert, select

from liaison.ledger import Log, Statement
from liaison.ledger import log as module
from liaison.ledger.log import leaves, sample, size
from liaison.ledger.statements import canonical, leaf
from liaison.model.errors import (
    BadInput,
    Erased,
    LedgerDamaged,
    LedgerUnavailable,
    NotFound,
    StoreUnavailable,
)
from liaison.ports import Compartment
from liaison.storage.tables.ledger import ENTRIES, PAYLOADS
from tests.ledger.node import NOW, Node, a_node, statement
from tests.node_fixtures import both_databases


@both_databases
def test_entries_count_from_zero_without_a_gap(tmp_path: Path, kind: str) -> None:
    with a_node(tmp_path, kind) as node:
        assert node.store.read(size) == 0
        first = node.store.write(lambda c: node.log.append(c, statement(0)))
        rest = node.append(3)
        assert [first.index, *(each.index for each in rest)] == [0, 1, 2, 3]
        assert node.store.read(size) == 4
        assert node.store.read(lambda c: leaves(c, 0, 4)) == [first.leaf, *(each.leaf for each in rest)]
        assert node.store.read(lambda c: leaves(c, 1, 3)) == [rest[0].leaf, rest[1].leaf]
        assert node.store.read(lambda c: node.log.statement(c, 3)) == statement(2)


@both_databases
def test_what_fails_leaves_no_entry_and_no_gap(tmp_path: Path, kind: str) -> None:
    with a_node(tmp_path, kind) as node:
        node.append(2)

        def fails(connection: object) -> None:
            node.log.append(connection, statement(7))
            raise KeyError("what the entry is about failed")

        with pytest.raises(KeyError):
            node.store.write(fails)
        assert node.store.read(size) == 2
        assert node.append(1)[0].index == 2


@both_databases
def test_many_at_once_get_one_index_each(tmp_path: Path, kind: str) -> None:
    with a_node(tmp_path, kind) as node:
        found: list[int] = []
        workers = [
            threading.Thread(target=lambda: found.extend(each.index for each in node.append(25)))
            for _ in range(4)
        ]
        for each in workers:
            each.start()
        for each in workers:
            each.join()
        assert sorted(found) == list(range(100))


def test_nothing_to_append_writes_nothing(node: Node) -> None:
    assert node.store.write(lambda c: node.log.append_many(c, [])) == []
    assert node.store.read(size) == 0


def test_a_statement_that_cannot_be_written_writes_nothing(node: Node) -> None:
    bad = Statement(what="check", who="person-1", when=NOW, outcome="x" * 40_000)
    with pytest.raises(BadInput):
        node.store.write(lambda c: node.log.append_many(c, [statement(), bad]))
    assert node.store.read(size) == 0


def test_leaf_and_payload_tell_nothing_of_the_statement(node: Node) -> None:
    node.append(2)
    entries = node.store.read(lambda c: c.execute(select(ENTRIES)).all())
    payloads = node.store.read(lambda c: c.execute(select(PAYLOADS)).all())
    assert len({row.leaf for row in entries}) == 2
    for row in payloads:
        assert b"case-1" not in row.sealed
    assert len({row.key for row in payloads}) == 2, "each payload has a key of its own"


def test_an_opened_entry_shows_what_its_leaf_commits_to(node: Node) -> None:
    (made,) = node.append(1)
    opened = node.store.read(lambda c: node.log.open(c, 0))
    assert opened.written == canonical(statement(0))
    assert leaf(opened.salt, opened.written) == made.leaf
    assert json.loads(opened.line()) == {
        "index": 0, "salt": opened.salt.hex(), "statement": opened.written.decode(),
    }  # fmt: skip
    assert opened.statement == statement(0)
    spelled = msgspec.structs.replace(statement(), outcome="nënë")
    node.store.write(lambda c: node.log.append(c, spelled))
    assert "nënë" in node.store.read(lambda c: node.log.open(c, 1)).line()


def test_salts_are_fresh(node: Node) -> None:
    first, second = node.store.write(lambda c: node.log.append_many(c, [statement(), statement()]))
    assert first.leaf != second.leaf


@both_databases
def test_an_erased_entry_states_nothing_and_keeps_its_leaf(tmp_path: Path, kind: str) -> None:
    with a_node(tmp_path, kind) as node:
        made = node.append(5)
        kept = node.store.read(lambda c: c.execute(select(PAYLOADS).where(PAYLOADS.c.entry == 1)).one())
        assert node.store.write(lambda c: node.log.erase(c, [1, 3])) == 2
        for index in (1, 3):
            with pytest.raises(Erased, match=f"entry {index}"):
                node.store.read(lambda c, i=index: node.log.statement(c, i))
        assert node.store.read(lambda c: node.log.statement(c, 2)) == statement(2)
        assert node.store.read(lambda c: leaves(c, 0, 5)) == [each.leaf for each in made]
        assert node.store.write(lambda c: node.log.erase(c, [1, 3, 99])) == 0
        node.store.write(lambda c: c.execute(insert(PAYLOADS), kept._asdict()) and None)
        with pytest.raises(Erased, match="key"):
            node.store.read(lambda c: node.log.statement(c, 1))


def test_more_can_be_erased_than_one_question_holds(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    node.append(5)
    assert node.store.write(lambda c: node.log.erase(c, iter(range(4)))) == 4
    assert node.store.read(lambda c: node.log.statement(c, 4)) == statement(4)


def test_no_such_entry_is_not_found(node: Node) -> None:
    node.append(1)
    with pytest.raises(NotFound):
        node.store.read(lambda c: node.log.open(c, 1))


def test_a_changed_leaf_is_noticed_when_its_entry_is_opened(node: Node) -> None:
    node.append(3)
    node.sql(
        "UPDATE ledger_entries SET leaf = (SELECT leaf FROM ledger_entries WHERE entry = 0) WHERE entry = 1"
    )
    with pytest.raises(LedgerDamaged, match="entry 1 is not what") as caught:
        node.store.read(lambda c: node.log.open(c, 1))
    assert (caught.value.index, caught.value.place) == (1, "ledger_entries")


def test_a_payload_opens_in_its_own_place_alone(node: Node) -> None:
    node.append(2)
    node.sql("DELETE FROM ledger_payloads WHERE entry = 1")
    node.sql("UPDATE ledger_payloads SET entry = 1 WHERE entry = 0")
    with pytest.raises(StoreUnavailable, match="damaged"):
        node.store.read(lambda c: node.log.open(c, 1))


def test_the_first_missing_entry_is_named(node: Node) -> None:
    node.append(6)
    node.sql("DELETE FROM ledger_entries WHERE entry IN (2, 4)")
    with pytest.raises(LedgerDamaged, match="entry 2 is missing") as caught:
        node.store.read(lambda c: leaves(c, 0, 6))
    assert (caught.value.index, caught.value.place) == (2, "ledger_entries")
    with pytest.raises(LedgerDamaged, match="entry 6 is missing"):
        node.store.read(lambda c: leaves(c, 5, 7))
    with pytest.raises(LedgerDamaged, match="entry 4 is missing"):
        node.store.read(lambda c: leaves(c, 3, 6))


def test_what_is_no_leaf_is_named(node: Node) -> None:
    node.append(3)
    node.sql("UPDATE ledger_entries SET leaf = ? WHERE entry = 1", b"short")
    with pytest.raises(LedgerDamaged, match="entry 1 is not a leaf") as caught:
        node.store.read(lambda c: leaves(c, 0, 3))
    assert (caught.value.index, caught.value.place) == (1, "ledger_entries")


def test_without_its_tables_the_ledger_is_unavailable(node: Node) -> None:
    node.sql("DROP TABLE ledger_payloads")
    with pytest.raises(LedgerUnavailable) as caught:
        node.append(1)
    assert caught.value.status == 503
    assert caught.value.__cause__ is not None
    assert node.store.read(size) == 0, "the entry went with its transaction"


def test_without_the_key_ring_the_ledger_is_unavailable(node: Node) -> None:
    node.keys.close()
    with pytest.raises(LedgerUnavailable):
        node.append(1)
    assert node.store.read(size) == 0


class Counting:
    """A key ring that counts its commits."""

    def __init__(self, keys: object) -> None:
        self.keys, self.asked = keys, []

    def create(self, compartment: Compartment, count: int = 1) -> object:
        self.asked.append((compartment, count))
        return self.keys.create(compartment, count)


def test_one_commit_of_the_key_ring_serves_many_entries(node: Node) -> None:
    ring = Counting(node.keys)
    log = Log(ring)
    for _ in range(3):
        node.store.write(lambda c: log.append_many(c, [statement()] * 100))
    assert set(ring.asked) == {(Compartment.LEDGER, 256)}
    assert 2 <= len(ring.asked) <= 5  # some of them ahead, in a thread
    node.store.write(lambda c: log.append_many(c, [statement()] * 600))
    assert (Compartment.LEDGER, 600) in ring.asked
    used = node.store.read(lambda c: c.execute(select(PAYLOADS.c.key)).scalars().all())
    assert len(set(used)) == 900, "no key is used twice"


def test_a_sample_leaves_out_what_was_erased(node: Node) -> None:
    node.append(4)
    node.store.write(lambda c: node.log.erase(c, [2]))
    lines = node.store.read(lambda c: sample(node.log, c, [3, 2, 0])).splitlines(keepends=True)
    assert [json.loads(line)["index"] for line in lines] == [3, 0]
    assert all(line.endswith("}\n") for line in lines)
