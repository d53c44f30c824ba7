"""A partner that is paired and agreed sends more than a node can bear: bombs, slow connections, floods (A08 to A10).

The node is a process of its own, so that its memory and its answers can be measured. The sizes of the threats
themselves are run by ./dev campaign.
"""

from __future__ import annotations

import datetime as dt
import gzip
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from liaison.model import canonical
from liaison.model.errors import BadNote
from liaison.transport import messages
from liaison.transport.calls import CARD, LETTERS, LONGEST_CALL
from liaison.transport.channel import client_tls
from tests.hostile_house import House, Partner

ROOT = Path(__file__).resolve().parents[2]
MIB = 1 << 20
MOST_MORE = 64 * MIB  # that one partner may cost the node
HEAD_SECONDS = 6.0  # as in node/limits.py


@dataclass
class Served:
    """A node that is a process, an honest partner and a hostile one."""

    process: int
    house: House
    card: str
    honest: Partner
    hostile: Partner

    def memory(self, what: str) -> int:
        """Bytes of its memory now (VmRSS) or at its highest (VmHWM)."""
        lines = Path(f"/proc/{self.process}/status").read_text().splitlines()
        (line,) = (each for each in lines if each.startswith(what))
        return int(line.split()[1]) * 1024

    @contextmanager
    def costs_at_most(self, more: int) -> Iterator[None]:
        """What happens inside makes its memory grow by so much at the highest, and no more."""
        Path(f"/proc/{self.process}/clear_refs").write_text("5")  # the highest begins anew
        before = self.memory("VmRSS")
        yield
        assert (rise := self.memory("VmHWM") - before) < more, f"{rise / MIB:.0f} MiB"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("load")
    house = House.made(folder / "house")
    with house.opened():
        card = house.card().text
        honest = Partner(folder / "honest", "honest.example", house)
        hostile = Partner(folder / "hostile", "hostile.example", house)
        for each in (honest, hostile):
            house.agrees(each)
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.hostile_house", str(house.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        until = time.monotonic() + 20
        while True:
            try:
                honest.gets_through()
                break
            except httpx.HTTPError:
                assert time.monotonic() < until
                time.sleep(0.1)
        yield Served(process.pid, house, card, honest, hostile)
        for each in (honest, hostile):
            each.close()
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)


@contextmanager
def meanwhile(work: Callable[[threading.Event], None], many: int) -> Iterator[None]:
    """So many threads that work until the end."""
    end = threading.Event()
    threads = [threading.Thread(target=work, args=(end,)) for _ in range(many)]
    for each in threads:
        each.start()
    try:
        yield
    finally:
        end.set()
        for each in threads:
            each.join(30)
            assert not each.is_alive()


def client(partner: Partner) -> httpx.Client:
    return httpx.Client(verify=client_tls(partner.keys, [partner.theirs]), timeout=60, trust_env=False)


