"""Rows of a list of vehicles, or of documents reported lost or stolen, as what they are about.

A row that cannot be used is told with its column and what to do; the others go on. Of an entry nothing is guessed: what
it asks for, on which basis, whom to call and until when stands in its row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from liaison.holdings import encodings, fields
from liaison.holdings.delimited import REASONS, Table
from liaison.holdings.delimiters import DELIMITERS
from liaison.holdings.findings import Findings, refused
from liaison.holdings.incoming import Incoming
from liaison.holdings.layout import LONGEST_FIELD, Fallback, Fault
from liaison.holdings.streams import Transcoded
from liaison.holdings.thing_columns import VEHICLE, ThingColumns
from liaison.holdings.thing_readings import Said, document, vehicle
from liaison.holdings.twin import fields_of, records
from liaison.holdings.words import plain, tidy
from liaison.model.errors import BadInput, UnusableFile

NO_VALUE = frozenset(
    {"", "na", "none", "null", "nil", "unknown", "notknown", "panjohur", "unbekannt", "inconnu"}
)
OF_VEHICLE = ("id", "plate", "registered", "vin", "make", "model", "colour")
OF_DOCUMENT = ("id", "number", "issuer", "type")


def from_table(table: Table, columns: ThingColumns, findings: Findings) -> Iterator[Incoming]:
    """The rows of a table in its order; what cannot be used is told to `findings`. Raises UnusableFile for a table
    without rows."""
    findings.note(f"{_kind(table, columns)}; {columns}")
    if columns.kept:
        findings.note(f"kept as they are: {', '.join(columns.kept)}")
    read, made = (vehicle, OF_VEHICLE) if columns.kind == VEHICLE else (document, OF_DOCUMENT)
    rows = 0
    for row, values in _rows(table, columns, findings):
        rows += 1
        said = _said(values, columns)
        doubts: list[tuple[str, str]] = []
        try:
            subject, record = read(said, doubts)
        except BadInput as error:
            findings.bad(row, columns.headers.get(error.field, error.field), refused(error))
            continue
        told = {name: text for name, text in said.items() if name not in made}
        told_doubts = [(columns.headers.get(field, field), words) for field, words in doubts]
        named = said.get("id", "") or record
        yield Incoming(row, named, subject, told, doubts=told_doubts, headers=columns.headers, ends=True)
    if not rows and not findings.bad_rows:
        hint = "look for the file you meant"
        raise UnusableFile(f"{table.stream.name} has a header and no rows", file=table.stream.name, hint=hint)


def _rows(table: Table, columns: ThingColumns, findings: Findings) -> Iterator[tuple[int, Sequence[str]]]:
    """The values of each row that has as many as the header, by its number; empty lines are left out."""
    content, delimiter = b"".join(table.stream.pieces()), table.delimiter.encode()
    width = len(columns.names)
    fallback: Fallback | None = None
    for row, (record, quoted) in enumerate(records(content, delimiter), 1):
        if not record.strip():
            continue
        if not encodings.is_utf8(record):
            fallback = fallback or _fallback(content, findings)
            record = record.decode(fallback.name, "replace").encode()
            if not fallback.whole:
                name = encodings.NAMES[fallback.name]
                findings.bad(row, "", REASONS[Fault.ENCODING].format(encoding=name))
        if not quoted:
            findings.bad(row, "", REASONS[Fault.QUOTE])
        values = [value.replace(b"\0", b"") for value, _ in fields_of(record, delimiter, quoted)]
        while len(values) > width and not values[-1]:
            values.pop()
        if len(values) > width:
            findings.bad(row, "", REASONS[Fault.TOO_MANY].format(size=len(values), fields=width))
        elif any(values):
            yield row, _padded(row, values, columns, findings)


def _fallback(content: bytes, findings: Findings) -> Fallback:
    chosen = encodings.choose(content, False)[0]
    name = encodings.NAMES[chosen.name]
    findings.note(
        f"rows that are no UTF-8 are read as {name} (a guess: where letters are wrong, save it as UTF-8)"
    )
    return chosen


def _padded(row: int, values: list[bytes], columns: ThingColumns, findings: Findings) -> list[str]:
    """A text for each column; what is too long is told and taken as empty."""
    width = len(columns.names)
    if len(values) < width:
        findings.bad(row, "", REASONS[Fault.FEWER].format(size=len(values), fields=width))
    for name, value in zip(columns.names, values, strict=False):
        if len(value) > LONGEST_FIELD:
            findings.bad(row, name, REASONS[Fault.TOO_LONG].format(size=len(value)))
    texts = [tidy(value.decode()) if len(value) <= LONGEST_FIELD else "" for value in values]
    return texts + [""] * (width - len(texts))


def _said(values: Sequence[str], columns: ThingColumns) -> Said:
    """What a row says. A column of categories or of states that says stolen or wanted makes the row an entry."""
    said = {
        field or name: text
        for field, name, text in zip(columns.fields, columns.names, values, strict=True)
        if text
    }
    if columns.kind == VEHICLE and "wanted" not in said and _is_sought(said.get("category", "")):
        said["wanted"] = said.pop("category")
    return {
        name: text for name, text in said.items() if name not in OF_VEHICLE or plain(text) not in NO_VALUE
    }


def _is_sought(text: str) -> bool:
    try:
        fields.sought(text)
    except BadInput:
        return False
    return True


def _kind(table: Table, columns: ThingColumns) -> str:
    source = table.stream.source
    if isinstance(source, Transcoded) and source.lost:
        lost = f" ({source.lost:,} places are none, and were replaced)"
    else:
        lost = ""
    what = "vehicles" if columns.kind == VEHICLE else "documents that are reported"
    parted = DELIMITERS.get(table.delimiter, repr(table.delimiter))
    return f"{what}, {table.encoding.upper() or 'UTF-8 or single bytes'}{lost}, separated by {parted}"
