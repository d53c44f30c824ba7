import shutil
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from liaison.model.errors import LedgerDamaged
from liaison.node import health as healths
from liaison.node.health import Health, health, ready
from liaison.node.settings import Settings
from liaison.node.wiring import Node, open_node
from tests.node.conftest import record
from tests.node.test_server import certificate


def one(node: Node, name: str) -> Health:
    return next(each for each in health(node) if each.name == name)


def test_a_node_that_runs_is_ready(folder: Path) -> None:
    with open_node(folder) as node:
        node.publish_now()
        found = health(node)
        assert ready(found), found
        assert [each.name for each in found] == list(healths.CHECKS)
        assert b'liaison_ready{check="database"} 1.0' in node.metrics.text()


def test_entries_that_wait_too_long_for_a_head_are_told(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    node.publish_now()
    record(node)
    assert one(node, "ledger").ok
    monkeypatch.setattr(healths, "UNSIGNED", -1.0)
    assert not one(node, "ledger").ok
    node.publish_now()
    assert one(node, "ledger").ok


def test_a_ledger_that_is_not_signed_is_told(node: Node) -> None:
    node.publisher.error = LedgerDamaged("tile 0 is damaged")
    assert not one(node, "ledger").ok
    assert not one(node, "work").ok
    assert not ready(health(node))


def test_a_clock_that_was_set_is_told(node: Node) -> None:
    assert one(node, "clock").ok
    node.watch.start -= timedelta(days=400)
    assert not one(node, "clock").ok


def test_a_full_disk_is_told(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage(100, 95, 5))
    assert one(node, "disk") == Health("disk", False, "5% free", "make room, or move the node")


def test_keys_that_were_exchanged_are_told(node: Node) -> None:
    assert one(node, "keys").ok
    probe = int(node.office.read(lambda c: c.execute(text(PROBE)).scalar_one()))
    node.office.keys.destroy([probe])
    assert not one(node, "keys").ok


PROBE = "SELECT value FROM node_facts WHERE fact = 'probe-key'"


def test_a_database_of_another_revision_is_told(node: Node) -> None:
    node.office.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    assert not one(node, "migrations").ok


def test_writes_that_are_not_durable_are_told(node: Node) -> None:
    assert one(node, "database").ok
    with node.office.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
    node.probed.last = None
    found = one(node, "database")
    assert not found.ok
    assert "synchronous" in found.found


def test_a_closed_database_is_told(folder: Path) -> None:
    with open_node(folder, work=False) as node:
        pass
    assert not one(node, "database").ok


def test_a_certificate_that_ends_soon_is_told(node: Node, tmp_path: Path) -> None:
    chain, key = certificate(tmp_path)  # for two days
    node.settings = _with(node, chain, key)
    found = one(node, "certificate")
    assert not found.ok
    assert found.found == "valid for 1 days"
    chain.write_text("nothing")
    assert not one(node, "certificate").ok


def _with(node: Node, chain: Path, key: Path) -> Settings:
    return msgspec.structs.replace(node.settings, tls_certificate=str(chain), tls_key=str(key))


def test_a_check_that_breaks_is_a_part_that_is_not_ready(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_node: Node) -> Health:
        raise RuntimeError("Besnik Hoxha")

    monkeypatch.setitem(healths.CHECKS, "disk", broken)
    assert one(node, "disk") == Health("disk", False, "RuntimeError", "see the log")
