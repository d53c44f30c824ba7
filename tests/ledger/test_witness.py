"""The witness protocol: litewitness's own scripts, the specification's rules, and both sides against each other."""

import base64
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from liaison.ledger import keys, witness
from liaison.ledger.checkpoints import Checkpoint
from liaison.ledger.keys import Kind, Signer, Verifier, parse_vkey
from liaison.ledger.notes import open_checkpoint, sign_checkpoint
from liaison.ledger.published import Published, verify_proof
from liaison.ledger.sources import Folder
from liaison.ledger.tree import EMPTY_ROOT, leaf_hash, root_of
from liaison.ledger.witness import Answer, Request, Seen, parse_request, write_request
from liaison.ledger.witnesses import Behind, Cosigned, Witness, ask, read_answer, remember, show
from liaison.model.errors import BadNote, BadProof, LedgerDamaged, MalformedNote, NotFound
from liaison.storage.tables.ledger import ALARMS, WITNESSED
from tests.ledger.node import KEYS, NOW, ORIGIN, SIGNER, VECTORS, WITNESS, Node, a_node, write_log
from tests.node_fixtures import both_databases

LOGS = {ORIGIN: KEYS}
SECONDS = int(NOW.timestamp())
QUANTUM_SAFE = Signer(WITNESS.name, Kind.MLDSA, bytes(range(3, 35)))
ENTRIES = [b"%d" % number for number in range(20)]


@dataclass
class Step:
    """One request of a script, with the answer that litewitness gives."""

    body: bytes
    status: int
    contains: str
    equals: str


def script(name: str) -> tuple[list[Step], list[str]]:
    """The requests of a testscript's embedded hurl file, and the script's own lines."""
    text = (VECTORS / "litewitness" / f"{name}.txt").read_text("utf-8")
    commands, hurl = text.split("-- add-checkpoint.hurl --\n")
    form = (
        r"POST \S+/add-checkpoint\n```\n(.*?)```\nHTTP (\d+)\n\[Asserts\]\n"
        r'body (?:contains "([^"]*)"|== "([^"]*)")\n?'
    )
    steps = [
        Step(body.encode(), int(status), contains, equals.replace("\\n", "\n"))
        for body, status, contains, equals in re.findall(form, hurl, re.DOTALL)
    ]
    assert len(steps) == hurl.count("POST ")
    return steps, commands.splitlines()


def run(steps: list[Step], logs: witness.Logs) -> Seen | None:
    named = Signer("example.com/witness", Kind.COSIGNATURE, bytes(32))
    seen: Seen | None = None
    for step in steps:
        found = witness.answer(parse_request(step.body), seen, logs, [named], SECONDS)
        if step.contains == "unknown log":
            # litewitness answered 403 when this script was written; tlog-witness v1.0.0 says 404
            assert (step.status, found.status) == (403, 404)
        else:
            assert found.status == step.status, found.body
        assert step.contains in found.body
        assert step.equals in ("", found.body)
        assert found.kind == (witness.SIZE if found.status == 409 else witness.PLAIN)
        assert (found.seen is not None) == (found.status == 200)
        seen = found.seen or seen
    return seen


def test_the_litewitness_script() -> None:
    steps, commands = script("litewitness")
    assert [step.status for step in steps] == [200, 403, 403, 422, 422, 200, 409, 200, 409]
    key = next(line.partition("-key=")[2] for line in commands if "add-sigsum-log" in line)
    origin = next(line.partition(" ")[2] for line in commands if line.startswith("stdout sigsum.org"))
    seen = run(steps, {origin: [Verifier(origin, Kind.ED25519, bytes.fromhex(key))]})
    assert seen is not None
    assert f'stdout "size":{seen.size}' in commands


def test_the_sumdb_script() -> None:
    steps, commands = script("sumdb")
    origin = "go.sum database tree"
    key = next(line.rpartition("-key ")[2] for line in commands if line.startswith("exec witnessctl add-key"))
    seen = run(steps, {origin: [parse_vkey(key)]})
    assert seen is not None
    assert f'stdout "size":{seen.size}' in commands


