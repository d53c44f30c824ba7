"""Notes, checkpoints, verifier keys and signatures: the examples of the specifications, and what is refused."""

import base64
import struct
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from liaison.ledger import keys
from liaison.ledger.checkpoints import Checkpoint, from_base64, hash_lines, hash_of, number, parse_checkpoint
from liaison.ledger.keys import Kind, Signer, Verifier, key_id, parse_vkey
from liaison.ledger.notes import (
    LONGEST,
    MOST_SIGNATURES,
    open_checkpoint,
    open_note,
    parse_lines,
    parse_note,
    sign_checkpoint,
    verify_lines,
)
from liaison.model.errors import BadNote, MalformedNote
from tests.ledger.node import KEYS, ORIGIN, POST_QUANTUM, SIGNER, WITNESS, vectors

ROOT = sha256(b"root").digest()
HEAD = Checkpoint(ORIGIN, 7, ROOT)
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
SECONDS = 1_700_000_000


def note(*signers: Signer, head: Checkpoint = HEAD) -> bytes:
    return sign_checkpoint(head, signers or [SIGNER], SECONDS)


def test_the_example_of_the_specification() -> None:
    text, signed = open_note(EXAMPLE.encode(), [parse_vkey(EXAMPLE_KEY)])
    assert text == "This is an example message.\n"
    assert [(each.verifier.vkey, each.seconds) for each in signed] == [(EXAMPLE_KEY, 0)]


def test_the_example_of_the_go_library() -> None:
    go = vectors("notes")["go_sumdb_note"]
    whole = f"{go['text']}\n{go['signature_line']}\n".encode()
    text, signed = open_note(whole, [parse_vkey(go["vkey"])])
    assert text == go["text"]
    assert signed[0].verifier.name == "PeterNeumann"
    assert signed[0].line == go["signature_line"] + "\n"


def test_heads_that_tessera_signed() -> None:
    tessera = vectors("tessera")
    key = parse_vkey(tessera["vkey"])
    for size, written in tessera["checkpoints"].items():
        assert open_checkpoint(written.encode(), key.name, [key]).checkpoint.size == int(size)


def test_a_changed_text_is_refused() -> None:
    with pytest.raises(BadNote, match=r"invalid signature of example\.com/foo"):
        open_note(EXAMPLE.replace("message", "massage").encode(), [parse_vkey(EXAMPLE_KEY)])


def test_a_signed_checkpoint_is_read_back() -> None:
    head = open_checkpoint(note(), ORIGIN, KEYS)
    assert head.checkpoint == HEAD
    assert head.note == note()
    assert [each.verifier for each in head.signed] == [SIGNER.verifier]
    assert note().decode().startswith(f"{ORIGIN}\n7\n{base64.b64encode(ROOT).decode()}\n\n— {ORIGIN} ")


def test_the_log_may_sign_with_two_keys_and_witnesses_beneath() -> None:
    whole = note(SIGNER, POST_QUANTUM, WITNESS)
    head = open_checkpoint(whole, ORIGIN, [SIGNER.verifier, POST_QUANTUM.verifier], [WITNESS.verifier])
    assert [(each.verifier.kind, each.seconds) for each in head.signed] == [
        (Kind.ED25519, 0), (Kind.MLDSA, SECONDS), (Kind.COSIGNATURE, SECONDS),
    ]  # fmt: skip
    assert "".join(each.line for each in head.signed).encode() == whole.partition(b"\n\n")[2]
    only_quantum_safe = open_checkpoint(whole, ORIGIN, [POST_QUANTUM.verifier])
    assert len(only_quantum_safe.signed) == 1


def test_another_logs_head_is_refused() -> None:
    with pytest.raises(BadNote, match="not of other"):
        open_checkpoint(note(), "other", KEYS)
    assert open_checkpoint(note(), None, KEYS).checkpoint.origin == ORIGIN


def test_a_head_that_only_a_witness_signed_is_refused() -> None:
    with pytest.raises(BadNote, match="did not sign"):
        open_checkpoint(note(WITNESS), ORIGIN, KEYS, [WITNESS.verifier])


def test_a_note_that_nobody_known_signed_is_refused() -> None:
    with pytest.raises(BadNote, match=r"^no trusted key signed this note$"):
        open_note(note(WITNESS), KEYS)
    with pytest.raises(BadNote, match="no trusted key"):
        open_note(note(), [])


