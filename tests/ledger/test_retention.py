"""The keeping of the log ends: what old entries state goes, their leaves stay."""

from datetime import timedelta
from pathlib import Path

import pytest

from liaison.ledger.keys import Kind, Signer
from liaison.ledger.publishing import publish
from liaison.ledger.retention import FORGOTTEN, forget
from liaison.ledger.sources import Folder
from liaison.ledger.statements import Statement
from liaison.ledger.verify import verify_log
from liaison.model.categories import OfficerId
from liaison.model.errors import Erased
from tests.node_fixtures import FixedClock, an_office, both_databases

WHO = OfficerId("retention-job")


@both_databases
def test_what_is_past_its_keeping_states_nothing_and_the_log_verifies(kind: str, tmp_path: Path) -> None:
    clock, signer = FixedClock(), Signer("log.example", Kind.ED25519, bytes(range(32)))
    with an_office(tmp_path, kind, clock) as office:

        def state(count: int) -> None:
            for _ in range(count):
                told = Statement(what="check", who=OfficerId("person-ana"), when=clock.now())
                office.write(lambda connection, told=told: office.log.append(connection, told))
            publish(office.store, tmp_path / "ledger", [signer], clock.now())

        state(3)
        clock.forward(days=10)
        state(2)
        before = clock.now() - timedelta(days=10)
        assert forget(office.write, office.log, before, WHO, clock.now()) == 0  # not a second before its time
        after = before + timedelta(seconds=1)
        assert forget(office.write, office.log, after, WHO, clock.now()) == 3
        assert forget(office.write, office.log, after, WHO, clock.now()) == 0
        for index in range(3):
            with pytest.raises(Erased):
                office.read(lambda connection, index=index: office.log.open(connection, index))
        for index in (3, 4):
            assert office.read(lambda c, index=index: office.log.statement(c, index)).what == "check"
        told = office.read(lambda connection: office.log.statement(connection, 5))
        assert (told.what, told.who, told.outcome) == (FORGOTTEN, WHO, "3")
        assert told.detail == {"from": "0", "to": "2"}
        publish(office.store, tmp_path / "ledger", [signer], clock.now())
        assert verify_log(Folder(tmp_path / "ledger"), signer.verifier.vkey).size == 6
