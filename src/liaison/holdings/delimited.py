"""CSV and its like: delimiter, header and encoding guessed, said, and open to correction."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from liaison.holdings import encodings
from liaison.holdings.assemble import assembled
from liaison.holdings.dates import FIRST_YEAR
from liaison.holdings.delimiters import DELIMITERS, delimiter_of, header_of
from liaison.holdings.findings import Findings, Read
from liaison.holdings.kept import kept_columns
from liaison.holdings.layout import LONGEST_FIELD, Columns, Fault, Layout
from liaison.holdings.mapping import Headings, guess, required
from liaison.holdings.options import Options
from liaison.holdings.review import reviewed
from liaison.holdings.splitting import Splitter
from liaison.holdings.streams import Newlines, Stream, Transcoded, filled
from liaison.model.errors import UnusableFile

REASONS = {
    Fault.TOO_FEW: "{size} fields where the header has {fields}: left out; look for a newline or a missing delimiter",
    Fault.FEWER: "{size} fields where the header has {fields}; the missing ones are taken as empty",
    Fault.TOO_MANY: "{size} fields where the header has {fields}: left out; put fields with a delimiter in quotes",
    Fault.NUL: "a NUL byte, which was taken out",
    Fault.TOO_LONG: f"{{size:,}} bytes, more than the {LONGEST_FIELD:,} that are loaded; the row goes on without it",
    Fault.ENCODING: "not UTF-8 as other rows are; read as {encoding}",
    Fault.QUOTE: "a quotation mark that is not closed; the line was read without quotation",
    Fault.PLACEHOLDER: "a word that stands for no name was taken out",
    Fault.NO_NAME: "no usable name: left out",
    Fault.ONLY_NUMBER: "no usable name; kept for its document number",
    Fault.NO_ID: "no id; the number of the row stands for it",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A delimited file: `stream` stands at its first row, `encoding` is empty where nothing said it."""

    stream: Stream
    header: tuple[str, ...]
    delimiter: str
    encoding: str


def table_of(stream: Stream, options: Options) -> Table:
    """A stream as a table whose header was read. Raises UnusableFile, BadSetting."""
    stream, encoding = in_utf8(stream, options.encoding)
    delimiter, skipped = delimiter_of(filled(stream).head, options.delimiter)
    stream.skip(skipped)
    filled(stream)
    names, start = header_of(stream.head, delimiter, stream.name)
    if not encodings.is_utf8("".join(names).encode()) or "\ufffd" in "".join(names):
        names = header_of(_decoded(stream.head), delimiter, stream.name)[0]
    stream.skip(start)
    return Table(stream, tuple(names), delimiter, encoding)


def read_delimited(stream: Stream, options: Options, findings: Findings) -> Read:
    """The people of a delimited file. Raises UnusableFile, BadSetting."""
    table = table_of(stream, options)
    stream, names, delimiter, encoding = table.stream, table.header, table.delimiter, table.encoding
    headings = required(guess(names, options.columns), stream.name)
    fields, targets = headings.targets(options.keep)
    layout = Layout(delimiter, len(names), headings.least(), targets, FIRST_YEAR, options.last_year)
    done = 0

    def progress(count: int) -> None:
        nonlocal done
        done += count
        options.progress(done, stream.size)

    columns = Splitter(layout, encodings.choose, stream.size).split(stream, progress)
    if not columns.records:
        raise UnusableFile(
            f"{stream.name} has a header and no rows", file=stream.name, hint="look for the file you meant"
        )
    _say(columns, headings, delimiter, encoding, stream, findings, options.keep)
    _report(columns, headings, findings)
    people = assembled(columns, fields, headings, options.list_name, findings, options.last_year)
    reviewed(people, columns.numbers, findings, headings.field_of((*headings["id"], -1)[0]))
    kept = kept_columns(columns, fields, headings) if options.keep else ()
    return Read(people, findings.bad_rows, findings.notes, _mapping(headings), columns.numbers, kept)


def in_utf8(stream: Stream, said: str) -> tuple[Stream, str]:
    """The stream as UTF-8 or as rows that the kernel decodes, and what is known about its encoding."""
    mark, length = encodings.marked(stream.head)
    stream.skip(length)
    encoding = encodings.checked(said) if said else mark or encodings.unmarked_utf16(stream.head)
    if encoding not in ("", "utf-8"):
        stream = Stream(stream.name, Transcoded(stream, encoding), 0)  # type: ignore[arg-type]
    if b"\n" not in stream.head and b"\r" in stream.head.rstrip(b"\r"):
        stream = Stream(stream.name, Newlines(stream), stream.size)  # type: ignore[arg-type]
    return stream, encoding


def _decoded(head: bytes) -> bytes:
    return head.decode(encodings.choose(head, False)[0].name, "replace").encode()


def _mapping(headings: Headings) -> Mapping[str, str]:
    return {
        field: " + ".join(headings.header[at] for at in columns)
        for field, columns in headings.columns.items()
    }


def _say(
    columns: Columns,
    headings: Headings,
    delimiter: str,
    encoding: str,
    stream: Stream,
    findings: Findings,
    keep: bool,
) -> None:
    findings.note(
        f"{_encoding(columns, encoding)}, separated by {DELIMITERS.get(delimiter, repr(delimiter))}; {headings}"
    )
    unused = [name or "(no name)" for name in headings.unused()]
    if unused:
        findings.note(f"{'kept as they are' if keep else 'not read'}: {', '.join(unused)}")
    if not headings["id"]:
        findings.note("no column of ids; the numbers of the rows stand for them")
    findings.counted(columns.blank, "empty line", "empty lines")
    findings.counted(
        columns.surplus, "row with empty fields behind the last", "rows with empty fields behind the last"
    )
    source = stream.source
    if isinstance(source, Transcoded):
        findings.counted(
            source.lost,
            f"place is no {encoding} and was replaced",
            f"places are no {encoding} and were replaced",
        )


def _encoding(columns: Columns, encoding: str) -> str:
    if encoding and not columns.foreign:
        return encoding.upper()
    if columns.fallback is None:
        return "UTF-8"
    name = encodings.NAMES[columns.fallback.name]
    if columns.fallback.whole:
        return f"{name} by the look of {columns.foreign:,} rows (a guess: where letters are wrong, save it as UTF-8)"
    return f"UTF-8, but {columns.foreign:,} rows that are not, read as {name} (a guess)"


def _report(columns: Columns, headings: Headings, findings: Findings) -> None:
    encoding = encodings.NAMES[columns.fallback.name] if columns.fallback else ""
    fields = len(headings.header)
    for row, size, field, fault in columns.remarks.tolist():
        reason = REASONS[Fault(fault)].format(size=size, fields=fields, encoding=encoding)
        findings.bad(row, headings.field_of(field), sys.intern(reason))