def test_one_bad_signature_of_a_known_key_refuses_the_note() -> None:
    good, other = note(), note(WITNESS, head=Checkpoint(ORIGIN, 8, ROOT))
    mixed = good + other.partition(b"\n\n")[2]
    assert open_checkpoint(mixed, ORIGIN, KEYS).checkpoint == HEAD, "who is not known is not looked at"
    with pytest.raises(BadNote, match=r"invalid signature of witness\.example/w1"):
        open_checkpoint(mixed, ORIGIN, KEYS, [WITNESS.verifier])


def test_a_repeated_signature_counts_once_and_is_checked_each_time() -> None:
    line = note().decode().partition("\n\n")[2]
    twice = parse_lines(line * 2)
    assert len(verify_lines(HEAD.text(), twice, KEYS)) == 1
    bad = note(head=Checkpoint(ORIGIN, 8, ROOT)).decode().partition("\n\n")[2]
    with pytest.raises(BadNote, match="invalid signature"):
        verify_lines(HEAD.text(), parse_lines(line + bad), KEYS)


def test_a_key_of_the_same_name_is_another_key() -> None:
    other = Signer(ORIGIN, Kind.ED25519, bytes(32))
    assert other.verifier.key_id != SIGNER.verifier.key_id
    head = open_checkpoint(note(other, SIGNER), ORIGIN, KEYS)
    assert [each.verifier for each in head.signed] == [SIGNER.verifier]


def test_sixteen_signatures_of_the_largest_kind_are_accepted() -> None:
    others = [Signer(f"w{number}", Kind.MLDSA, bytes([number] * 32)) for number in range(15)]
    head = open_checkpoint(note(SIGNER, *others), ORIGIN, KEYS, [each.verifier for each in others])
    assert len(head.signed) == 16


def test_the_time_of_a_cosignature_is_signed() -> None:
    line = WITNESS.line(HEAD.text(), SECONDS)
    blob = base64.b64decode(line.split(" ")[2])
    assert (blob[:4], int.from_bytes(blob[4:12], "big")) == (WITNESS.verifier.key_id, SECONDS)
    message = f"cosignature/v1\ntime {SECONDS}\n{HEAD.text()}".encode()
    Ed25519PublicKey.from_public_bytes(WITNESS.verifier.public).verify(blob[12:], message)
    later = blob[:4] + (SECONDS + 1).to_bytes(8, "big") + blob[12:]
    with pytest.raises(BadNote):
        WITNESS.verifier.verify(HEAD.text(), later[4:])
    assert WITNESS.verifier.verify(HEAD.text(), blob[4:]) == SECONDS


def test_the_message_that_ml_dsa_signs() -> None:
    expected = (
        b"subtree/v1\n\0" + bytes([len(ORIGIN)]) + ORIGIN.encode() + struct.pack(">Q", SECONDS)
        + bytes([len(ORIGIN)]) + ORIGIN.encode() + struct.pack(">QQ", 0, 7) + ROOT
    )  # fmt: skip
    assert keys.message(Kind.MLDSA, ORIGIN, HEAD.text(), SECONDS) == expected
    extended = Checkpoint(ORIGIN, 7, ROOT, ("a line",)).text()
    assert keys.message(Kind.MLDSA, ORIGIN, extended, SECONDS) == expected
    line = POST_QUANTUM.line(HEAD.text(), SECONDS)
    assert len(base64.b64decode(line.split(" ")[2])) == 4 + 8 + 2420
    renamed = Verifier("other", Kind.MLDSA, POST_QUANTUM.verifier.public)
    with pytest.raises(BadNote):
        renamed.verify(HEAD.text(), base64.b64decode(line.split(" ")[2])[4:])
    with pytest.raises(MalformedNote):
        POST_QUANTUM.line("no checkpoint\n", SECONDS)


@pytest.mark.parametrize("signer", [SIGNER, WITNESS, POST_QUANTUM], ids=["ed25519", "cosignature", "ml-dsa"])
def test_a_key_is_exchanged_as_text(signer: Signer) -> None:
    again = parse_vkey(signer.verifier.vkey)
    assert again == signer.verifier
    assert (again.kind, again.name, again.public) == (signer.kind, signer.name, signer.verifier.public)
    content = bytes([signer.kind]) + again.public
    assert again.key_id == sha256(f"{signer.name}\n".encode() + content).digest()[:4]
    assert again.vkey == f"{signer.name}+{again.key_id.hex()}+{base64.b64encode(content).decode()}"
    assert key_id(signer.name, signer.kind, again.public) == again.key_id
    blob = base64.b64decode(signer.line(HEAD.text(), SECONDS).split(" ")[2])[4:]
    for changed in (blob[:-1], blob + b"\0", b"", blob[:-1] + bytes([blob[-1] ^ 1])):
        with pytest.raises(BadNote):
            again.verify(HEAD.text(), changed)


