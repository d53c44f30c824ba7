"""Two nodes with real servers: what passes between them, and what a hostile caller gets."""

from __future__ import annotations

import http.server
import shutil
import socket
import ssl
import threading
import time
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from liaison.ledger.witnesses import Behind
from liaison.model import canonical
from liaison.model.errors import LedgerDamaged, TooMany
from liaison.node import couriers, listener, turns, wiring
from liaison.node.logs import keep_allowed
from liaison.node.turns import EARLY
from liaison.node.wiring import Node, open_node
from liaison.partners import own, service
from liaison.partners.agreement import Gateway, GatewayKind
from liaison.storage.tables.transport import INBOX
from liaison.transport import calls, messages
from liaison.transport.calls import (
    CARD,
    LETTERS,
    LONGEST_CALL,
    MOST_LETTERS,
    PAIRING,
    Batch,
    Call,
    Receipts,
)
from liaison.transport.channel import Channel, Unreachable
from liaison.transport.messages import AGE, Message, sign_request
from tests.faults.two_nodes import ORIGINS, SUPERVISOR, TERMS
from tests.transport.nodes import (
    a_courier,
    call,
    card_of,
    carrying,
    channel,
    marks,
    raw,
    signed,
    spoken,
    state,
    status_of,
    until,
    waiting,
    writes,
)


def test_letters_pass_both_ways_and_heads_are_cosigned(folder: Path) -> None:
    with open_node(folder / "left") as left, open_node(folder / "right") as right:
        writes(left, "right", "one", "two")
        writes(right, "left", "three", urgent=True)
        until(lambda: not waiting(left) and not waiting(right))
        assert (marks(left), marks(right)) == (1, 2)
        for node in (left, right):
            head = node.publish_now()
            assert head is not None
            node.correspondence.couriers.cosign()
            assert node.correspondence.cosigned(head.checkpoint.size)
        assert right.correspondence.signed_of(ORIGINS["left"]) > 0
        assert b'liaison_letters_waiting{partner="right.example"} 0.0' in left.metrics.text()


