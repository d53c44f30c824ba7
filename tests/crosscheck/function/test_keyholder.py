"""The process that holds a key: it only evaluates, it cannot reach out, it dies with the node and is started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.crosscheck.function import accelerated, frames, keyprocess, tokens, voprf
from liaison.crosscheck.function.frames import BadFrame, What
from liaison.crosscheck.function.keyholder import KeyHolder
from liaison.crosscheck.function.suite import standard
from liaison.model.errors import BadPoint, KeyProcessLost

SEED, INFO = bytes(range(32)), b"epoch 1"
KEY = voprf.derive_key(SEED, INFO)
INPUTS = [b"one", b"two", b"", b"x" * 500]
BLINDED = voprf.blind(INPUTS, bytes(32))
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


class Source:
    """Where the node has its seed from; counts how often it was asked."""

    def __init__(self) -> None:
        self.given: list[bytearray] = []

    def __call__(self) -> bytearray:
        self.given.append(bytearray(SEED))
        return self.given[-1]


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def holder(source: Source) -> Iterator[KeyHolder]:
    with KeyHolder(source, INFO) as holder:
        yield holder


def process_of(holder: KeyHolder) -> int:
    holder.public()
    assert holder._process is not None
    return holder._process.pid


def test_it_evaluates_with_a_proof(holder: KeyHolder) -> None:
    assert holder.public() == KEY.public
    answer = holder.evaluate(BLINDED.points)
    found = voprf.finalize(KEY.public, INPUTS, BLINDED, answer)
    assert b"".join(found) == voprf.outputs(KEY, INPUTS)


def test_it_gives_the_heads_of_outputs(holder: KeyHolder) -> None:
    many = [f"key {number}".encode() for number in range(9)] + INPUTS
    assert holder.heads(many).tolist() == tokens.heads(voprf.outputs(KEY, many)).tolist()
    assert holder.heads([]).tolist() == []


def test_the_seed_is_wiped_here_and_fetched_once(holder: KeyHolder, source: Source) -> None:
    holder.public()
    holder.evaluate(BLINDED.points)
    assert source.given == [bytearray(32)]
    assert SEED not in repr(vars(holder)).encode()


def test_killed_it_is_started_again_and_nothing_is_lost(holder: KeyHolder, source: Source) -> None:
    first = process_of(holder)
    os.kill(first, signal.SIGKILL)
    answer = holder.evaluate(BLINDED.points)
    voprf.verify(KEY.public, BLINDED.points, answer.points, answer.proof)
    assert process_of(holder) != first
    assert len(source.given) == 2


def test_killed_at_work_the_question_is_asked_again(holder: KeyHolder) -> None:
    first = process_of(holder)
    many = voprf.blind([str(number).encode() for number in range(3000)], bytes(32))
    killer = threading.Timer(0.05, os.kill, (first, signal.SIGKILL))
    killer.start()
    answer = holder.evaluate(many.points)
    killer.join()
    voprf.verify(KEY.public, many.points, answer.points, answer.proof)


def test_a_source_with_another_key_is_refused(holder: KeyHolder) -> None:
    os.kill(process_of(holder), signal.SIGKILL)
    holder._fetch = lambda: bytearray(32)
    with pytest.raises(KeyProcessLost, match="did not start"):
        holder.evaluate(BLINDED.points)


def test_a_question_that_kills_twice_is_given_up(holder: KeyHolder, monkeypatch: pytest.MonkeyPatch) -> None:
    holder.public()

    def broken(link: socket.socket) -> tuple[What, bytearray]:
        if holder._process is not None and len(calls) in (0, 2):
            calls.append(0)
            raise EOFError
        calls.append(1)
        return frames.receive(link)

    calls: list[int] = []
    monkeypatch.setattr("liaison.crosscheck.function.keyholder.receive", broken)
    with pytest.raises(KeyProcessLost, match="twice"):
        holder.evaluate(BLINDED.points)


def test_a_bad_point_is_refused_and_the_process_lives(holder: KeyHolder) -> None:
    first = process_of(holder)
    for bad in (bytes(32), b"\xff" * 32):
        with pytest.raises(BadPoint, match="point 2") as caught:
            holder.evaluate(BLINDED.points[:32] + bad)
        assert caught.value.row == 2
    with pytest.raises(BadPoint, match="1 to 8192"):
        holder.evaluate(b"")
    assert process_of(holder) == first


@linux
def test_it_has_no_environment_and_nothing_else_open(holder: KeyHolder) -> None:
    folder = Path(f"/proc/{process_of(holder)}")
    assert (folder / "environ").read_bytes() == b""
    assert SEED.hex() not in (folder / "cmdline").read_text()
    opened = [os.readlink(link) for link in (folder / "fd").iterdir()]
    assert sorted(each.partition(":")[0] for each in opened) == ["/dev/null"] * 3 + ["socket"]


@linux
def test_it_can_open_nothing_more(holder: KeyHolder) -> None:
    limits = Path(f"/proc/{process_of(holder)}/limits").read_text()
    found = {line[:26].strip(): line[26:].split()[:2] for line in limits.splitlines()}
    assert found["Max open files"] == ["0", "0"]
    assert found["Max core file size"] == ["0", "0"]
    script = "from liaison.crosscheck.function import keyprocess; keyprocess.close_in(); import socket; socket.socket()"
    ended = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, check=False)
    assert b"Too many open files" in ended.stderr


@linux
def test_it_ends_when_the_node_is_killed() -> None:
    script = (
        "import sys, time; from liaison.crosscheck.function.keyholder import KeyHolder\n"
        "h = KeyHolder(lambda: bytearray(32), b''); h.public(); print(h._process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as node:
        assert node.stdout is not None
        process = Path(f"/proc/{int(node.stdout.readline())}")
        assert process.exists()
        node.kill()
    end = time.monotonic() + 20
    while process.exists() and "Z" not in (process / "stat").read_text().split()[2]:
        assert time.monotonic() < end
        time.sleep(0.05)


def received(link: socket.socket) -> bytes:
    try:
        return link.recv(2**20)
    except ConnectionResetError:  # it ended before it had read all; what it had sent is still there
        return link.recv(2**20)


def answers(*sent: bytes) -> bytes:
    """What the process sends back before it ends, as it is told these bytes and no more."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(b"".join(sent))
        ours.shutdown(socket.SHUT_WR)
        ours.settimeout(30)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(keyprocess, "close_in", lambda: None)
            patch.setattr(keyprocess, "harden", lambda: None)
            os.set_inheritable(theirs.fileno(), False)
            assert keyprocess.main([str(theirs.detach())]) in (0, 1)
        return b"".join(iter(lambda: received(ours), b""))