def head(size: int, origin: str = ORIGIN, signer: Signer = SIGNER) -> bytes:
    root = root_of([leaf_hash(each) for each in ENTRIES[:size]])
    return sign_checkpoint(Checkpoint(origin, size, root), [signer], 1)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Published:
    folder = tmp_path_factory.mktemp("log")
    write_log(folder, ENTRIES)
    return Published.open(Folder(folder), KEYS)


def seen(size: int) -> Seen:
    return Seen(size, root_of([leaf_hash(each) for each in ENTRIES[:size]]), b"")


def answer(body: bytes, before: Seen | None = None, logs: witness.Logs = LOGS) -> Answer:
    return witness.answer(parse_request(body), before, logs, [WITNESS, QUANTUM_SAFE], SECONDS)


def test_a_head_is_signed_with_every_key_and_remembered() -> None:
    found = answer(write_request(0, [], head(20)))
    assert (found.status, found.kind) == (200, "text/plain; charset=utf-8")
    assert found.body.count("\n") == 2
    assert found.seen is not None
    assert (found.seen.size, found.seen.root) == (20, seen(20).root)
    shown = open_checkpoint(found.seen.note, ORIGIN, KEYS, [WITNESS.verifier, QUANTUM_SAFE.verifier])
    assert [each.seconds for each in shown.signed] == [0, SECONDS, SECONDS]


def test_signatures_of_strangers_are_not_shown() -> None:
    stranger = Signer("stranger", Kind.ED25519, bytes(32))
    note = head(20) + stranger.line(head(20).decode().partition("\n\n")[0] + "\n", 1).encode()
    found = answer(write_request(0, [], note))
    assert found.seen is not None
    assert b"stranger" not in found.seen.note


@pytest.mark.parametrize("old", [1, 7, 8, 16, 19, 20])
def test_every_continuation_is_signed(log: Published, old: int) -> None:
    found = answer(write_request(old, log.consistency(old), head(20)), seen(old))
    assert found.status == 200, found.body


def test_the_same_head_is_signed_again_at_a_new_time() -> None:
    found = answer(write_request(20, [], head(20)), seen(20))
    assert found.status == 200
    other = Seen(20, bytes(32), b"")
    assert answer(write_request(20, [], head(20)), other).status == 422


def test_an_empty_log_is_signed_with_its_root_alone() -> None:
    empty = sign_checkpoint(Checkpoint(ORIGIN, 0, EMPTY_ROOT), [SIGNER], 1)
    assert answer(write_request(0, [], empty)).status == 200
    assert answer(write_request(0, [], empty), Seen(0, EMPTY_ROOT, b"")).status == 200
    other = sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), [SIGNER], 1)
    found = answer(write_request(0, [], other))
    assert (found.status, found.body) == (422, "an empty log has another root\n")
    assert answer(write_request(0, [], head(20)), Seen(0, EMPTY_ROOT, b"")).status == 200


def test_a_proof_from_nothing_is_empty(log: Published) -> None:
    for before in (None, Seen(0, EMPTY_ROOT, b"")):
        found = answer(write_request(0, log.consistency(7), head(20)), before)
        assert (found.status, found.body) == (422, "the consistency proof from nothing is not empty\n")


def test_another_history_is_not_signed(log: Published) -> None:
    forked = Seen(7, bytes(32), b"")
    found = answer(write_request(7, log.consistency(7), head(20)), forked)
    assert found.status == 422
    assert found.body.startswith("invalid consistency proof: ")
    assert found.seen is None
    assert answer(write_request(7, log.consistency(7)[:-1], head(20)), seen(7)).status == 422


def test_the_size_that_was_seen_is_told(log: Published) -> None:
    for old, before, told in (
        (0, seen(7), "7\n"),
        (7, None, "0\n"),
        (7, seen(8), "8\n"),
        (8, seen(20), "20\n"),
    ):
        found = answer(write_request(old, [], head(20)), before)
        assert (found.status, found.body, found.kind) == (409, told, "text/x.tlog.size")