def test_a_backlog_of_a_month_goes_once_the_partner_is_there_the_urgent_ones_first(
    left: Node, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = left.office.now() - timedelta(days=30)
    with monkeypatch.context() as patch:
        patch.setattr(type(left.office.clock), "now", lambda _: early)
        writes(left, "right", *(f"word {number}" for number in range(700)))
        writes(left, "right", "pressing", urgent=True)
    with a_courier(left) as courier:
        courier.run()
        assert waiting(left) == 701
        (way,) = left.correspondence.backlogs()
        assert (way.waiting, way.oldest) == (701, early)
        assert way.fault
        batches: list[int] = []
        with open_node(folder / "right") as right, monkeypatch.context() as patch:
            patch.setattr(couriers, "due", lambda *_: True)
            patch.setattr(calls.Allowance, "spend", lambda *said: batches.append(said[2]))
            courier.run()
            assert waiting(left) == 0
            assert marks(right) == 701
            assert batches == [500, 201]  # how many a second that is, ./dev bench transport tells
            first = select(INBOX.c.lane).order_by(INBOX.c.entry).limit(1)
            assert right.office.read(lambda c: c.execute(first).scalar()) == "urgent"


def test_a_stranger_finds_no_channel(left: Node, right: Node, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    own.make_keys(tmp_path / "keys", 1)
    stranger = own.load_keys(tmp_path / "keys", 1)
    before = state(right)
    with suppress(OSError):  # TLS ends it, in one of several ways
        assert raw(left, right, signed(left, right, b"{}", stranger), stranger) == b""
    plain = socket.create_connection(("127.0.0.1", right.settings.partner_port), 10)
    with closing(plain):
        plain.settimeout(10)
        plain.sendall(b"GET /liaison/v1/card HTTP/1.1\r\nhost: x\r\n\r\n")
        with suppress(ConnectionResetError):
            assert b"200" not in plain.recv(1000)
    assert state(right) == before


def test_a04_a_partner_that_signs_as_another_is_told_nothing(left: Node, right: Node, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    own.make_keys(tmp_path / "keys", 1)
    other = own.load_keys(tmp_path / "keys", 1)
    before = state(right)
    as_other = replace(left.own, channel=other.channel)
    answer = raw(left, right, signed(left, right, b"{}", as_other))
    assert status_of(answer) == 403
    document = replace(left.own, channel=left.own.document)
    assert status_of(raw(left, right, signed(left, right, b"{}", document))) == 403
    assert state(right) == before


def test_a04_the_channel_and_the_signature_are_the_same_partners(left: Node, right: Node) -> None:
    """A certificate that the channel lets in, and a signature of a partner's whose it is not."""
    body = canonical.encode(Batch(letters=("a.b.c",)))
    message = Message("POST", card_of(left, ORIGINS["right"]).addresses[0] + LETTERS, body, {})
    sign_request(message, left.own.channel, left.own.channel_id, left.office.now(), "n" * 22)
    here = right.correspondence.listener
    assert here is not None
    assert here._desk.answer(Call(message, right.own.certificate)).status == 403
    assert here._desk.answer(Call(message, left.own.certificate)).status == 200


@pytest.mark.parametrize("left_out", ["@method", "@target-uri"])
def test_a_signature_covers_everything_that_it_should(
    left: Node, right: Node, monkeypatch: pytest.MonkeyPatch, left_out: str
) -> None:
    covered = tuple(each for each in messages.OF_REQUEST if each != left_out)
    with monkeypatch.context() as patch:
        patch.setattr(messages, "OF_REQUEST", covered)
        asked = signed(left, right, canonical.encode(Batch(letters=("a.b.c",))))
    assert status_of(raw(left, right, asked)) == 403


def test_a01_a_request_that_comes_again_is_refused(left: Node, right: Node) -> None:
    asked = signed(left, right, canonical.encode(Batch(letters=("a.b.c",))))
    assert status_of(raw(left, right, asked)) == 200
    before = state(right)
    for _ in range(5):
        assert status_of(raw(left, right, asked)) == 403
    assert state(right) == before


def test_requests_that_are_old_early_unsigned_or_changed_are_refused(left: Node, right: Node) -> None:
    body, now, before = canonical.encode(Batch(letters=("a.b.c",))), left.office.now(), state(right)
    late = timedelta(seconds=30)
    bad = [
        signed(left, right, body, at=now - AGE - late),
        signed(left, right, body, at=now + AGE + late),
        signed(left, right, body, sent=body.replace(b"a.b.c", b"x.b.c")),
        signed(left, right, body).replace(b"POST ", b"PUT ", 1),
        signed(left, right, body).replace(
            LETTERS.encode(), LETTERS.replace("letters", "pairing").encode(), 1
        ),
        signed(left, right, body).replace(b"content-digest: ", b"content-other: ", 1),
        f"POST {LETTERS} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body,
    ]
    assert [status_of(raw(left, right, each)) for each in bad] == [403] * len(bad)
    assert state(right) == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"letters":[]}',
        b'{"letters":["a"],"letters":["b"]}',
        b'{"letters":[1]}',
        b'{"letters":["a"]} ',
        b'{"letters":' + b"[" * 200_000,
        b'{"letters":[' + b",".join([b'"a"'] * (MOST_LETTERS + 1)) + b"]}",
        b"{" + b",".join(b'"%d":1' % number for number in range(200_000)) + b"}",
    ],
)
def test_a08_a_body_that_is_no_batch_is_refused_in_little_time(left: Node, right: Node, body: bytes) -> None:
    before, began = state(right), time.process_time()
    status, _ = call(left, right, body)
    assert status == 400
    assert time.process_time() - began < 5  # of a processor, whoever else wants it
    assert state(right) == before


