"""The header of a delimited file, and the sign that separates its fields."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

from liaison.holdings.twin import fields_of, records
from liaison.model.errors import BadSetting, UnusableFile

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
OWN_WORD = re.compile(rb"sep=([^\w\s\"\0\x80-\xff]|\t)(?:\r?\n|\r|$)", re.I)
SAMPLE_ROWS = 50
SAMPLE_BYTES = 1 << 16


def delimiter_of(head: bytes, said: str) -> tuple[str, int]:
    """The delimiter, and how many bytes before the header say so (`sep=;`, which spreadsheets write)."""
    start = len(head) - len(head.lstrip(b"\r\n"))
    own = OWN_WORD.match(head, start)
    if own:
        return checked(said or own[1].decode()), own.end()
    if said:
        return checked(said), start
    return max(DELIMITERS, key=lambda sign: _agreement(head[start : start + SAMPLE_BYTES], sign)), start


def checked(said: str) -> str:
    """The one sign that a person named. Raises BadSetting."""
    sign = {"tab": "\t", "\\t": "\t"}.get(said, said)
    if len(sign) != 1 or not sign.isascii() or sign.isalnum() or sign in '" \r\n\0':
        raise BadSetting(f"{said!r} cannot separate fields", hint="use one of , ; | or tab")
    return sign


def _agreement(sample: bytes, sign: str) -> tuple[int, int]:
    """How many of the first rows have as many fields as the header, if it has several, and how many that are."""
    rows = [
        len(fields_of(record, sign.encode(), quoted))
        for record, quoted in islice(records(sample, sign.encode()), SAMPLE_ROWS)
    ]
    if len(sample) == SAMPLE_BYTES and len(rows) > 1:
        rows.pop()  # cut by the end of the sample
    if rows[0] < 2:
        return 0, 0
    return Counter(rows)[rows[0]], rows[0]


def header_of(head: bytes, delimiter: str, file: str) -> tuple[list[str], int]:
    """The names in the header, and where the first row behind it begins. Raises UnusableFile."""
    record, quoted = next(records(head, delimiter.encode()))
    if len(record) >= len(head) and len(head) >= 1 << 18:
        raise UnusableFile(
            f"the first line of {file} has more than {len(head):,} bytes",
            file=file,
            hint="it must be a header",
        )
    names = [
        value.replace(b"\0", b"").decode("utf-8", "replace")
        for value, _ in fields_of(record, delimiter.encode(), quoted)
    ]
    return names, min(len(record) + 1, len(head))