def test_an_old_size_over_the_new_one_is_bad() -> None:
    found = answer(write_request(21, [], head(20)), seen(21))
    assert (found.status, found.body) == (400, "the old size is over the new one\n")


def test_unknown_logs_and_unsigned_heads_are_refused() -> None:
    other = Signer("another", Kind.ED25519, bytes(32))
    assert answer(write_request(0, [], head(20, "another", other))).status == 404
    assert answer(write_request(0, [], head(20)), logs={ORIGIN: []}).status == 404
    found = answer(write_request(0, [], head(20, ORIGIN, other)))
    assert (found.status, found.seen) == (403, None)
    wrong = Signer(ORIGIN, Kind.ED25519, bytes(32))
    line = wrong.line(head(20).decode().partition("\n\n")[0] + "\n", 1)
    assert answer(write_request(0, [], head(20, ORIGIN, wrong))).status == 403
    forged = head(19).decode().partition("\n\n")[2]
    note = head(20).decode() + forged + line
    assert answer(write_request(0, [], note.encode())).status == 403


@pytest.mark.parametrize(
    "body",
    [
        b"", b"old 0\n", b"old 0\n\n", b"old 00\n\n%s", b"old  0\n\n%s", b"old\n\n%s", b"new 0\n\n%s", b"old -1\n\n%s",
        b"old 0\nAAAA\n\n%s", b"old 0\n\xff\n\n%s", b"old 0\n%s", b"\n\n%s",
        b"old 0\n\ntext\n\n" + "— a AAAAAAA=\n".encode(),
        b"old 1\n" + (b"A" * 43 + b"=\n") * 64 + b"\n%s", b"old 0 \n\n%s", b"old 0\r\n\n%s",
    ],
)  # fmt: skip
def test_requests_out_of_form_are_refused(node: Node, body: bytes) -> None:
    whole = body.replace(b"%s", head(20))
    with pytest.raises(MalformedNote):
        parse_request(whole)
    assert Witness(node.store, LOGS, [WITNESS]).add_checkpoint(whole, NOW).status == 400


def test_requests_are_bounded() -> None:
    with pytest.raises(MalformedNote, match=f"at most {witness.MOST}"):
        parse_request(b"old 0\n\n" + head(20) + b"x" * witness.MOST)
    longest = parse_request(b"old 1\n" + (b"A" * 43 + b"=\n") * 63 + b"\n" + head(20))
    assert (len(longest.proof), longest.old, longest.head.size) == (63, 1, 20)


def test_a_request_is_read_as_it_is_written() -> None:
    found = parse_request(write_request(7, [bytes(32), b"x" * 32], head(20)))
    assert found == Request(7, (bytes(32), b"x" * 32), head(20), Checkpoint(ORIGIN, 20, seen(20).root))
    assert write_request(0, [], b"note") == b"old 0\n\nnote"


def test_a_witness_signs_with_a_time(node: Node) -> None:
    for signers in ([], [SIGNER], [WITNESS, SIGNER]):
        with pytest.raises(ValueError, match="timestamped"):
            Witness(node.store, LOGS, signers)


@both_databases
def test_a_witness_remembers(tmp_path: Path, kind: str, log: Published) -> None:
    with a_node(tmp_path, kind) as node:
        here = Witness(node.store, LOGS, [WITNESS])
        origin = witness.origin_hash(ORIGIN)
        assert origin == sha256(ORIGIN.encode()).hexdigest()
        with pytest.raises(NotFound):
            here.checkpoint(origin)
        assert here.add_checkpoint(write_request(0, [], head(7)), NOW).status == 200
        assert open_checkpoint(here.checkpoint(origin), ORIGIN, KEYS).checkpoint.size == 7
        again = Witness(node.store, LOGS, [WITNESS])
        assert again.add_checkpoint(write_request(0, [], head(20)), NOW).body == "7\n"
        assert again.add_checkpoint(write_request(7, log.consistency(7), head(20)), NOW).status == 200
        assert (
            open_checkpoint(again.checkpoint(origin), ORIGIN, KEYS, [WITNESS.verifier]).checkpoint.size == 20
        )
        with pytest.raises(NotFound):
            here.checkpoint(witness.origin_hash("another"))