@pytest.mark.parametrize(
    ("vkey", "said"),
    [
        ("", "not a verifier key"),
        ("example.com/foo", "not a verifier key"),
        (EXAMPLE_KEY + "!", "not a verifier key"),
        (EXAMPLE_KEY.replace("530d903a", "530D903A"), "not a verifier key"),
        (EXAMPLE_KEY.replace("530d903a", "530d903b"), "id does not fit"),
        (EXAMPLE_KEY.replace("foo", "bar"), "id does not fit"),
        ("a+" + EXAMPLE_KEY, "not a verifier key"),
        ("a b+00000000+AQ==", "name of a key"),
        ("a+00000000+AQ==", "32 bytes"),
        ("a+00000000+Ag==", "type 2"),
        ("a+00000000+AQF=", "one form"),
        ("a+00000000+A", "not base64"),
        (f"{'x' * 256}+00000000+{base64.b64encode(bytes([1]) + bytes(range(32))).decode()}", "name of a key"),
        ("x" * 4097, "not a verifier key"),
    ],
)
def test_bad_verifier_keys_are_refused(vkey: str, said: str) -> None:
    with pytest.raises(BadNote, match=said):
        parse_vkey(vkey)


def test_the_longest_name_and_key_are_accepted() -> None:
    name = "x" * keys.LONGEST_NAME
    signer = Signer(name, Kind.MLDSA, bytes(32))
    assert parse_vkey(signer.verifier.vkey).name == name


def test_unsafe_keys_are_refused_as_verifier_keys() -> None:
    with pytest.raises(BadNote, match="unsafe"):
        Verifier("a", Kind.ED25519, bytes(32))
    with pytest.raises(BadNote, match="unsafe"):
        Verifier("a", Kind.COSIGNATURE, bytes(32))


def test_what_a_signer_needs() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Signer(ORIGIN, Kind.ED25519, bytes(31))
    assert [each.kind for each in (SIGNER, WITNESS, POST_QUANTUM)] == [*Kind]
    with pytest.raises(MalformedNote, match="name of a key"):
        Signer("a+b", Kind.ED25519, bytes(32))
    for seconds in (0, -1, 2**63):
        with pytest.raises(ValueError, match="after 1970"):
            SIGNER.line(HEAD.text(), seconds)
    assert WITNESS.line(HEAD.text(), 2**63 - 1)
    assert WITNESS.line(HEAD.text(), 1)


def test_a_time_beyond_the_bound_is_refused() -> None:
    seconds = 2**63
    message = keys.message(Kind.COSIGNATURE, WITNESS.name, HEAD.text(), seconds)
    blob = seconds.to_bytes(8, "big") + WITNESS._private.sign(message)
    with pytest.raises(BadNote, match="invalid signature"):
        WITNESS.verifier.verify(HEAD.text(), blob)


SIGNATURE = "— a AAAAAAA="


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "text, an empty line"),
        ("text\n", "text, an empty line"),
        (f"\n\n{SIGNATURE}\n", "text, an empty line"),
        ("text\n\n", "end with a newline"),
        (f"text\n\n{SIGNATURE}", "end with a newline"),
        ("text\n\n\n", "end with a newline"),
        (f"text\n\n-{SIGNATURE}\n", "signature line reads"),
        ("text\n\n— a\n", "signature line reads"),
        ("text\n\n—  AAAAAAA=\n", "name of a key"),
        ("text\n\n— a+b AAAAAAA=\n", "name of a key"),
        ("text\n\n— a\u2003b AAAAAAA=\n", "name of a key"),
        ("text\n\n— a AAAA AAA=\n", "not base64"),
        ("text\n\n— a AAAAAA==\n", "too short"),
        ("text\n\n— a AAAAAAB=\n", "one form"),
        ("text\n\n— a é\n", "not base64"),
        (f"te\txt\n\n{SIGNATURE}\n", "control"),
        (f"te\rxt\n\n{SIGNATURE}\n", "control"),
        (f"te\x00xt\n\n{SIGNATURE}\n", "control"),
        (f"te\x1fxt\n\n{SIGNATURE}\n", "control"),
        (f"text\n\n{SIGNATURE}\n" + f"{SIGNATURE}\n" * MOST_SIGNATURES, "at most 32 signatures"),
    ],
)
def test_notes_out_of_form_are_refused(written: str, said: str) -> None:
    with pytest.raises(MalformedNote, match=said):
        parse_note(written.encode())


