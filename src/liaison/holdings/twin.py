"""The readable twin of kernel/csv.c: splits delimited text into columns, one record after another."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field

from liaison.holdings.countries import kernel_codes
from liaison.holdings.layout import LONGEST_FIELD, Fault, Kind, Layout, Target
from liaison.holdings.placeholders import without_placeholders
from liaison.matching.columns import dob_code

SPACE = b" \t\r\n"
LETTER = re.compile(rb"[A-Za-z\x80-\xff]")
DOTTED_DATE = re.compile(rb"(\d\d)\.(\d\d)\.(\d{4})")
ISO_DATE = re.compile(rb"(\d{4})(?:-(\d\d)(?:-(\d\d))?|(\d\d)(\d\d))?")


class BrokenQuote(ValueError):
    """A quoted field that does not end as RFC 4180 says."""


@dataclass(slots=True)
class Rows:
    """What the records of a file came to, a Python object for each."""

    numbers: list[int] = field(default_factory=list)
    columns: dict[int, list[bytes | int]] = field(default_factory=dict)  # by target
    remaining: list[tuple[int, int, bytes]] = field(default_factory=list)  # row, target, text
    remarks: list[tuple[int, int, int, int]] = field(default_factory=list)  # record, size, field, fault
    records: int = 0
    blank: int = 0
    surplus: int = 0
    foreign: int = 0
    accented: int = 0


def split(text: bytes, layout: Layout, fallback: str = "cp1252", whole: bool = False) -> Rows:
    """The rows of a whole file without its header. Rows that are not UTF-8 are decoded by `fallback`."""
    rows = Rows(columns={number: [] for number in range(len(layout.targets))})
    for record, quoted in records(text, layout.delimiter.encode()):
        rows.records += 1
        foreign = not _is_utf8(record)
        rows.foreign += foreign
        rows.accented += not foreign and not record.isascii()
        if foreign and not whole:
            rows.remarks.append((rows.records, 0, -1, Fault.ENCODING))
        if not quoted:
            rows.remarks.append((rows.records, 0, -1, Fault.QUOTE))
        if foreign:
            record = record.decode(fallback, "replace").encode()
        _take(rows, layout, fields_of(record, layout.delimiter.encode(), quoted), b"\0" in record)
    return rows


def records(text: bytes, delimiter: bytes) -> Iterator[tuple[bytes, bool]]:
    """The bytes of every record, and whether its quotes are as RFC 4180 says; if not, it is one line."""
    at = 0
    while at < len(text):
        try:
            end = record_end(text, at, delimiter)
            quoted = True
        except BrokenQuote:
            newline = text.find(b"\n", at)
            end, quoted = (len(text) if newline < 0 else newline), False
        yield text[at:end], quoted
        at = end + 1


def record_end(text: bytes, at: int, delimiter: bytes) -> int:
    """Where the record's newline stands, or where the text ends. Raises BrokenQuote."""
    while True:
        opening = at
        while text[opening : opening + 1] == b" ":
            opening += 1
        if text[opening : opening + 1] == b'"':
            at = _after(text, closing(text, opening), delimiter)
        else:
            at = min(
                place for place in (text.find(b"\n", at), text.find(delimiter, at), len(text)) if place >= 0
            )
        if at >= len(text) or text[at : at + 1] == b"\n":
            return at
        at += 1


def closing(text: bytes, opening: int) -> int:
    """Where the quote that closes a field stands. Raises BrokenQuote."""
    at = opening + 1
    while True:
        begin, at = at, text.find(b'"', at)
        stop = len(text) if at < 0 else at
        newline = text.find(b"\n", opening, stop)
        last = max(
            newline, opening + LONGEST_FIELD + 1, begin
        )  # from here on a newline shows that the quote is none
        if at < 0 or (newline >= 0 and last < stop):
            raise BrokenQuote
        if text[at + 1 : at + 2] != b'"':
            return at
        at += 2


def _after(text: bytes, close: int, delimiter: bytes) -> int:
    at = close + 1
    while at < len(text) and text[at] in b" \t\r" and text[at : at + 1] != delimiter:
        at += 1
    if at < len(text) and text[at : at + 1] not in (delimiter, b"\n"):
        raise BrokenQuote
    return at


def fields_of(record: bytes, delimiter: bytes, quoted: bool) -> list[tuple[bytes, int]]:
    """The fields of a record without the space around them, each with the bytes it takes in the file."""
    if not quoted:
        return [(part, len(part)) for part in (part.strip(SPACE + b'"') for part in record.split(delimiter))]
    fields, at = [], 0
    while at <= len(record):
        opening = at
        while record[opening : opening + 1] == b" ":
            opening += 1
        if record[opening : opening + 1] == b'"':
            close = closing(record, opening)
            raw = record[opening + 1 : close].strip(SPACE)
            fields.append(
                (
                    _unquoted(raw).replace(b"\n", b" ").replace(b"\r", b" ")
                    if _is_dirty(record, opening, close)
                    else raw,
                    len(raw),
                )
            )
            at = _after(record, close, delimiter) + 1
        else:
            stop = record.find(delimiter, at)
            stop = len(record) if stop < 0 else stop
            raw = record[at:stop].strip(SPACE)
            fields.append((raw, len(raw)))
            at = stop + 1
    return fields


