"""JSON lines of the vocabulary: `{"kind": "person", "id": "17", "category": "suspect", "names": [...], ...}`.

A line holds the fields of its subject, those of a record (see docs/holdings.md), and whatever else its source
wants to say, which is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

import msgspec

from liaison.holdings.findings import Findings
from liaison.holdings.incoming import Incoming
from liaison.holdings.streams import HEAD, Stream
from liaison.model.errors import BadInput, UnusableFile
from liaison.model.holding import Assessment, Fact
from liaison.model.subjects import AnySubject
from liaison.model.text import Text

LONGEST_LINE = 1 << 20  # bytes
ID = "id"


def is_modelled(head: bytes) -> bool:
    """Whether a file begins with a line of the vocabulary."""
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:HEAD].split(b"\n", 1)[0]
    try:
        line = msgspec.json.decode(first)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return first.startswith(b"{") and b'"kind"' in first and b'"schema"' not in first
    return isinstance(line, dict) and "kind" in line and "schema" not in line


def from_lines(stream: Stream, findings: Findings) -> Iterator[Incoming]:
    """The records of a file; a line that is none is told to `findings`. Raises UnusableFile for an endless line."""
    if stream.head.startswith(b"\xef\xbb\xbf"):
        stream.skip(3)
    for row, line in enumerate(_lines(stream), 1):
        if not line.strip():
            continue
        try:
            yield incoming(row, line)
        except BadInput as error:
            findings.bad(row, error.field, f"{error}: left out")


def incoming(row: int, line: bytes) -> Incoming:
    """One line. Raises BadInput with the field."""
    try:
        said = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("not one JSON object") from error
    if not isinstance(said, dict):
        raise BadInput("not one JSON object")
    fields = subject_fields().get(str(said.get("kind")))
    if fields is None:
        raise BadInput(f"no kind of subject: {said.get('kind')!r}", field="kind")
    subject = _converted({name: said.pop(name) for name in [*fields, "kind"] if name in said}, AnySubject, "")
    facts = _converted(said.pop("facts", ()), tuple[Fact, ...], "facts")
    assessments = _converted(said.pop("assessments", ()), tuple[Assessment, ...], "assessments")
    record = said.pop(ID, "")
    if not isinstance(record, str | int):
        raise BadInput("an id is text", field=ID)
    told = {str(name): _told(value) for name, value in said.items() if value not in (None, "", [], {})}
    return Incoming(row, str(record).strip(), subject, told, facts, assessments)


@cache
def subject_fields() -> dict[str, tuple[str, ...]]:
    """The fields of each kind of subject."""
    kinds = get_args(AnySubject)
    return {str(kind.__struct_config__.tag): kind.__struct_fields__ for kind in kinds}


def parsed(kind: type[Any], written: object) -> object:
    """A text of the vocabulary, for msgspec."""
    if issubclass(kind, Text) and isinstance(written, str):
        return kind(written)
    raise TypeError(f"{written!r} is not a {kind.__name__}")


LEARNED = msgspec.json.Decoder(
    tuple[AnySubject, Fact, Assessment], dec_hook=parsed
)  # before threads meet them


def _converted(value: object, kind: Any, place: str) -> Any:
    try:
        return msgspec.convert(value, kind, dec_hook=parsed)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `")
        field = path.rstrip("`").removeprefix("$").lstrip(".")
        dot = "." if place and field and not field.startswith("[") else ""
        raise BadInput(message, field=f"{place}{dot}{field}") from error
    except RecursionError:
        raise BadInput("nested too deeply", field=place) from None


def _told(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _lines(stream: Stream) -> Iterator[bytes]:
    rest = b""
    for piece in stream.pieces():
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        if len(rest) > LONGEST_LINE:
            raise UnusableFile(
                f"{stream.name} has a line of more than {LONGEST_LINE >> 20} MiB",
                file=stream.name,
                hint="give one JSON object a line",
            )
    if rest:
        yield rest