def test_notes_are_bounded_and_utf_8() -> None:
    with pytest.raises(MalformedNote, match=f"at most {LONGEST} bytes"):
        parse_note(b"x" * (LONGEST + 1))
    rest = f"\n\n{SIGNATURE}\n".encode()
    assert parse_note(b"x" * (LONGEST - len(rest)) + rest)
    with pytest.raises(MalformedNote, match="UTF-8"):
        parse_note(b"\xff\n\n" + rest)
    assert (
        len(parse_note(f"text\n\n{SIGNATURE}\n".encode() + f"{SIGNATURE}\n".encode() * 31).signatures) == 32
    )


def test_the_last_empty_line_parts_text_and_signatures() -> None:
    parsed = parse_note(f"a\n\nb\n\n{SIGNATURE}\n".encode())
    assert parsed.text == "a\n\nb\n"
    (one,) = parsed.signatures
    assert (one.name, one.key_id, one.signature, one.line) == ("a", bytes(4), bytes(1), SIGNATURE + "\n")
    assert parse_note(f"te\u00e9 \x20xt\n\n{SIGNATURE}\n".encode()).text == "te\u00e9  xt\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "three lines"),
        ("a\n1\n", "three lines"),
        (f"a\n1\n{base64.b64encode(ROOT).decode()}", "three lines"),
        (f"\n1\n{base64.b64encode(ROOT).decode()}\n", "1 to 255"),
        (f"{'a' * 256}\n1\n{base64.b64encode(ROOT).decode()}\n", "1 to 255"),
        (f"a\n01\n{base64.b64encode(ROOT).decode()}\n", "not a size"),
        (f"a\n-1\n{base64.b64encode(ROOT).decode()}\n", "not a size"),
        (f"a\n+1\n{base64.b64encode(ROOT).decode()}\n", "not a size"),
        (f"a\n\n{base64.b64encode(ROOT).decode()}\n", "not a size"),
        (f"a\n1\n{base64.b64encode(ROOT[:31]).decode()}\n", "32 bytes, not 31"),
        (f"a\n1\n{base64.b64encode(ROOT).decode()}\n\n", "is empty"),
        (f"a\n1\n{base64.b64encode(ROOT).decode()}\nx\n\n", "is empty"),
    ],
)
def test_checkpoints_out_of_form_are_refused(text: str, said: str) -> None:
    with pytest.raises(MalformedNote, match=said):
        parse_checkpoint(text)


def test_checkpoints_are_read_as_they_are_written() -> None:
    for head in (
        HEAD, Checkpoint("a", 0, ROOT), Checkpoint("é b", 2**63 - 1, ROOT, ("one", "two")),
        Checkpoint("a" * 255, 1, ROOT),
    ):  # fmt: skip
        assert parse_checkpoint(head.text()) == head


@pytest.mark.parametrize(
    "head",
    [Checkpoint("a\nb", 1, ROOT), Checkpoint("a", 1, ROOT, ("",)), Checkpoint("a\tb", 1, ROOT)],
)
def test_a_head_that_could_not_be_read_back_is_not_signed(head: Checkpoint) -> None:
    with pytest.raises(MalformedNote):
        sign_checkpoint(head, [SIGNER], SECONDS)


def test_numbers_have_one_form() -> None:
    assert [number(each) for each in ("0", "7", str(2**63 - 1))] == [0, 7, 2**63 - 1]
    for each in ("", "00", "07", " 7", "7 ", "٧", "1e3", str(2**63), "9" * 20, "-0"):
        with pytest.raises(MalformedNote, match="size or index"):
            number(each)


def test_hashes_have_one_form() -> None:
    written = hash_lines([ROOT, bytes(32)])
    assert [hash_of(line) for line in written.splitlines()] == [ROOT, bytes(32)]
    assert written.endswith("\n")
    for each in ("", "AAAA", written.splitlines()[0][:-1], written.splitlines()[0] + "=", " " + written[:44]):
        with pytest.raises(MalformedNote):
            hash_of(each)
    with pytest.raises(MalformedNote, match="not base64"):
        from_base64("AA-_")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for read in (parse_note, lambda c: parse_checkpoint(c.decode("utf-8", "replace"))):
        try:
            read(content)
        except MalformedNote:
            continue


@given(st.integers(0, len(note()) * 8 - 1))
def test_no_changed_bit_is_accepted(bit: int) -> None:
    changed = bytearray(note())
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadNote):
        open_checkpoint(bytes(changed), ORIGIN, KEYS)