def _is_dirty(record: bytes, opening: int, close: int) -> bool:
    inside = record[opening + 1 : close]
    return b'"' in inside or b"\n" in inside


def _unquoted(raw: bytes) -> bytes:
    return raw.replace(b'""', b'"')


def _is_utf8(record: bytes) -> bool:
    try:
        record.decode()
    except UnicodeDecodeError:
        return False
    return True


def _take(rows: Rows, layout: Layout, fields: list[tuple[bytes, int]], nul: bool) -> None:
    record, count = rows.records, len(fields)
    if count == 1 and not fields[0][1]:
        rows.blank += 1
    elif count > layout.fields and any(size for _, size in fields[layout.fields :]):
        rows.remarks.append((record, count, -1, Fault.TOO_MANY))
    elif count < layout.least:
        rows.remarks.append((record, count, -1, Fault.TOO_FEW))
    else:
        rows.surplus += count > layout.fields
        if count < layout.fields:
            rows.remarks.append((record, count, -1, Fault.FEWER))
        if nul:
            rows.remarks.append((record, 0, -1, Fault.NUL))
            fields = [(value.replace(b"\0", b"").replace(b"\r", b" "), size) for value, size in fields]
        _write(rows, layout, fields)


def _write(rows: Rows, layout: Layout, fields: list[tuple[bytes, int]]) -> None:
    row, values, remaining = len(rows.numbers), list[bytes | int](), list[tuple[int, int, bytes]]()
    for number, target in enumerate(layout.targets):
        present = [(at, *fields[at]) for at in target.fields if at < len(fields) and fields[at][1]]
        if target.kind >= Kind.DATE:
            value = _value(rows, layout, target, present)
            if isinstance(value, bytes):
                remaining.append((row, number, value))
            values.append(0 if isinstance(value, bytes) else value)
        else:
            values.append(_text(rows, target, present))
    texts = list(zip(layout.targets, values, strict=True))
    named = any(
        isinstance(value, bytes) and LETTER.search(value)
        for target, value in texts
        if target.kind == Kind.NAME
    )
    numbered = any(value for target, value in texts if target.kind == Kind.NUMBER)
    if not named:
        rows.remarks.append((rows.records, 0, -1, Fault.ONLY_NUMBER if numbered else Fault.NO_NAME))
    if named or numbered:
        rows.numbers.append(rows.records)
        rows.remaining += remaining
        for number, value in enumerate(values):
            rows.columns[number].append(value)


def _text(rows: Rows, target: Target, present: list[tuple[int, bytes, int]]) -> bytes:
    parts = []
    for at, value, size in present:
        if size > LONGEST_FIELD:
            rows.remarks.append((rows.records, size, at, Fault.TOO_LONG))
            continue
        kept = without_placeholders(value) if target.kind == Kind.NAME else value
        if kept != value:
            rows.remarks.append((rows.records, 0, at, Fault.PLACEHOLDER))
        parts += [kept] if kept else []
    if target.kind == Kind.ID and not parts:
        if target.fields:
            rows.remarks.append((rows.records, 0, target.fields[0], Fault.NO_ID))
        return str(rows.records).encode()
    return b" ".join(parts)


def _value(rows: Rows, layout: Layout, target: Target, present: list[tuple[int, bytes, int]]) -> int | bytes:
    for at, value, size in present[:1]:
        if size > LONGEST_FIELD:
            rows.remarks.append((rows.records, size, at, Fault.TOO_LONG))
            return 0
        if target.kind == Kind.DATE:
            return plain_date(value, layout)
        return sex(value) if target.kind == Kind.SEX else country(value)
    return 0


def plain_date(value: bytes, layout: Layout) -> int | bytes:
    """The dob_code of `1984-02-03`, `19840203`, `03.02.1984`, `1984-02` or `1984`; else the value itself."""
    dotted = DOTTED_DATE.fullmatch(value)
    form = ISO_DATE.fullmatch(b"-".join(reversed(dotted.groups())) if dotted else value)
    if form is None:
        return value
    year, month, day = int(form[1]), form[2] or form[4], form[3] or form[5]
    if not layout.first_year <= year <= layout.last_year or (month is not None and not 1 <= int(month) <= 12):
        return value
    if day is not None and not 1 <= int(day) <= monthrange(year, int(month))[1]:
        return value
    return dob_code(year, int(month or 0), int(day or 0))


def sex(value: bytes) -> int | bytes:
    """1, 2, 3 for M, F, X; the value itself where it is none of them."""
    return {b"M": 1, b"F": 2, b"X": 3}.get(value.upper(), value)


def country(value: bytes) -> int | bytes:
    """The country_code of two or three letters; the value itself where they are no code."""
    if len(value) not in (2, 3) or not value.isalpha():
        return value
    place = 0
    for letter in value.upper():
        place = place * 26 + letter - 65
    return int(kernel_codes()[place if len(value) == 2 else 676 + place]) or value
