import pytest
from sqlalchemy import LargeBinary, text

from liaison.node.sealed import OPEN, SEALED, open_all
from liaison.node.wiring import Node
from liaison.officers.service import first_administrator
from liaison.ports import Compartment
from liaison.storage import migrate
from liaison.storage.sealing import seal


def test_every_column_of_bytes_is_sealed_or_said_to_be_open() -> None:
    held = {
        (table.name, column.name)
        for table in migrate.every_table().sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert {(each.table, each.column) for each in SEALED} | OPEN == held
    assert not {(each.table, each.column) for each in SEALED} & OPEN


def test_every_sealed_column_has_its_key_and_the_parts_of_its_name() -> None:
    tables = migrate.every_table().tables
    for each in SEALED:
        here = tables[each.table]
        assert "key" in (tables[each.via[1]] if each.via else here).c
        each.about.format(**dict.fromkeys(here.c.keys(), "x"))


@pytest.fixture
def peopled(node: Node) -> Node:
    first_administrator(node.office, "Ana Hoxha", "ana", "correct horse battery staple", node.people)
    return node


def test_what_services_sealed_opens(peopled: Node) -> None:
    found = peopled.office.read(lambda connection: open_all(connection, peopled.office.keys))
    assert found.fault == ""
    assert found.opened >= 4


@pytest.mark.parametrize("column", ["sealed", "key"])
def test_a_piece_that_was_changed_is_named(peopled: Node, column: str) -> None:
    if column == "key":
        other, _ = peopled.office.keys.create(Compartment.OFFICERS)[0]
        change = text(f"UPDATE people SET key = {other}")
    else:
        change = text("UPDATE accounts SET sealed = zeroblob(60)")
    peopled.office.write(lambda connection: connection.execute(change) and None)
    found = peopled.office.read(lambda connection: open_all(connection, peopled.office.keys))
    assert found.fault.startswith("people:" if column == "key" else "accounts:")
    assert "Hoxha" not in found.fault


def test_a_piece_that_was_moved_to_another_row_is_named(peopled: Node) -> None:
    key_id, key = peopled.office.keys.create(Compartment.OFFICERS)[0]
    elsewhere = seal(key, b"{}", "people:another")
    change = text("UPDATE people SET sealed = :sealed, key = :key")
    peopled.office.write(
        lambda connection: connection.execute(change, {"sealed": elsewhere, "key": key_id}) and None
    )
    found = peopled.office.read(lambda connection: open_all(connection, peopled.office.keys))
    assert found.fault.startswith("people:")


def test_a_destroyed_key_is_counted_and_no_fault(peopled: Node) -> None:
    key = peopled.office.read(lambda connection: connection.execute(text("SELECT key FROM people")).scalar())
    peopled.office.keys.destroy([key])
    found = peopled.office.read(lambda connection: open_all(connection, peopled.office.keys))
    assert found.fault == ""
    assert found.erased == 2  # the person and their account
