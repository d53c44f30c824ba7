"""The consolidated list of the United Nations Security Council, in its own XML."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

import numpy as np

from liaison.holdings.bodies import Body
from liaison.holdings.findings import Findings, Read
from liaison.holdings.gathering import Draft, Gathering, Name, body_of
from liaison.holdings.options import Options
from liaison.holdings.review import reviewed
from liaison.holdings.streams import Stream
from liaison.model.errors import UnusableFile

DEEPEST = 24  # elements within one another
LARGEST = 1 << 20  # letters of one record; bytes of one tag
MOST_PARTS = 10_000  # elements of one record
PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
READ = frozenset(  # elements that become fields of a person
    [
        *PARTS,
        *("NAME_ORIGINAL_SCRIPT", "INDIVIDUAL_ALIAS", "INDIVIDUAL_DATE_OF_BIRTH", "INDIVIDUAL_DOCUMENT"),
        *("GENDER", "NATIONALITY", "REFERENCE_NUMBER"),
    ]
)


class Refused(ValueError):
    """XML that this list does not use and that can be made to do harm."""


class Node:
    """An element: its tag, its text and the elements in it."""

    __slots__ = ("children", "tag", "text")

    def __init__(self, tag: str) -> None:
        self.tag, self.text = tag, ""
        self.children: list[Node] = []

    def texts(self, *path: str) -> list[str]:
        """The texts, where there are any, of the elements that the path leads to."""
        nodes = [self]
        for tag in path:
            nodes = [child for node in nodes for child in node.children if child.tag == tag]
        return [text for node in nodes if (text := node.text.strip())]

    def all_of(self, tag: str) -> list[Node]:
        """The elements in this one by their tag."""
        return [child for child in self.children if child.tag == tag]


class Records:
    """A parser that hands over one INDIVIDUAL or ENTITY at a time; no document type, so nothing to expand."""

    def __init__(self, take: Callable[[Node], None]) -> None:
        self.take, self.stack, self.depth, self.letters, self.parts = take, list[Node](), 0, 0, 0
        self.fed = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._document_type

    def feed(self, piece: bytes, last: bool) -> None:
        """Take more of the file. Raises Refused, ExpatError.

        A tag that does not end is read from its start again with every piece.
        """
        self.parser.Parse(piece, last)
        self.fed += len(piece)
        if self.fed - self.parser.CurrentByteIndex > LARGEST:
            raise Refused(f"a tag of more than {LARGEST:,} bytes")

    def _document_type(self, *_: object) -> None:
        raise Refused("a document type, which can define entities")

    def _start(self, tag: str, _: object) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Refused(f"elements more than {DEEPEST} deep")
        tag = tag.rpartition(":")[2]
        if self.stack or tag in ("INDIVIDUAL", "ENTITY"):
            self.parts += 1
            if self.parts > MOST_PARTS:
                raise Refused(f"a record of more than {MOST_PARTS:,} elements")
            node = Node(tag)
            if self.stack:
                self.stack[-1].children.append(node)
            self.stack.append(node)

    def _text(self, text: str) -> None:
        if self.stack:
            self.letters += len(text)
            if self.letters > LARGEST:
                raise Refused(f"a record of more than {LARGEST:,} letters")
            self.stack[-1].text += text

    def _end(self, _: str) -> None:
        self.depth -= 1
        if self.stack:
            node = self.stack.pop()
            if not self.stack:
                self.letters = self.parts = 0
                self.take(node)


def read_security_council(stream: Stream, options: Options, findings: Findings) -> Read:
    """The individuals, and when asked the entities, of the list. Raises UnusableFile."""
    gathering, row, left, done = Gathering(findings, options.last_year), 0, 0, 0
    bodies: list[Body] = []

    def take(node: Node) -> None:
        nonlocal row, left
        row += 1
        if node.tag == "INDIVIDUAL":
            gathering.add(individual(row, node))
        elif options.organisations:
            gathering.add(entity(row, node))
        elif options.bodies:
            bodies.append(body_of(entity(row, node)))
        else:
            left += 1

    records = Records(take)
    try:
        for piece in stream.pieces():
            records.feed(piece, False)
            done += len(piece)
            options.progress(done, stream.size)
        records.feed(b"", True)
    except Refused as error:
        raise UnusableFile(
            f"{stream.name} has {error}",
            file=stream.name,
            row=row,
            hint="get the list from its publisher again",
        ) from error
    except expat.ExpatError as error:
        reason = f"{stream.name} breaks off as XML on line {error.lineno}: {expat.ErrorString(error.code)}"
        raise UnusableFile(
            reason, file=stream.name, row=row, hint="get the list from its publisher again"
        ) from error
    if not row:
        raise UnusableFile(
            f"{stream.name} has no INDIVIDUAL and no ENTITY",
            file=stream.name,
            hint="of XML, the Security Council's list alone is read",
        )
    findings.note("the Security Council's consolidated list")
    findings.counted(left, "entity not read", "entities not read")
    people = gathering.people(options.list_name)
    reviewed(people, np.array(gathering.rows, np.int32), findings)
    return Read(
        people, findings.bad_rows, findings.notes, rows=gathering.rows, kept=gathering.kept, bodies=bodies
    )


def individual(row: int, node: Node) -> Draft:
    """A person as the list has it. Its name parts are in order, and tell no surname from a given name."""
    documents = [
        number for document in node.all_of("INDIVIDUAL_DOCUMENT") for number in document.texts("NUMBER")
    ]
    born = [text for date in node.all_of("INDIVIDUAL_DATE_OF_BIRTH") for text in birth(date)]
    return Draft(
        row,
        _id(node),
        _names(node, "INDIVIDUAL_ALIAS"),
        born,
        next(iter(node.texts("GENDER")), ""),
        node.texts("NATIONALITY", "VALUE") or node.texts("NATIONALITY"),
        documents,
        {tag: "; ".join(texts) for tag, texts in _others(node).items()},
    )


def _others(node: Node) -> dict[str, list[str]]:
    """The texts of elements that are no field of a person, by their tag."""
    found: dict[str, list[str]] = {}
    for child in node.children:
        if child.tag not in READ:
            texts = [child.text.strip(), *(part.text.strip() for part in child.children)]
            found.setdefault(child.tag, []).extend(filter(None, texts))
    return {tag: texts for tag, texts in found.items() if texts}


def entity(row: int, node: Node) -> Draft:
    """An organisation as the list has it."""
    kept = {tag: "; ".join(texts) for tag, texts in _others(node).items() if tag != "ENTITY_ALIAS"}
    return Draft(row, _id(node), _names(node, "ENTITY_ALIAS"), kept=kept)


def birth(node: Node) -> list[str]:
    """The date, the year, or the years between which it lies."""
    exact = node.texts("DATE") or node.texts("YEAR")
    if exact:
        about = any("APPROX" in kind.upper() for kind in node.texts("TYPE_OF_DATE"))
        return [f"circa {text}" if about else text for text in exact]
    first, last = node.texts("FROM_YEAR"), node.texts("TO_YEAR")
    return [f"{first[0]} to {last[0]}"] if first and last else first or last


def _id(node: Node) -> str:
    return next(iter(node.texts("REFERENCE_NUMBER") + node.texts("DATAID")), "")


def _names(node: Node, alias: str) -> list[Name]:
    whole = " ".join(text for part in PARTS for text in node.texts(part))
    others = node.texts("NAME_ORIGINAL_SCRIPT") + node.texts(alias, "ALIAS_NAME")
    return [("", "", name) for text in [whole, *others] for name in text.split(";") if name.strip()]
