"""The SDN list of the US Treasury's Office of Foreign Assets Control: SDN.CSV and ALT.CSV, which have no header.

Format: https://ofac.treasury.gov/media/29976/download (dat_spec.txt); `-0-` is an empty field.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from liaison.holdings import encodings
from liaison.holdings.bodies import Body
from liaison.holdings.findings import Findings, Read
from liaison.holdings.gathering import Draft, Gathering, Name, body_of
from liaison.holdings.options import Options
from liaison.holdings.review import reviewed
from liaison.holdings.streams import STANDARD_INPUT, Stream, opened
from liaison.holdings.twin import fields_of, records
from liaison.model.errors import UnusableFile

SDN_FIELDS, ALT_FIELDS = 12, 5
ALT_KINDS = frozenset(("aka", "fka", "nka"))
EMPTY = "-0-"
KEPT = {3: "Program", 4: "Title", 11: "Remarks"}
BORN = re.compile(r"(?:alt\. )?DOB (.+)")
CITIZEN = re.compile(r"(?:alt\. )?(?:nationality|citizen)(?: possibly)? (.+)")
GENDER = re.compile(r"Gender (.+)")
ALSO = re.compile(r"(?:a|f|n)\.k\.a\. '(.+)'")
DOCUMENTS = (
    r"Passport|National ID No\.|Identification Number|Cedula No\.|SSN|C\.U\.R\.P\.|"
    r"R\.F\.C\.|National Foreign ID Number|Citizen's Card Number|Stateless Person ID Card|"
    r"Residency Number|Driver's License No\.|Personal ID Card|Travel Document Number|"
    r"Refugee ID Card|LE Number|Diplomatic Passport|Tarjeta de Identidad|D\.N\.I\.|"
    r"C\.U\.I\.P\.|C\.U\.I\.|Numero de Identidad|Kenyan ID No\.|Turkish Identification Number|"
    r"Iraqi National ID|Vessel Registration Identification"
)
DOCUMENT = re.compile(rf"(?:alt\. )?(?:{DOCUMENTS}) ([^(]*?\d[^(]*?)(?: (?:\(|issued|expires).*)?")
Row = list[str]


def kind_of(head: bytes) -> str:
    """`sdn`, `alt`, or empty for a file that is neither."""
    record, quoted = next(records(head, b","))
    fields = _texts(record, quoted)
    if not fields[0].isdigit():
        return ""
    if len(fields) == SDN_FIELDS and EMPTY in fields:
        return "sdn"
    return "alt" if len(fields) == ALT_FIELDS and fields[2] in ALT_KINDS else ""


def read_ofac(stream: Stream, path: Path, options: Options, findings: Findings) -> Read:
    """The individuals, and when asked the rest, of the pair of files of which `path` is one. Raises UnusableFile."""
    kind = kind_of(stream.head)
    other = pair_of(path)
    if kind == "alt" and other is None:
        raise UnusableFile(
            f"{stream.name} holds other names alone",
            file=stream.name,
            hint="put the SDN file that belongs to it into the same folder",
        )
    rows = list(_rows(stream))
    paired: list[Row] = []
    if other is not None:
        with opened(other) as second:
            paired = list(_rows(second))
    main, alt = (paired, rows) if kind == "alt" else (rows, paired)
    if kind == "alt" and other is not None:
        options = replace(options, list_name=other.stem)
    options.progress(stream.size, stream.size)
    main_name = other.name if kind == "alt" and other else stream.name
    findings.file = main_name
    findings.note(
        f"OFAC's SDN list with the other names of {stream.name if kind == 'alt' else other.name}"
        if other
        else "OFAC's SDN list, without the other names of its ALT file, which is not in the same folder"
    )
    return _gathered(main, aliases(alt, findings), options, findings)


def _gathered(
    rows: Sequence[Row], others: dict[str, list[Name]], options: Options, findings: Findings
) -> Read:
    gathering, left = Gathering(findings, options.last_year), defaultdict[str, int](int)
    bodies: list[Body] = []
    for row, fields in enumerate(rows, 1):
        if len(fields) != SDN_FIELDS:
            findings.bad(row, "", f"{len(fields)} fields where the SDN list has {SDN_FIELDS}: left out")
        elif fields[2] == "individual" or options.organisations:
            gathering.add(draft_of(row, fields, others.get(fields[0], [])))
        elif options.bodies and not fields[2]:  # of a vessel or an aircraft it says so
            bodies.append(body_of(draft_of(row, fields, others.get(fields[0], []))))
        else:
            left[fields[2] or "entity"] += 1
    for kind, count in left.items():
        findings.note(f"not read: {count:,} of type {kind}")
    people = gathering.people(options.list_name)
    reviewed(people, np.array(gathering.rows, np.int32), findings)
    return Read(
        people, findings.bad_rows, findings.notes, rows=gathering.rows, kept=gathering.kept, bodies=bodies
    )


def draft_of(row: int, fields: Row, others: Sequence[Name]) -> Draft:
    """A person as the list has it, with what its remarks say."""
    remarks = [part.strip().rstrip(".") for part in fields[11].split(";")]

    def said(form: re.Pattern[str]) -> list[str]:
        return [found[1].strip() for part in remarks if (found := form.fullmatch(part))]

    names = [
        name_of(fields[1], person=fields[2] == "individual"),
        *others,
        *(("", "", name) for name in said(ALSO)),
    ]
    return Draft(
        row,
        fields[0],
        names,
        said(BORN),
        next(iter(said(GENDER)), ""),
        said(CITIZEN),
        said(DOCUMENT),
        {name: fields[at] for at, name in KEPT.items() if fields[at]},
    )


def name_of(text: str, *, person: bool = True) -> Name:
    """`NORIEGA, Manuel Antonio` as given name and surname; a name without a comma as it stands."""
    surname, comma, given = text.partition(", ")
    return (given, surname, "") if comma and person else ("", "", text)


def aliases(rows: Sequence[Row], findings: Findings) -> dict[str, list[Name]]:
    """The other names by the number of their bearer."""
    found: dict[str, list[Name]] = defaultdict(list)
    for row, fields in enumerate(rows, 1):
        if len(fields) != ALT_FIELDS:
            findings.bad(row, "", f"{len(fields)} fields where the ALT file has {ALT_FIELDS}: left out")
        elif fields[3]:
            found[fields[0]].append(name_of(fields[3]))
    return found


def pair_of(path: Path) -> Path | None:
    """The other file of the pair, in the same folder."""
    if path == STANDARD_INPUT:
        return None
    for this, other in (("sdn", "alt"), ("alt", "sdn"), ("SDN", "ALT"), ("ALT", "SDN")):
        if this in path.name and (found := path.with_name(path.name.replace(this, other))).is_file():
            return found
    return None


def _rows(stream: Stream) -> Iterator[Row]:
    text = b"".join(stream.pieces())
    if not encodings.is_utf8(text):
        text = text.decode(encodings.likeliest(text[: encodings.SAMPLE]), "replace").encode()
    for record, quoted in records(text.rstrip(b"\x1a\r\n "), b","):
        yield _row(record, quoted)


def _row(record: bytes, quoted: bool) -> Row:
    return ["" if text == EMPTY else text for text in _texts(record, quoted)]


def _texts(record: bytes, quoted: bool) -> Row:
    return [value.decode("utf-8", "replace") for value, _ in fields_of(record, b",", quoted)]
