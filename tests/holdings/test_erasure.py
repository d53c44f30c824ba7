"""After an erasure nothing of a record can be read: not in the database, its log, a backup, a key ring or an index."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from liaison.holdings import snapshots
from liaison.holdings.consult import Question, inspect, lists, search, show
from liaison.holdings.erasure import ALSO, Cause, also, erase
from liaison.holdings.live import LiveIndex
from liaison.holdings.retention import run
from liaison.holdings.shelves import OPEN, versions_of
from liaison.holdings.shredding import bury, shred, sweep
from liaison.matching.one import Person as Wanted
from liaison.model.errors import BadInput, Erased, NotFound, NotLawful
from liaison.storage.keys import KeyRing
from liaison.storage.tables.holdings import HOLDINGS, SNAPSHOTS, VERSIONS
from tests.holdings.offices import (
    DESK,
    INVESTIGATOR,
    PROTECTION,
    a_case,
    everything_stored,
    footing,
    ids,
    imported,
    said_in_ledger,
)
from tests.node_fixtures import an_office, both_databases

NAMES = [f"Qz{chr(97 + at % 26)}{chr(97 + at // 26 % 26)}{chr(97 + at // 676)}vora" for at in range(1000)]
LETTER = "letter 12/2026"


def thousand() -> bytes:
    rows = (f"{at},{name},Shkodrani,1980-01-{at % 28 + 1:02},suspect\n" for at, name in enumerate(NAMES))
    return ("id,given,surname,dob,category\n" + "".join(rows)).encode()


def readable(folder: Path) -> set[str]:
    """The files under a folder that hold one of the names."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    wanted = [name.encode() for name in NAMES] + [b"Shkodrani"]
    return {
        path.name
        for path in files
        if any(word in content for content in [path.read_bytes()] for word in wanted)
    }


def test_a_thousand_names_are_readable_nowhere_before_and_after(tmp_path: Path) -> None:
    node, backup = tmp_path / "node", tmp_path / "backup"
    node.mkdir()
    with an_office(node) as office:
        imported(office, thousand())
        live = LiveIndex(office, node / "index")
        kept = live.save()
        assert kept is not None
        shutil.copytree(node, backup, ignore=shutil.ignore_patterns("keys"))
        office.keys.backup(backup / "keys.db")
        assert readable(node) == readable(backup) == set()
        erase(office, PROTECTION, ids(office)[0], Cause.ORDER, LETTER)
        office.clock.forward(days=3653)
        assert len(run(office, office.clock).receipts) == 999
        office.keys.backup(backup / "keys.db")
        assert readable(node) == readable(backup) == set()
        assert office.read(lambda c: c.execute(select(VERSIONS)).all()) == []


@both_databases
def test_what_a_backup_holds_can_no_longer_be_opened(tmp_path: Path, kind: str) -> None:
    with an_office(tmp_path, kind) as office:
        imported(office)
        holding = ids(office)[0]
        saved = office.read(lambda c: list(versions_of(c, OPEN, [holding])))
        receipt = erase(office, PROTECTION, holding, Cause.INACCURATE, LETTER)
        with pytest.raises(Erased):
            office.keys.fetch([saved[0].key])
        row = office.read(lambda c: c.execute(select(HOLDINGS).where(HOLDINGS.c.id == holding)).one())
        assert (row.state, row.list, row.receipt, row.digest) == ("erased", "wanted", receipt.entry, None)
        assert office.read(lambda c: office.log.statement(c, receipt.entry)).objects == (holding,)
        assert b"Gashi" not in everything_stored(office)


