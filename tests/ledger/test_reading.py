"""Many entries read at once."""

import pytest

from liaison.ledger.log import Opened
from liaison.ledger.reading import opened_between
from liaison.model.errors import LedgerDamaged, StoreUnavailable
from liaison.ports import KeyId
from tests.ledger.node import Node, statement


def read(node: Node, start: int, end: int) -> list[tuple[int, Opened | None]]:
    return node.store.read(lambda c: opened_between(node.keys, c, start, end))


def test_entries_are_read_in_order_with_what_they_state(node: Node) -> None:
    node.append(5)
    found = read(node, 1, 4)
    assert [index for index, _ in found] == [1, 2, 3]
    assert [opened.statement for _, opened in found if opened] == [statement(number) for number in (1, 2, 3)]
    assert found[0][1] == node.store.read(lambda c: node.log.open(c, 1))
    assert read(node, 4, 99) == [(4, node.store.read(lambda c: node.log.open(c, 4)))]
    assert read(node, 5, 9) == []


def test_erased_entries_state_nothing(node: Node) -> None:
    node.append(4)
    node.store.write(lambda c: node.log.erase(c, [1]))
    node.keys.destroy([KeyId(3)])  # as when a backup of the database is newer than its key ring
    assert [(index, opened is None) for index, opened in read(node, 0, 4)] == [
        (0, False), (1, True), (2, True), (3, False),
    ]  # fmt: skip


def test_a_changed_entry_is_named(node: Node) -> None:
    node.append(3)
    node.sql(
        "UPDATE ledger_entries SET leaf = (SELECT leaf FROM ledger_entries WHERE entry = 0) WHERE entry = 1"
    )
    with pytest.raises(LedgerDamaged, match="entry 1 is not what its payload says") as caught:
        read(node, 0, 3)
    assert (caught.value.index, caught.value.place) == (1, "ledger_entries")
    node.sql("UPDATE ledger_payloads SET entry = 9 WHERE entry = 2")
    node.sql("UPDATE ledger_payloads SET entry = 2 WHERE entry = 0")
    with pytest.raises(StoreUnavailable, match="damaged"):
        read(node, 2, 3)
