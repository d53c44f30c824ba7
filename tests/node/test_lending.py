"""Keys lent to a process beside the node: which, how many, and what becomes of a question that is none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from liaison.model.errors import Erased, StoreUnavailable
from liaison.node.lending import ENCODER, LENT, MADE, MOST, TOLD, Asked, Lent, lend
from liaison.ports import Compartment, KeyId
from liaison.storage.keys import KeyRing


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[KeyRing]:
    KeyRing.make(tmp_path / "keys")
    ring = KeyRing(tmp_path / "keys")
    yield ring
    ring.close()


@pytest.fixture
def pipe(ring: KeyRing) -> Iterator[Connection]:
    ours, theirs = Pipe()
    lending = threading.Thread(target=lend, args=(ours, ring))
    lending.start()
    yield theirs
    theirs.close()
    lending.join(10)
    assert not lending.is_alive()


@pytest.mark.parametrize("part", Compartment)
def test_keys_of_some_compartments_are_lent_and_of_no_other(
    ring: KeyRing, pipe: Connection, part: Compartment
) -> None:
    ((id, key),) = ring.create(part)
    if part in LENT:
        assert Lent(pipe).fetch([id]) == [key]
    else:
        with pytest.raises(Erased):
            Lent(pipe).fetch([id])
    if part in MADE:
        assert ring.fetch([Lent(pipe).create(part)[0][0]])
    else:
        with pytest.raises(StoreUnavailable):
            Lent(pipe).create(part)


def test_one_key_that_is_not_lent_spoils_the_question(ring: KeyRing, pipe: Connection) -> None:
    mine = ring.create(Compartment.HOLDINGS)[0][0]
    other = ring.create(Compartment.SAFEGUARDING)[0][0]
    with pytest.raises(Erased):
        Lent(pipe).fetch([mine, other])


@pytest.mark.parametrize("said", [b"", b"\xc1", ENCODER.encode(Asked(ids=(2**63,))), b"\x93\x01"])
def test_what_is_no_question_is_refused_and_the_next_one_answered(
    ring: KeyRing, pipe: Connection, said: bytes
) -> None:
    pipe.send_bytes(said)
    assert TOLD.decode(pipe.recv_bytes()).refused
    id, key = ring.create(Compartment.SCREENING)[0]
    assert Lent(pipe).fetch([id]) == [key]


def test_more_keys_than_one_question_may_name_are_not_lent(pipe: Connection) -> None:
    pipe.send_bytes(ENCODER.encode(Asked(ids=tuple(range(MOST + 1)))))
    assert TOLD.decode(pipe.recv_bytes()).refused


def test_who_borrows_destroys_nothing(ring: KeyRing, pipe: Connection) -> None:
    with pytest.raises(StoreUnavailable):
        Lent(pipe).destroy([KeyId(1)])