def test_what_proves_another_history_is_kept_as_evidence(node: Node, log: Published) -> None:
    here = Witness(node.store, LOGS, [WITNESS])
    fork = sign_checkpoint(Checkpoint(ORIGIN, 7, bytes(32)), [SIGNER], 1)
    assert here.add_checkpoint(write_request(0, [], fork), NOW).status == 200
    body = write_request(7, log.consistency(7), head(20))
    for _ in range(2):
        assert here.add_checkpoint(body, NOW).status == 422
    assert here.add_checkpoint(write_request(0, [], head(20)), NOW).status == 409
    (kept,) = node.store.read(lambda c: c.execute(select(ALARMS)).all())
    assert (kept.origin, bytes(kept.request), kept.at) == (ORIGIN, body, NOW)


@both_databases
def test_requests_that_cross_are_signed_in_one_history(tmp_path: Path, kind: str, log: Published) -> None:
    with a_node(tmp_path, kind) as node:
        here = Witness(node.store, LOGS, [WITNESS])
        assert here.add_checkpoint(write_request(0, [], head(7)), NOW).status == 200
        found: list[int] = []
        asked = [write_request(7, log.consistency(7), head(20)), write_request(7, [], head(7))] * 4
        workers = [
            threading.Thread(target=lambda b=body: found.append(here.add_checkpoint(b, NOW).status))
            for body in asked
        ]
        for each in workers:
            each.start()
        for each in workers:
            each.join()
        assert found.count(200) >= 1
        assert set(found) <= {200, 409}
        last = here.add_checkpoint(write_request(0, [], head(20)), NOW)
        assert last.body == "20\n", "what was signed over 20 is never rolled back to 7"


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Node, Witness, Node]]:
    (tmp_path / "ours").mkdir()
    (tmp_path / "theirs").mkdir()
    with a_node(tmp_path / "ours") as ours, a_node(tmp_path / "theirs") as theirs:
        yield ours, Witness(theirs.store, LOGS, [WITNESS, QUANTUM_SAFE]), theirs


WITNESSES = [WITNESS.verifier, QUANTUM_SAFE.verifier]


def ask_until_signed(node: Node, other: Witness, old: int) -> Cosigned:
    """What a log does with a witness: ask, and ask again from where the witness is."""
    log = Published.open(Folder(node.folder), KEYS)
    for _ in range(2):
        told = other.add_checkpoint(ask(log, old), NOW)
        found = read_answer(told.status, told.kind, told.body.encode(), log.head, WITNESSES)
        remember(node.store, WITNESS.name, log.head, found, NOW)
        if isinstance(found, Cosigned):
            return found
        old = found.size
    raise AssertionError("not signed")


def test_a_log_and_a_witness_agree(two: tuple[Node, Witness, Node]) -> None:
    ours, other, _ = two
    for count in (5, 300, 7):
        ours.append(count)
        ours.publish()
        cosigned = ask_until_signed(ours, other, 0)
        assert [each.verifier for each in cosigned.signed] == WITNESSES
        shown = show(ours.store, ours.folder, KEYS, cosigned.signed)
        assert [each.verifier for each in shown.signed] == [*KEYS, *WITNESSES]
        assert (ours.folder / "checkpoint").read_bytes() == shown.note
    row = ours.store.read(lambda c: c.execute(select(WITNESSED)).one())
    assert (row.witness, row.size, row.at) == (WITNESS.name, 312, NOW)
    assert row.line.decode() == "".join(each.line for each in cosigned.signed)
    leaf = ours.store.read(lambda c: ours.log.open(c, 311))
    proof = Published.open(Folder(ours.folder), KEYS).proof(311)
    assert leaf.index == 311
    entry = Published.open(Folder(ours.folder), KEYS).entry(311)
    assert verify_proof(proof, entry, ORIGIN, KEYS, WITNESSES, 1).size == 312
    assert ours.publish().checkpoint.size == 312
    assert (ours.folder / "checkpoint").read_bytes() == shown.note, "cosignatures stay under the head"