def test_a08_a_body_that_is_too_long_is_cut_off_before_it_is_read(left: Node, right: Node) -> None:
    told = f"POST {LETTERS} HTTP/1.1\r\nhost: x\r\ncontent-length: {10 << 30}\r\n\r\n".encode()
    assert status_of(raw(left, right, told)) == 413
    with spoken(left, right) as line:
        line.sendall(f"POST {LETTERS} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n".encode())
        chunk = b"100000\r\n" + bytes(0x100000) + b"\r\n"
        with suppress(OSError):
            for _ in range(LONGEST_CALL // 0x100000 + 4):
                line.sendall(chunk)
        with suppress(OSError):
            assert status_of(line.recv(1000)) == 413


def test_a10_a_flood_is_told_to_wait_and_nothing_of_it_is_taken(
    left: Node, right: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "AT_ONCE", 600.0)
    monkeypatch.setattr(calls, "EACH_SECOND", 1.0)
    body = canonical.encode(Batch(letters=("a.b.c",) * 500))
    assert call(left, right, body)[0] == 200
    before = state(right)
    with pytest.raises(Unreachable) as refused:
        call(left, right, body)
    assert 300 <= refused.value.wait <= 500
    assert state(right) == before


def test_a10_who_comes_again_too_soon_is_turned_away_unread_and_nobody_else_is(
    left: Node, right: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "AT_ONCE", 600.0)
    monkeypatch.setattr(calls, "EACH_SECOND", 1.0)
    monkeypatch.setattr(listener, "HELD", 0.01)
    flood = canonical.encode(Batch(letters=("a.b.c",) * 500))
    assert call(left, right, flood)[0] == 200
    with pytest.raises(Unreachable, match="wait"):
        call(left, right, flood)
    asked: list[Call] = []
    here = right.correspondence.listener
    assert here is not None
    monkeypatch.setattr(calls.Desk, "answer", lambda _, each: asked.append(each))
    for _ in range(3 * EARLY):
        with pytest.raises(Unreachable, match="429"):
            call(left, right, flood)
    assert asked == []
    assert here._door.wait(b"letters " + left.own.certificate) > 300
    assert here._door.wait(b"letters another partner's certificate") == 0


def test_a10_calls_that_prove_nothing_are_not_read_without_end(
    left: Node, right: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "MISTAKES", 3.0)
    monkeypatch.setattr(turns, "MISTAKES_EACH_SECOND", 0.0)
    monkeypatch.setattr(listener, "HELD", 30.0)
    body = canonical.encode(Batch(letters=("a.b.c",)))
    again = signed(left, right, body)
    assert [status_of(raw(left, right, again)) for _ in range(5)] == [200, 403, 403, 403, 403]
    here = right.correspondence.listener
    assert here is not None
    assert here._door.wait(b"letters " + left.own.certificate)


def test_a10_one_partner_has_so_many_connections_and_no_more(
    left: Node, right: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "CONNECTIONS_EACH", 3)
    monkeypatch.setattr(listener, "HELD", 0.01)
    request = f"GET {CARD} HTTP/1.1\r\nhost: x\r\n\r\n".encode()
    with ExitStack() as held:
        lines = [held.enter_context(spoken(left, right)) for _ in range(4)]
        found = []
        for line in lines:
            with suppress(OSError):
                line.sendall(request)
            try:
                found.append(status_of(line.recv(1000)))
            except (OSError, IndexError):
                found.append(0)
    assert found[:3] == [403] * 3
    assert found[3] in (0, 503)
    here = right.correspondence.listener
    assert here is not None
    until(lambda: not here._connected)


class _Lines:
    """What is logged, as it would be written."""

    def __init__(self) -> None:
        self.found: list[dict[str, object]] = []

    def warning(self, event: str, **fields: object) -> None:
        self.found.append(dict(keep_allowed(None, "", {"event": event, **fields})))


def test_letters_that_count_for_nothing_are_measured_and_logged_without_a_word_of_theirs(
    left: Node, right: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = _Lines()
    monkeypatch.setattr(wiring, "log", lambda: lines)
    call(left, right, canonical.encode(Batch(letters=("Agim.Hoxha.b", "a.b.c"))))
    assert lines.found == [
        {"event": "letters-not-counted", "partner": "left.example", "code": "form", "count": 2}
    ]
    measured = right.metrics.text().decode()
    assert 'liaison_letters_refused_total{code="form",partner="left.example"} 2.0' in measured


def test_a10_calls_without_letters_have_an_allowance_of_their_own(
    left: Node, right: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "HELD", 0.01)
    monkeypatch.setattr(calls, "CALLS_AT_ONCE", 3.0)
    monkeypatch.setattr(calls, "CALLS_EACH_SECOND", 0.01)
    with channel(left, right) as to:
        for path in (CARD, "/liaison/v1/elsewhere", CARD):
            assert to.call("GET", path)[0] in (200, 404)
        with pytest.raises(Unreachable) as refused:
            to.call("GET", "/liaison/v1/ledger/checkpoint")
        assert 10 <= refused.value.wait <= 101
        for method, path in (("GET", CARD), ("POST", PAIRING)):
            with pytest.raises(Unreachable, match="429"):
                to.call(method, path)
        assert to.call("POST", LETTERS, canonical.encode(Batch(letters=("a.b.c",))))[0] == 200


def test_an_allowance_fills_up_with_time_and_is_each_partners_own() -> None:
    now = 0.0
    allowance = calls.Allowance(lambda: now)
    for _ in range(int(calls.CALLS_AT_ONCE)):
        allowance.ask("hostile")
    with pytest.raises(TooMany):
        allowance.ask("hostile")
    allowance.ask("honest")
    allowance.spend("hostile", 500)
    now += 1 / calls.CALLS_EACH_SECOND
    allowance.ask("hostile")
    with pytest.raises(TooMany):
        allowance.ask("hostile")


def test_a09_slow_callers_are_cut_off_while_letters_pass(folder: Path) -> None:
    over = {"header_seconds": "1", "body_seconds": "1", "connections_each": "200"}
    with (
        open_node(folder / "left") as left,
        open_node(folder / "right", over=over) as right,
    ):
        slow = [socket.create_connection(("127.0.0.1", right.settings.partner_port)) for _ in range(60)]
        writes(left, "right", *(f"word {number}" for number in range(50)))
        until(lambda: marks(right) == 50)
        until(lambda: all(_is_cut(each) for each in slow))
        for each in slow:
            each.close()


def _is_cut(line: socket.socket) -> bool:
    line.setblocking(False)
    try:
        return line.recv(1000) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_a28_no_redirect_is_followed_and_no_proxy_asked(
    left: Node, right: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    status, answer = call(left, right, canonical.encode(Batch(letters=("a.b.c",))))
    assert status == 200
    assert len(canonical.decode(answer, Receipts).receipts) == 1


class _Elsewhere(http.server.BaseHTTPRequestHandler):
    """Sends every caller to the metadata of a cloud."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(302)
        self.send_header("location", "https://169.254.169.254/latest/meta-data/")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a28_a_partner_that_redirects_is_unreachable(left: Node, folder: Path, tmp_path: Path) -> None:
    keys = own.load_keys(folder / "right" / "keys", 1)
    pem = tmp_path / "pem"
    pem.write_bytes(own.tls_pem(keys))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with http.server.HTTPServer(("127.0.0.1", left_port(left)), _Elsewhere) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        card = card_of(left, ORIGINS["right"])
        with (
            closing(Channel(left.own, (card,), left.office.now)) as to,
            pytest.raises(Unreachable, match="302"),
        ):
            to.call("POST", LETTERS, b"{}")
        server.shutdown()
        thread.join()


def left_port(left: Node) -> int:
    """Where the card of the other side says that it listens."""
    return int(card_of(left, ORIGINS["right"]).addresses[0].rpartition(":")[2])


def test_a_link_whose_gateway_has_ended_is_closed_and_what_waits_is_kept(
    left: Node, right: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    expires = left.office.now() + timedelta(days=1)
    agree_anew(left, right, Gateway(kind=GatewayKind.ADEQUACY, reference="Decision 1", expires=expires))
    writes(left, "right", "one")
    with a_courier(left) as courier:
        with monkeypatch.context() as patch:
            patch.setattr(type(left.office.clock), "now", lambda _: expires + timedelta(hours=1))
            assert call(left, right, canonical.encode(Batch(letters=("a.b.c",))))[0] == 409
            courier.run()
            assert (waiting(left), marks(right)) == (1, 0)
        courier.run()
        assert (waiting(left), marks(right)) == (0, 1)


def agree_anew(left: Node, right: Node, gateway: Gateway) -> None:
    """Another agreement, on this gateway."""
    proposed = service.propose(
        left.office, SUPERVISOR, left.signers[0], ORIGINS["right"], replace(TERMS, gateway=gateway), "DPIA-2"
    )
    vkeys = {node.name: node.signers[0].verifier.vkey for node in (left, right)}
    service.receive(right.office, SUPERVISOR, vkeys["right"], ORIGINS["left"], proposed.text)
    digest = proposed.agreement.digest
    signed_by_both = service.sign(
        right.office, SUPERVISOR, right.signers[0], ORIGINS["left"], digest, "DPIA-2"
    )
    service.receive(left.office, SUPERVISOR, vkeys["left"], ORIGINS["right"], signed_by_both.text)


def test_a_number_alone_does_not_stop_a_ledger(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_node(folder / "left", work=False) as left, open_node(folder / "right"):
        head = left.publish_now()
        assert head is not None
        monkeypatch.setattr(couriers, "read_answer", lambda *_: Behind(10**9))
        with carrying(left) as all_of_them:
            all_of_them.cosign()
        writes(left, "right", "one")
        following = left.publish_now()
        assert following is not None
        assert following.checkpoint.size > head.checkpoint.size


def test_a_longer_ledger_that_our_own_key_signed_stops_it(folder: Path) -> None:
    with open_node(folder / "left", work=False) as left, open_node(folder / "right"):
        head = left.publish_now()
        assert head is not None
        shutil.copytree(folder / "left", folder / "older", ignore=shutil.ignore_patterns("node.lock"))
        writes(left, "right", "one")
        left.publish_now()
        with carrying(left) as all_of_them:
            all_of_them.cosign()
        assert left.correspondence.cosigned(head.checkpoint.size + 1) == [ORIGINS["right"]]
    with open_node(folder / "older", work=False) as older, open_node(folder / "right"):
        with carrying(older) as all_of_them, pytest.raises(LedgerDamaged):
            all_of_them.cosign()
        with pytest.raises(LedgerDamaged):
            older.publish_now()


def test_a_partner_reads_the_ledger_that_was_signed(left: Node, right: Node) -> None:
    head = right.publish_now()
    assert head is not None
    with channel(left, right) as to:
        status, note, _ = to.call("GET", "/liaison/v1/ledger/checkpoint")
        assert (status, note) == (200, head.note)
        for path in ("keys/node.seed", "..%2f..%2fkeys%2fnode.seed", "tile/0/999", ""):
            assert to.call("GET", f"/liaison/v1/ledger/{path}")[0] == 404
        assert to.call("GET", "/liaison/v1/elsewhere")[0] == 404
        assert b"liaison card v1" in to.call("GET", "/liaison/v1/card")[1]
