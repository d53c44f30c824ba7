import time
from datetime import timedelta
from pathlib import Path

import pytest

from liaison.holdings import live
from liaison.ledger.log import size
from liaison.model.errors import BadInput, BadSetting
from liaison.node.identity import cosigner
from liaison.node.making import make_node
from liaison.node.wiring import WITNESSED, Node, open_node, people_of, witnessed
from liaison.storage import migrate
from tests.node.conftest import record, settings
from tests.node_fixtures import both_databases, database


@both_databases
def test_a_node_opens_on_either_database(kind: str, tmp_path: Path) -> None:
    with database(kind, tmp_path) as url:
        make_node(tmp_path / "node", settings(database=url), lambda node: "")
        with open_node(tmp_path / "node") as node:
            record(node, 3)
            assert node.office.read(migrate.current) == migrate.head()
            assert node.publish_now().checkpoint.size >= 4


def test_entries_are_published_soon_after_they_are_written(folder: Path) -> None:
    with open_node(folder) as node:
        record(node, 2)
        until = time.monotonic() + 20
        while node.head().checkpoint.size < 3:
            assert time.monotonic() < until
            time.sleep(0.05)


def test_what_is_committed_is_published_when_the_node_closes(folder: Path) -> None:
    with open_node(folder) as node:
        record(node, 2)
    with open_node(folder, work=False) as node:
        assert node.head().checkpoint.size == node.office.read(size) >= 3


def test_a_database_of_another_node_is_refused(folder: Path, tmp_path: Path) -> None:
    make_node(tmp_path / "other", settings(), lambda node: "")
    (tmp_path / "other/node.db").replace(folder / "node.db")
    with pytest.raises(BadSetting, match="belongs to another node"), open_node(folder, work=False):
        pass


def test_a_key_ring_of_another_node_is_refused(folder: Path, tmp_path: Path) -> None:
    make_node(tmp_path / "other", settings(), lambda node: "")
    for name in ("keys.db", "officers.key"):
        (tmp_path / "other/keys" / name).replace(folder / "keys" / name)
    with pytest.raises(BadSetting, match="key ring belongs"), open_node(folder, work=False):
        pass


def test_another_origin_is_refused(folder: Path) -> None:
    with pytest.raises(BadSetting, match="another node"), open_node(folder, over={"origin": "b.example"}):
        pass


def test_people_follow_the_settings() -> None:
    people = people_of(
        settings(public_url="https://node.example", idle_minutes=5, session_hours=2, passkey_domain="example")
    )
    assert people.lasting.idle == timedelta(minutes=5)
    assert people.lasting.absolute == timedelta(hours=2)
    assert (people.site.rp_id, people.site.origins) == ("example", ("https://node.example",))
    assert people_of(settings(public_url="https://node.example")).site.rp_id == "node.example"


def test_the_limits_follow_the_settings(folder: Path) -> None:
    with open_node(folder, work=False, over={"body_seconds": "3", "proxies": "10.0.0.1"}) as node:
        assert node.limits().body_seconds == 3
        assert node.limits().proxies == {"10.0.0.1"}


def test_the_index_is_kept_for_the_next_start(folder: Path) -> None:
    with open_node(folder):
        pass
    assert list((folder / "work/index").iterdir())
    with open_node(folder) as node:
        assert len(node.live.index) == 0
        assert b"liaison_index_records 0.0" in node.metrics.text()
        assert b"liaison_changes_waiting" in node.metrics.text()


def test_a_node_witnesses_the_logs_whose_keys_it_was_given(folder: Path, node: Node) -> None:
    assert cosigner(folder / "keys", "node.example").verifier.public != node.signers[0].verifier.public
    verifier = node.signers[0].verifier
    assert witnessed(folder) == {}
    (folder / WITNESSED).write_text(f"{verifier.vkey}\n\n")
    assert witnessed(folder) == {verifier.name: [verifier]}
    (folder / WITNESSED).write_text("nonsense\n")
    with pytest.raises(BadInput):
        witnessed(folder)


def test_the_retention_job_runs_at_the_start_and_is_recorded(folder: Path) -> None:
    with open_node(folder) as node:
        next(each for each in node.background if each.name == "cosigning").wake()  # it begins later by itself
        until = time.monotonic() + 20
        while not all(each.succeeded for each in node.background):
            assert time.monotonic() < until
            time.sleep(0.02)
        assert not any(each.error for each in node.background)
        entries = node.office.read(size)
        stated = node.office.read(lambda c: [node.office.log.statement(c, i).what for i in range(entries)])
        assert "retention-run" in stated


def test_a_change_of_records_wakes_whoever_tells_partners(folder: Path) -> None:
    with open_node(folder, work=False) as node:
        following = next(each for each in node.background if each.name == "supply")
        following._wake.clear()
        live.changed(node.office)
        assert following._wake.is_set()