def bombs(hostile: Partner) -> dict[str, tuple[bytes, dict[str, str], int]]:
    letter = hostile.known_card(number=1).decode()
    return {
        "too long": (b"x" * (LONGEST_CALL + 1), {}, 413),
        "packed": (gzip.compress(bytes(1 << 28)), {"content-encoding": "gzip"}, 400),
        "a million members": (
            b"{" + b",".join(b'"%d":0' % number for number in range(700_000)) + b"}",
            {},
            400,
        ),
        "a million letters": (b'{"letters":[' + b'"",' * 2_000_000 + b'""]}', {}, 400),
        "nested": (b'{"letters":' + b"[" * (LONGEST_CALL // 2), {}, 400),
        "a letter of eight megabytes": (
            canonical.encode({"letters": [letter + "A" * 7_000_000]}),
            {},
            200,  # the call is in form; the letter is refused
        ),
    }


def test_a_bomb_is_refused_before_it_costs_anything(served: Served) -> None:
    made = bombs(served.hostile)
    with served.costs_at_most(MOST_MORE):
        for name, (body, headers, status) in made.items():
            answer = served.hostile.put(served.hostile.signature("POST", LETTERS, body), headers)
            assert answer.status_code == status, name
            served.honest.is_served()


def test_a_body_without_an_end_is_cut_off(served: Served) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield bytes(MIB)

    message = served.hostile.signature("POST", LETTERS, b"")
    with served.costs_at_most(MOST_MORE), client(served.hostile) as http:
        status = 413
        with suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
            status = http.post(message.url, content=endless(), headers=message.headers).status_code
        assert status == 413
    served.honest.is_served()


def test_many_large_bodies_at_once_are_not_all_held(served: Served) -> None:
    body = b'{"letters":["' + b"A" * (LONGEST_CALL - 100) + b'"]}'

    message = served.hostile.signature("POST", LETTERS, body)  # one will do: it is refused after it was read

    def sends(end: threading.Event) -> None:
        with client(served.hostile) as http:
            while not end.is_set():
                with suppress(httpx.HTTPError):
                    http.post(message.url, content=body, headers=message.headers)
                end.wait(0.2)

    with served.costs_at_most(MOST_MORE * 2), meanwhile(sends, 24):
        time.sleep(2)
        for _ in range(10):
            served.honest.is_served()


def slow(served: Served, many: int, source: Callable[[int], str]) -> list[socket.socket]:
    """Connections that never come to the point: before TLS, in the head, in the body."""
    context = client_tls(served.hostile.keys, [served.hostile.theirs])
    held: list[socket.socket] = []
    for number in range(many):
        plain = socket.create_connection(("127.0.0.1", served.house.port), 10, (source(number), 0))
        if number % 4 == 0:
            held.append(plain)  # says nothing
            continue
        try:
            spoken = context.wrap_socket(plain)
            if number % 4 == 2:
                spoken.sendall(b"POST /liaison/v1/letters HTTP/1.1\r\nhost: a\r\nx-")
            elif number % 4 == 3:
                spoken.sendall(b"GET /")
            held.append(spoken)
        except (ssl.SSLError, OSError):
            plain.close()
    return held


def require_slow_ones_are_cut(served: Served, many: int, source: Callable[[int], str]) -> None:
    held = slow(served, many, source)
    began = time.monotonic()
    with suppress(OSError):
        while time.monotonic() - began < HEAD_SECONDS + 3:
            served.honest.is_served()
            for each in held[:: max(1, len(held) // 20)]:
                with suppress(OSError):
                    each.send(b"a")  # a drop now and then
            time.sleep(0.1)
    for each in held:
        each.settimeout(2)
        with suppress(ConnectionError, ssl.SSLError, BrokenPipeError):
            while each.recv(4096):
                pass
        each.close()


def test_slow_connections_are_cut_and_delay_nobody(served: Served) -> None:
    require_slow_ones_are_cut(served, 120, lambda number: "127.0.0.1")


@pytest.mark.campaign
def test_two_thousand_slow_connections_delay_nobody(served: Served) -> None:
    require_slow_ones_are_cut(served, 2000, lambda number: f"127.0.1.{number % 250 + 1}")


@contextmanager
def flood(served: Served, threads: int) -> Iterator[list[tuple[int, int]]]:
    """The hostile partner floods; the answers to it as they come: status, and the seconds that it was told to wait."""
    letter = served.hostile.known_card(number=1)
    folder = served.hostile.folder
    (folder / "house.card").write_text(served.card)
    (folder / "flood.body").write_bytes(canonical.encode({"letters": [letter.decode()] * 500}))
    answers: list[tuple[int, int]] = []

    def listens(process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            status, wait = line.split()
            answers.append((int(status), int(wait)))

    command = [sys.executable, "-m", "tests.hostile_flood", str(folder), served.house.url, str(threads)]
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=ROOT) as process:
        listener = threading.Thread(target=listens, args=(process,))
        listener.start()
        try:
            yield answers
        finally:
            process.kill()
            listener.join(30)


def require_dammed(answers: list[tuple[int, int]]) -> None:
    dammed = [wait for status, wait in answers if status == 429]
    assert dammed
    assert min(dammed) >= 1


def test_a_flood_is_dammed_and_shuts_nobody_out(served: Served) -> None:
    """How much it costs the others is measured by the campaign below."""
    with flood(served, 4) as answers:
        until = time.monotonic() + 120
        while not any(status == 429 for status, _ in answers):
            served.honest.is_served()
            assert time.monotonic() < until
    require_dammed(answers)
    served.honest.is_served()


def throughput(partner: Partner, seconds: float) -> float:
    """Letters a second that a partner has taken, in calls of twenty, one after another, within its own allowance."""
    began, done = time.monotonic(), 0
    while (passed := time.monotonic() - began) < seconds:
        letters = [partner.known_card() for _ in range(20)]
        done += sum(each.outcome.value == "accepted" for each in partner.send(*letters))
        time.sleep(max(0.0, done / PACE - passed))
    return done / (time.monotonic() - began)


PACE = 400.0  # letters a second, below EACH_SECOND of transport/calls.py
SHARE = 0.9  # of what a partner gets done alone (threat A10)


@pytest.mark.campaign
def test_a_flood_leaves_another_partner_nine_tenths_of_what_it_does_alone(served: Served) -> None:
    """Measured in turns, in one run, so that whatever else the machine does befalls both."""
    alone: list[float] = []
    beside: list[float] = []
    for _ in range(6):
        alone.append(throughput(served.honest, 4.0))
        with flood(served, 16) as answers:
            while not any(status == 429 for status, _ in answers):
                time.sleep(0.1)  # until it has used up what it may
            time.sleep(2.0)
            beside.append(throughput(served.honest, 4.0))
        require_dammed(answers)
    share = sum(beside) / sum(alone)
    assert share >= SHARE, (share, alone, beside)


def test_the_nonces_of_one_key_use_up_no_others_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MOST_NONCES", 3)
    nonces, now = messages.Nonces(), dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    for number in range(3):
        nonces.take("hostile", f"nonce-{number}", now)
    for nonce in ("nonce-0", "nonce-3"):
        with pytest.raises(BadNote):
            nonces.take("hostile", nonce, now)
    nonces.take("honest", "nonce-0", now)
    nonces.take("hostile", "nonce-3", now + 3 * messages.AGE)


def test_many_small_calls_shut_nobody_out(served: Served) -> None:
    def asks(end: threading.Event) -> None:
        with client(served.hostile) as http:
            while not end.is_set():
                message = served.hostile.signature("GET", CARD, b"")
                http.get(message.url, headers=message.headers)

    with meanwhile(asks, 3):
        until = time.monotonic() + 3
        while time.monotonic() < until:
            served.honest.is_served()