def test_signatures_for_an_older_head_are_left_out(two: tuple[Node, Witness, Node]) -> None:
    ours, other, _ = two
    ours.append(5)
    ours.publish()
    cosigned = ask_until_signed(ours, other, 0)
    ours.append(1)
    newer = ours.publish()
    assert show(ours.store, ours.folder, KEYS, cosigned.signed).note == newer.note
    twice = show(ours.store, ours.folder, KEYS, [*ask_until_signed(ours, other, 5).signed] * 2)
    assert twice.note.count(b"witness.example") == 2


def test_a_log_without_a_head_has_none_to_show(node: Node) -> None:
    with pytest.raises(NotFound):
        show(node.store, node.folder, KEYS, [])


def test_a_restored_older_node_is_stopped_by_its_witness(two: tuple[Node, Witness, Node]) -> None:
    ours, other, _ = two
    ours.append(5)
    ours.publish()
    log = Published.open(Folder(ours.folder), KEYS)
    assert other.add_checkpoint(write_request(0, [], head(20)), NOW).status == 200, "what we signed before"
    told = other.add_checkpoint(ask(log, 0), NOW)
    found = read_answer(told.status, told.kind, told.body.encode(), log.head, WITNESSES)
    assert found == Behind(20)
    remember(ours.store, WITNESS.name, log.head, found, NOW)
    with pytest.raises(LedgerDamaged, match="has seen 20"):
        ours.publish()
    with pytest.raises(BadProof):
        ask(log, 20)


def test_a_log_reads_only_what_its_witness_signed(log: Published) -> None:
    good = witness.answer(parse_request(ask(log, 0)), None, LOGS, [WITNESS], SECONDS).body.encode()

    def read(status: int, body: bytes, kind: str = "text/plain") -> object:
        return read_answer(status, kind, body, log.head, WITNESSES)

    assert isinstance(read(200, good), Cosigned)
    with pytest.raises(MalformedNote, match="signature line reads"):
        read(200, b"x" * 65_535 + b"\n")
    assert read(409, b"12\n", "text/x.tlog.size") == Behind(12)
    assert read(409, b"12\n", "text/x.tlog.size; charset=utf-8") == Behind(12)
    with pytest.raises(LedgerDamaged, match="another history of") as caught:
        read(422, b"")
    assert caught.value.place == "checkpoint"
    assert "two nodes" in caught.value.hint
    for status, body, kind, said in (
        (409, b"12\n", "text/plain", "refused with 409"), (403, b"", "", "refused with 403"),
        (500, b"", "", "refused with 500"), (200, b"\xff", "", "UTF-8"), (200, b"", "", "end with a newline"),
        (409, b"x\n", "text/x.tlog.size", "size or index"), (200, b"x" * 65_537, "", "at most 65536"),
        (200, SIGNER.line(log.head.checkpoint.text(), 1).encode(), "", "none of its known keys"),
        (200, WITNESS.line("a\n1\n" + "A" * 43 + "=\n", 1).encode(), "", "invalid signature"),
    ):  # fmt: skip
        with pytest.raises(BadNote, match=said):
            read(status, body, kind)


def test_a_cosignature_at_no_time_is_none(log: Published) -> None:
    message = keys.message(Kind.COSIGNATURE, WITNESS.name, log.head.checkpoint.text(), 0)
    blob = WITNESS.verifier.key_id + bytes(8) + WITNESS._private.sign(message)
    line = f"— {WITNESS.name} {base64.b64encode(blob).decode()}\n".encode()
    assert WITNESS.verifier.verify(log.head.checkpoint.text(), blob[4:]) == 0
    with pytest.raises(BadNote, match=r"^the witness signed with none of its known keys$"):
        read_answer(200, "", line, log.head, WITNESSES)


def test_a_signature_without_a_time_is_no_cosignature(log: Published) -> None:
    line = SIGNER.line(log.head.checkpoint.text(), 1).encode()
    with pytest.raises(BadNote, match="none of its known keys"):
        read_answer(200, "", line, log.head, [SIGNER.verifier])
