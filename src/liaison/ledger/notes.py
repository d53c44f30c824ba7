"""Signed notes (C2SP signed-note v1.0.0) and the checkpoints that stand in them: strict, and bounded in size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from liaison.ledger.checkpoints import Checkpoint, from_base64, parse_checkpoint
from liaison.ledger.keys import KEY_ID, Signer, Verifier, require_name
from liaison.model.errors import BadNote, MalformedNote

LONGEST = 256 * 1024  # bytes of a note: 32 signatures of 5 kB in base64 and more text than a checkpoint has
MOST_SIGNATURES = 32
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
DASH = "— "


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line: whose, the four bytes of the key's id, and the signature."""

    name: str
    key_id: bytes
    signature: bytes
    line: str


@dataclass(frozen=True, slots=True)
class Note:
    """A text with its signature lines; nothing about them is verified yet."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a note, of those we know: the key, when (seconds since 1970, 0 without a time), and the line."""

    verifier: Verifier
    seconds: int
    line: str


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint whose log's signature was verified, with the bytes it came in and who else signed."""

    checkpoint: Checkpoint
    note: bytes
    signed: tuple[Signed, ...]


def parse_note(note: bytes) -> Note:
    """The text and the signature lines. Raises MalformedNote."""
    text, lines = split_note(note)
    return Note(text, parse_lines(lines))


def split_note(note: bytes) -> tuple[str, str]:
    """The text of a note, and its signature lines as they stand. Raises MalformedNote."""
    if len(note) > LONGEST:
        raise MalformedNote(f"a note has at most {LONGEST} bytes")
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedNote("a note is written in UTF-8") from error
    if CONTROL.search(whole):
        raise MalformedNote("a note holds no control characters")
    body, found, lines = whole.rpartition("\n\n")
    if not found or not body:
        raise MalformedNote("a note has a text, an empty line, and signatures")
    return body + "\n", lines


def parse_lines(lines: str) -> tuple[Signature, ...]:
    """The signatures of one or more signature lines. Raises MalformedNote."""
    every = lines.split("\n")
    if every.pop() or not every:
        raise MalformedNote("signatures end with a newline")
    if len(every) > MOST_SIGNATURES:
        raise MalformedNote(f"a note has at most {MOST_SIGNATURES} signatures")
    return tuple(_signature(line) for line in every)


def _signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not space:
        raise MalformedNote("a signature line reads: dash, name, signature")
    require_name(name)
    found = from_base64(encoded)
    if len(found) <= KEY_ID:
        raise MalformedNote("a signature is too short")
    return Signature(name, found[:KEY_ID], found[KEY_ID:], line + "\n")


def verify_lines(
    text: str, signatures: Iterable[Signature], verifiers: Sequence[Verifier]
) -> tuple[Signed, ...]:
    """Who, of these keys, signed the text. Lines of other keys are ignored.

    Raises BadNote where a line of one of these keys does not verify: such a note is refused whole.
    """
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    found: dict[tuple[str, bytes], Signed] = {}
    for each in signatures:
        verifier = known.get((each.name, each.key_id))
        if verifier is not None:
            seconds = verifier.verify(text, each.signature)
            found.setdefault((each.name, each.key_id), Signed(verifier, seconds, each.line))
    return tuple(found.values())


def open_note(note: bytes, verifiers: Sequence[Verifier]) -> tuple[str, tuple[Signed, ...]]:
    """The text of a note and who signed it. Raises MalformedNote, and BadNote where none of these keys did."""
    parsed = parse_note(note)
    signed = verify_lines(parsed.text, parsed.signatures, verifiers)
    if not signed:
        raise BadNote("no trusted key signed this note")
    return parsed.text, signed


def open_checkpoint(
    note: bytes, origin: str | None, keys: Sequence[Verifier], witnesses: Sequence[Verifier] = ()
) -> Head:
    """The tree head that the log of `origin`, or of any, signed with one of its `keys`; `signed` has the witnesses too.

    Raises MalformedNote, and BadNote where it is another log's or none of the log's keys signed.
    """
    parsed = parse_note(note)
    head = parse_checkpoint(parsed.text)
    if origin is not None and head.origin != origin:
        raise BadNote(f"this is a head of {head.origin}, not of {origin}")
    signed = verify_lines(parsed.text, parsed.signatures, [*keys, *witnesses])
    if not any(each.verifier in keys for each in signed):
        raise BadNote("the log did not sign this note with a trusted key")
    return Head(head, note, signed)


def sign_checkpoint(head: Checkpoint, signers: Sequence[Signer], seconds: int) -> bytes:
    """The note of a tree head, signed by each of `signers` at `seconds` since 1970.

    Raises MalformedNote for a head that could not be read back.
    """
    text = head.text()
    if parse_checkpoint(text) != head or CONTROL.search(text):
        raise MalformedNote("this tree head cannot be written")
    return f"{text}\n{''.join(signer.line(text, seconds) for signer in signers)}".encode()