def frame(what: int, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + bytes([what]) + content


HANDED = frame(What.KEY, SEED + INFO)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_give_the_secret(sent: bytes) -> None:
    for before in (b"", HANDED):
        told = answers(before, sent)
        assert SEED not in told
        assert bytes(KEY.secret) not in told
    assert answers(HANDED, frame(What.KEY, b"")) == frame(What.KEY, KEY.public)


@pytest.mark.parametrize(
    "bad",
    [
        frame(9, b""),
        frame(What.REFUSED, b""),
        frame(What.KEY, SEED),
        (frames.LARGEST + 1).to_bytes(4, "big") + b"\2",
        frame(What.OUTPUTS, b"\0\5abc"),
        frame(What.OUTPUTS, b"\0"),
        frame(What.OUTPUTS, b"\0\0" * (frames.MOST + 1)),
    ],
)
def test_it_ends_at_what_is_no_question(bad: bytes) -> None:
    after = frame(What.EVALUATE, BLINDED.points)
    assert answers(HANDED, bad, after) == frame(What.KEY, KEY.public)


def test_the_first_frame_is_the_key() -> None:
    assert answers(frame(What.EVALUATE, BLINDED.points)) == b""
    assert answers(frame(What.KEY, b"short")) == b""


@pytest.mark.parametrize("fast", [True, False])
def test_both_ways_of_computing_give_the_same(fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not fast:
        monkeypatch.setattr(keyprocess, "accelerated", lambda *_: None)
    evaluator = keyprocess.Evaluator(bytearray(SEED + INFO))
    assert (evaluator.fast is not None) == fast
    proof, points = evaluator.evaluate(BLINDED.points)
    voprf.verify(KEY.public, BLINDED.points, points, proof)
    (found,) = evaluator.outputs(frames.joined(INPUTS))
    assert found == tokens.heads(voprf.outputs(KEY, INPUTS)).astype(">u8").tobytes()
    with pytest.raises(BadPoint, match="point 1"):
        evaluator.evaluate(bytes(32))


def test_a_wheel_that_computes_otherwise_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert accelerated.accelerated(SEED, INFO, standard()) is not None
    with monkeypatch.context() as patch:
        patch.setattr(accelerated.Accelerated, "public", KEY.public[::-1])
        assert accelerated.accelerated(SEED, INFO, standard()) is None
    monkeypatch.setitem(sys.modules, "voprf.ristretto", None)
    assert accelerated.accelerated(SEED, INFO, standard()) is None


@given(st.lists(st.binary(max_size=40)))
def test_inputs_come_apart_as_they_were_joined(inputs: list[bytes]) -> None:
    assert frames.parted(frames.joined(inputs)) == inputs
    parts = frames.portions(inputs, 3)
    assert [each for part in parts for each in part] == inputs
    assert all(0 < len(part) <= 3 for part in parts)


def test_large_inputs_are_sent_apart() -> None:
    inputs = [bytes(60_000)] * 40
    parts = frames.portions(inputs, 4096)
    assert all(len(frames.joined(part)) <= frames.LARGEST for part in parts)
    assert sum(map(len, parts)) == 40


def test_a_frame_that_says_it_is_too_large_is_not_made_room_for() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall((frames.LARGEST + 1).to_bytes(4, "big") + bytes([What.EVALUATE]))
        ours.close()
        with pytest.raises(BadFrame, match=str(frames.LARGEST + 1)):
            frames.receive(theirs)


def test_a_frame_that_is_too_large_is_not_sent() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(ValueError, match="larger than"):
        frames.send(ours, What.OUTPUTS, bytes(frames.LARGEST + 1))
    with pytest.raises(BadFrame):
        frames.parted(b"\0\1")