def test_a_key_ring_from_before_is_replaced_by_its_backup(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        holding = ids(office)[0]
        (saved,) = office.read(lambda c: list(versions_of(c, OPEN, [holding])))
        erase(office, PROTECTION, holding, Cause.INACCURATE, LETTER)
        office.keys.backup(tmp_path / "ring.db")
        shutil.copytree(tmp_path / "keys", tmp_path / "restored")
        for part in ("keys.db", "keys.db-wal", "keys.db-shm"):
            (tmp_path / "restored" / part).unlink(missing_ok=True)
        shutil.copy(tmp_path / "ring.db", tmp_path / "restored" / "keys.db")
        restored = KeyRing(tmp_path / "restored")
        with pytest.raises(Erased):
            restored.fetch([saved.key])
        restored.close()


def test_out_of_every_index_before_it_returns(tmp_path: Path) -> None:
    wanted = Wanted(given="Ana", surname="Gashi")
    with an_office(tmp_path) as office:
        imported(office)
        live = LiveIndex(office, tmp_path / "index")
        place = live.save()
        kept = office.read(lambda c: c.execute(select(SNAPSHOTS)).one())
        (found,) = live.checker().check(wanted, 0)
        holding = live.index.people.record_id(found.record)
        held = live.checker()
        erase(office, PROTECTION, holding, Cause.UNLAWFUL, LETTER)
        assert held.check(wanted, 0) == live.checker().check(wanted, 0) == []
        with pytest.raises(Erased):
            office.keys.fetch([kept.key])
        assert snapshots.load(office, tmp_path / "index") is None
        again = LiveIndex(office, tmp_path / "index")
        assert again.checker().check(wanted, 0) == []
        assert again.save() != place
        assert not place.exists()


def test_the_erased_is_gone_and_the_absent_is_absent(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        a_case(office, DESK)
        holding = ids(office)[0]
        erase(office, PROTECTION, holding, Cause.NOT_NEEDED, LETTER)
        for look in (
            lambda: show(office, DESK, holding, footing(DESK)),
            lambda: inspect(office, DESK, holding, "looking into it"),
            lambda: erase(office, PROTECTION, holding, Cause.NOT_NEEDED, LETTER),
        ):
            with pytest.raises(Erased):
                look()
        assert lists(office, DESK) == {"wanted": 2}
        assert len(search(office, DESK, Question()).entries) == 3


def test_refused_to_who_may_not_erase_and_without_reference(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        holding = ids(office)[0]
        with pytest.raises(NotLawful):
            erase(office, DESK, holding, Cause.ORDER, LETTER)
        with pytest.raises(NotFound):
            erase(office, INVESTIGATOR, holding, Cause.ORDER, LETTER)
        with pytest.raises(BadInput):
            erase(office, PROTECTION, holding, Cause.ORDER, " ")


def test_an_erased_record_does_not_come_back_with_its_list(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        erase(office, PROTECTION, ids(office)[0], Cause.UNLAWFUL, LETTER)
        result = imported(office)
        assert (result.new, result.unchanged, result.refused) == (0, 2, 1)
        assert "erased before" in result.bad_rows[-1].reason
        assert imported(office, again=True).new == 1
        assert imported(office).unchanged == 3


def test_an_erasure_that_was_cut_short_is_finished(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        holding = ids(office)[0]
        (saved,) = office.read(lambda c: list(versions_of(c, OPEN, [holding])))
        office.write(lambda c: bury(c, OPEN, {holding: 0}, 99))
        assert office.keys.fetch([saved.key])
        assert sweep(office, OPEN) == 1
        with pytest.raises(Erased):
            office.keys.fetch([saved.key])
        assert sweep(office, OPEN) == 0
        shred(office, OPEN, [holding])


def test_others_erase_their_copies_in_the_same_transaction(tmp_path: Path) -> None:
    told: list[str] = []

    def forget(_office, _connection, holdings) -> None:
        told.extend(holdings)

    also(forget)
    try:
        with an_office(tmp_path) as office:
            imported(office)
            erase(office, PROTECTION, ids(office)[0], Cause.UNLAWFUL, LETTER)
            assert told == ids(office)[:1]
            assert said_in_ledger(office)[-1] == "erase"
    finally:
        ALSO.remove(forget)
