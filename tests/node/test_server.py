"""Real connections on the loopback that are slow in every way, while good requests are answered."""

import asyncio
import gc
import os
import select
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from litestar import Litestar, Request, get, post
from litestar.response import ServerSentEvent, Stream

from liaison.node.limits import Crowd, Limits
from liaison.node.metrics import Metrics
from liaison.node.prompt import Prompt, prompted
from liaison.node.server import YOUNG, Bounded, Server, run, server, settle

QUICK = Limits(
    head_seconds=0.6,
    body_seconds=0.6,
    write_seconds=0.6,
    idle_seconds=1,
    body_bytes=100_000,
    upload_bytes=5_000_000,
    connections=400,
    connections_each=300,
)
SLACK = 3.0  # seconds that a loaded machine may add to a deadline
PIECE = b"x" * 65_536


@get("/small", sync_to_thread=False)
def small() -> str:
    return "small"


@get("/long")
async def long() -> Stream:
    async def pieces() -> object:
        for _ in range(800):  # 50 MB: more than any buffer holds
            yield PIECE

    return Stream(pieces())


@get("/live")
async def live() -> ServerSentEvent:
    async def events() -> AsyncIterator[str]:
        while True:
            yield "alive"
            await asyncio.sleep(0.05)

    return ServerSentEvent(events())


@get("/wait", sync_to_thread=True)
def wait() -> str:
    time.sleep(1.5)
    return "waited"


@post("/take")
async def take(request: Request) -> int:
    return len(await request.body())


@contextmanager
def serving(limits: Limits = QUICK, drain: int = 5, **named: object) -> Iterator[int]:
    """The port of a running server."""
    ready, ports = threading.Event(), list[int]()

    def note(port: int) -> None:
        ports.append(port)
        ready.set()

    app = Litestar([small, long, live, wait, take], openapi_config=None, request_max_body_size=None)
    one: Server = server(app, limits, ready=note, drain_seconds=drain, **named)
    thread = threading.Thread(target=run, args=(one,))
    thread.start()
    try:
        assert ready.wait(20)
        yield ports[0]
    finally:
        one.should_exit = True
        thread.join(20 + drain)
        assert not thread.is_alive()


