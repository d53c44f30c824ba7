"""XML of machines: small, shallow, without document types and so without entities to expand.

Expat tells of a document type before it reads what is defined in it, and the reading ends there. Nothing outside the
message is ever fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn
from xml.parsers import expat

import msgspec

from liaison.model.errors import BadInput

DEEPEST = 24  # elements within one another
MOST_ELEMENTS = 4_000
AGAIN = "send the message as the device makes it"


class Node(msgspec.Struct):
    """An element: its name without a prefix, attributes, text, the elements in it, and its line from 1."""

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list[Node] = []
    first: dict[str, Node] | None = None  # by name; made when one is first asked for

    def child(self, tag: str) -> Node | None:
        """The first element of this name in it."""
        if self.first is None:
            self.first = {node.tag: node for node in reversed(self.children)}
        return self.first.get(tag)

    def all_of(self, tag: str) -> Iterator[Node]:
        """The elements of this name in it."""
        return (node for node in self.children if node.tag == tag)

    def said(self, tag: str) -> str:
        """The text of the first element of this name, without blanks around it; empty where there is none."""
        node = self.child(tag)
        return node.text.strip() if node is not None else ""

    def place(self, tag: str = "") -> str:
        """Where this, or the first element of this name in it, stands."""
        node = self.child(tag) if tag else None
        name = f"{self.tag}/{tag}" if tag else self.tag
        return f"{name}, line {(node or self).line}"


class _Refused(ValueError):
    pass


class _Reading:
    """A tree while it is made. It and its parser know each other until they are parted, or memory waits for them."""

    __slots__ = ("left", "parser", "root", "stack")

    def __init__(self) -> None:
        self.root: Node | None = None
        self.stack: list[Node] = []
        self.left = MOST_ELEMENTS
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self.document_type

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        stack = self.stack
        self.left -= 1
        if self.left < 0:
            raise _Refused(f"it has more than {MOST_ELEMENTS:,} elements")
        if len(stack) == DEEPEST:
            raise _Refused(f"its elements are more than {DEEPEST} deep")
        name = tag.rpartition(":")[2] if ":" in tag else tag
        node = Node(name, attributes, self.parser.CurrentLineNumber)
        if stack:
            stack[-1].children.append(node)
        else:
            self.root = node
        stack.append(node)

    def end(self, _: str) -> None:
        self.stack.pop()

    def text(self, text: str) -> None:
        if not text.isspace():  # between elements
            self.stack[-1].text += text

    def document_type(self, *_: object) -> NoReturn:
        raise _Refused("it has a document type, which can define entities")


def parsed(data: bytes, largest: int, what: str) -> Node:
    """The root of a message. Raises BadInput, with the line, for what is no XML or could be made to do harm.

    `largest`: bytes; `what` names the message in the words of the refusal.
    """
    if len(data) > largest:
        raise BadInput(f"{what} has {len(data):,} bytes; at most {largest:,} are read", hint=AGAIN)
    reading = _Reading()
    try:
        reading.parser.Parse(data, True)
    except _Refused as refused:
        line = reading.parser.CurrentLineNumber
        raise BadInput(f"{what} is refused: {refused}", field=f"line {line}", hint=AGAIN) from None
    except expat.ExpatError as error:
        words = f"{what} breaks off as XML on line {error.lineno}: {expat.ErrorString(error.code)}"
        raise BadInput(words, field=f"line {error.lineno}", hint=AGAIN) from None
    except (ValueError, LookupError) as error:  # a character set that Python does not have, or that lies
        raise BadInput(f"{what} cannot be read as text: {error}", hint="send it as UTF-8") from None
    finally:
        del reading.parser
    assert reading.root is not None
    return reading.root