@pytest.fixture(scope="module", params=["each", "at once"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of a server of either kind of connection: the deadlines are the same."""
    kind = prompted(Prompt({}, Metrics())) if request.param == "at once" else Bounded
    with serving(connection=kind) as found:
        yield found


def opened(port: int, sent: bytes = b"", room: int | None = None) -> socket.socket:
    one = socket.socket()
    if room is not None:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    one.settimeout(20)
    one.connect(("127.0.0.1", port))
    one.sendall(sent)
    return one


def ended(one: socket.socket, within: float) -> bytes:
    """What came before the connection ended; fails where it did not end in time."""
    until, came = time.monotonic() + within, b""
    while True:
        ready, _, _ = select.select([one], [], [], max(0.0, until - time.monotonic()))
        assert ready, f"still open after {within} s"
        try:
            piece = one.recv(65_536)
        except ConnectionError:
            piece = b""
        if not piece:
            one.close()
            return came
        came += piece


def answer(one: socket.socket) -> bytes:
    came = b""
    while b"small" not in came:
        piece = one.recv(4096)
        assert piece, came
        came += piece
    return came


def dripping(one: socket.socket, every: float, stop: threading.Event) -> None:
    while not stop.wait(every):
        try:
            one.sendall(b"a")
        except OSError:
            return


GET = b"GET /small HTTP/1.1\r\nhost: a\r\n\r\n"
HEAD = b"GET /small HTTP/1.1\r\nhost: a\r\nx-slow: "
BODY = b"POST /take HTTP/1.1\r\nhost: a\r\ncontent-length: 50000\r\n\r\nbegun"


def test_a_connection_that_says_nothing_is_closed(port: int) -> None:
    assert b" 408 " in ended(opened(port), QUICK.head_seconds + SLACK)


@pytest.mark.parametrize("begun", [HEAD, BODY], ids=["head", "body"])
def test_a_request_that_drips_in_is_closed_by_the_deadline(port: int, begun: bytes) -> None:
    one, stop = opened(port, begun), threading.Event()
    started = time.monotonic()
    thread = threading.Thread(target=dripping, args=(one, 0.05, stop))
    thread.start()
    try:
        came = ended(one, QUICK.body_seconds + SLACK)
        assert time.monotonic() - started >= 0.5
        assert b" 408 " in came or not came  # a reset may overtake the answer
    finally:
        stop.set()
        thread.join()


def test_the_deadline_of_a_head_holds_on_a_kept_connection_too(port: int) -> None:
    one = opened(port, GET)
    answer(one)
    one.sendall(HEAD)
    assert b" 408 " in ended(one, QUICK.head_seconds + SLACK)


def test_the_deadline_of_a_body_holds_on_a_kept_connection_too(port: int) -> None:
    one = opened(port, GET)
    answer(one)
    one.sendall(BODY)
    assert b" 408 " in ended(one, QUICK.body_seconds + SLACK)


def test_a_kept_connection_serves_many_requests(port: int) -> None:
    one = opened(port)
    for _ in range(4):
        one.sendall(GET[:20])
        time.sleep(0.3)  # together longer than one deadline, each within it
        one.sendall(GET[20:])
        assert b" 200 " in answer(one)
    one.close()


def test_pipelined_requests_are_answered_and_the_unfinished_last_is_closed(port: int) -> None:
    came = ended(opened(port, GET * 5 + HEAD), QUICK.head_seconds + SLACK)
    assert came.count(b" 200 ") == 5


def test_a_kept_connection_that_stands_idle_is_closed(port: int) -> None:
    one = opened(port, GET)
    answer(one)
    assert ended(one, QUICK.idle_seconds + SLACK) == b""


@pytest.mark.parametrize("kept", [False, True])
def test_blank_lines_do_not_hold_a_connection(port: int, kept: bool) -> None:
    one, stop = opened(port, GET if kept else b""), threading.Event()
    if kept:
        answer(one)

    def blank() -> None:
        while not stop.wait(0.05):
            try:
                one.sendall(b"\r\n")
            except OSError:
                return

    thread = threading.Thread(target=blank)
    thread.start()
    try:
        ended(one, QUICK.head_seconds + SLACK)
    finally:
        stop.set()
        thread.join()


def test_a_reader_that_takes_nothing_is_cut_off(port: int) -> None:
    one = opened(port, b"GET /long HTTP/1.1\r\nhost: a\r\n\r\n", room=4096)
    time.sleep(QUICK.write_seconds + 1.5)
    assert taken(one) < 800 * len(PIECE)


def taken(one: socket.socket) -> int:
    """How many bytes come before the connection ends."""
    count = 0
    with suppress(ConnectionError):
        while piece := one.recv(1 << 20):
            count += len(piece)
    one.close()
    return count


def test_a_reader_that_reads_gets_everything(port: int) -> None:
    with httpx.stream("GET", f"http://127.0.0.1:{port}/long") as response:
        assert sum(len(piece) for piece in response.iter_raw()) == 800 * len(PIECE)


def test_an_answer_that_takes_long_is_not_cut(port: int) -> None:
    assert httpx.get(f"http://127.0.0.1:{port}/wait", timeout=20).text == "waited"


def test_good_requests_are_answered_while_200_connections_drip(port: int) -> None:
    stop, good = threading.Event(), 0
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        slow = [opened(port, HEAD if row % 2 else BODY) for row in range(200)]
        started = time.monotonic()

        def drip() -> None:
            while not stop.wait(0.2):
                for one in slow:
                    try:
                        one.send(b"a")
                    except OSError:
                        continue

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            while good < 5 or time.monotonic() - started < QUICK.head_seconds:
                assert client.get("/small").text == "small"
                good += 1
            for one in slow:
                ended(one, SLACK)
        finally:
            stop.set()
            thread.join()
    assert time.monotonic() - started < QUICK.head_seconds + 2 * SLACK
    assert httpx.get(f"http://127.0.0.1:{port}/small").text == "small"


def test_a_body_over_the_limit_is_refused_before_it_is_sent(port: int) -> None:
    one = opened(port, b"POST /take HTTP/1.1\r\nhost: a\r\ncontent-length: 100001\r\n\r\n")
    assert b" 413 " in ended(one, SLACK)


def test_a_body_over_the_limit_in_chunks_is_refused(port: int) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 10_000

    try:
        response = httpx.post(f"http://127.0.0.1:{port}/take", content=pieces())
    except httpx.WriteError:  # the refusal closed the connection before all was sent
        return
    assert response.status_code == 413


def test_a_file_may_be_longer_than_another_body(port: int) -> None:
    content = b"x" * 3_000_000
    url = f"http://127.0.0.1:{port}/take"
    assert httpx.post(url, content=content, headers={"content-type": "text/csv"}).text == str(len(content))
    assert httpx.post(url, content=content, headers={"content-type": "text/plain"}).status_code == 413


def test_a_file_that_keeps_coming_may_take_longer_than_the_deadline(port: int) -> None:
    head = b"POST /take HTTP/1.1\r\nhost: a\r\ncontent-type: text/csv\r\ncontent-length: 1000000\r\n\r\n"
    one = opened(port, head)
    for _ in range(10):
        one.sendall(b"x" * 100_000)
        time.sleep(0.15)
    assert b"1000000" in ended_or_kept(one)


def ended_or_kept(one: socket.socket) -> bytes:
    came = b""
    while b"\r\n\r\n" not in came or not came.split(b"\r\n\r\n")[1]:
        piece = one.recv(4096)
        if not piece:
            break
        came += piece
    one.close()
    return came


def test_a_file_that_drips_is_closed(port: int) -> None:
    head = b"POST /take HTTP/1.1\r\nhost: a\r\ncontent-type: text/csv\r\ncontent-length: 1000000\r\n\r\n"
    one, stop = opened(port, head), threading.Event()
    thread = threading.Thread(target=dripping, args=(one, 0.05, stop))
    thread.start()
    try:
        ended(one, QUICK.body_seconds + SLACK)
    finally:
        stop.set()
        thread.join()


def test_a_head_over_the_limit_is_refused(port: int) -> None:
    one = opened(port, b"GET /small HTTP/1.1\r\nhost: a\r\nx-long: " + b"a" * 40_000)
    assert b" 400 " in ended(one, SLACK)


def test_what_is_no_http_is_refused(port: int) -> None:
    assert b" 400 " in ended(opened(port, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"), SLACK)


def test_one_address_cannot_take_every_connection() -> None:
    with serving(replace(QUICK, connections_each=5, head_seconds=5)) as port:
        held = [opened(port, HEAD) for _ in range(5)]
        time.sleep(0.2)
        assert b" 503 " in ended(opened(port), SLACK)
        held.pop().close()
        time.sleep(0.3)
        assert httpx.get(f"http://127.0.0.1:{port}/small").text == "small"
        for one in held:
            one.close()


def test_a_crowd_counts_proxies_in_all_but_not_each() -> None:
    crowd = Crowd(Limits(connections=3, connections_each=1, proxies=frozenset({"10.0.0.1"})))
    assert crowd.enter("10.0.0.1")
    assert crowd.enter("10.0.0.1")
    assert crowd.enter("10.0.0.2")
    assert not crowd.enter("10.0.0.3")
    crowd.leave("10.0.0.1")
    assert not crowd.enter("10.0.0.2")
    assert crowd.enter("10.0.0.3")


def test_a_running_request_is_finished_at_a_stop() -> None:
    texts: list[str] = []
    with serving() as port:
        thread = threading.Thread(
            target=lambda: texts.append(httpx.get(f"http://127.0.0.1:{port}/wait", timeout=20).text)
        )
        thread.start()
        time.sleep(0.4)
    thread.join()
    assert texts == ["waited"]


def test_a_stream_of_events_does_not_delay_a_stop() -> None:
    """It would go on as long as the node lets what runs be finished, and then be cut with everything else."""
    drain = 60
    with httpx.Client(timeout=60) as client:
        with ExitStack() as held, serving(drain=drain) as port:
            answer = held.enter_context(client.stream("GET", f"http://127.0.0.1:{port}/live"))
            lines = answer.iter_lines()
            assert next(lines) == "data: alive"
            began = time.monotonic()
            stopping = threading.Event()

            def rest() -> None:
                with suppress(httpx.HTTPError):
                    for _ in lines:
                        pass
                stopping.set()

            reader = threading.Thread(target=rest)
            reader.start()
        reader.join(drain)
    assert stopping.is_set()
    assert time.monotonic() - began < drain / 2


def certificate(folder: Path) -> tuple[Path, Path]:
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    words += " -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
    pair = folder / "cert.pem", folder / "key.pem"
    done = subprocess.run(
        ["openssl", *words.split(), "-out", str(pair[0]), "-keyout", str(pair[1])],
        capture_output=True,
        env=os.environ | {"OPENSSL_CONF": "/dev/null"} if not Path("/etc/ssl/openssl.cnf").exists() else None,
    )
    assert done.returncode == 0, done.stderr
    return pair


def test_tls_has_its_own_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liaison.node.server.Loop.handshake", 0.6)
    chain, key = certificate(tmp_path)
    with serving(certificate=chain, key=key) as port:
        trust = ssl.create_default_context(cafile=str(chain))
        assert httpx.get(f"https://localhost:{port}/small", verify=trust).text == "small"
        assert ended(opened(port), 0.6 + SLACK) == b""
        assert ended(opened(port, b"\x16\x03\x01"), 0.6 + SLACK) == b""
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(chain)
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        with old.wrap_socket(opened(port), server_hostname="localhost") as one:
            assert one.version() == "TLSv1.2"


def test_what_a_ready_node_holds_is_no_longer_collected() -> None:
    before = gc.get_threshold()
    try:
        settle()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold() == (YOUNG, *before[1:])
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
