"""Files and standard input as streams of bytes whose beginning can be looked at first."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from liaison.model.errors import UnusableFile

HEAD = 1 << 18  # bytes that are looked at before anything is read
PIECE = 1 << 18
LONGEST_LINE = 1 << 24  # bytes; what is looked through again with each piece
STANDARD_INPUT = Path("-")
PACKED = {
    b"\x1f\x8b": ("gzip", "gunzip it first, or give it through a pipe: gunzip -c FILE | liaison ... -"),
    b"PK\x03\x04": ("a zip archive or a spreadsheet", "unzip it, or save the sheet as CSV"),
    b"PK\x05\x06": ("an empty zip archive", "unzip it first"),
    b"BZh": ("bzip2", "unpack it with bunzip2 first"),
    b"\xfd7zXZ\x00": ("xz", "unpack it with unxz first"),
    b"\x28\xb5\x2f\xfd": ("zstandard", "unpack it with unzstd first"),
    b"7z\xbc\xaf": ("a 7-Zip archive", "unpack it first"),
    b"%PDF": ("a PDF", "ask for the table behind it as CSV"),
    b"\xd0\xcf\x11\xe0": ("an old spreadsheet or document", "save it as CSV"),
    b"SQLite format 3\x00": ("an SQLite database", "export the table as CSV"),
}


class Stream:
    """A source of bytes with a name. `head` is its beginning, of at most HEAD bytes, which is still to be read."""

    def __init__(self, name: str, source: BinaryIO, size: int = 0) -> None:
        self.name, self.source, self.size = name, source, size  # size: bytes, 0 where it is not known
        self.head = _filled(source, HEAD)

    def skip(self, count: int) -> None:
        """Leave out the first bytes of the head."""
        self.head = self.head[count:]

    def readinto(self, view: memoryview, /) -> int:
        """Fill the view from its start; how many bytes were put there, 0 at the end."""
        if self.head:
            count = min(len(view), len(self.head))
            view[:count] = self.head[:count]
            self.head = self.head[count:]
            return count
        return int(self.source.readinto(view) or 0)  # type: ignore[attr-defined]

    def pieces(self, size: int = PIECE) -> Iterator[bytes]:
        """What is left, a piece at a time."""
        room = bytearray(size)
        while count := self.readinto(memoryview(room)):
            yield bytes(room[:count])

    def lines(self, longest: int = LONGEST_LINE) -> Iterator[bytes]:
        """What is left, a line at a time, without its newline. Raises UnusableFile for one longer than `longest`."""
        rest = b""
        for piece in self.pieces():
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
            if len(rest) > longest:
                raise UnusableFile(
                    f"{self.name} has a line of more than {longest >> 20} MiB",
                    file=self.name,
                    hint="give one JSON object a line",
                )
        if rest:
            yield rest


class Transcoded(io.RawIOBase):
    """A stream in another encoding as UTF-8. `lost` counts the places that could not be decoded."""

    def __init__(self, stream: Stream, encoding: str) -> None:
        self.stream, self.lost, self.rest, self.ended = stream, 0, b"", False
        self.decoder = codecs.getincrementaldecoder(encoding)("replace")
        self.room = bytearray(PIECE)

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, view: memoryview, /) -> int:  # type: ignore[override]
        """Fill the view from its start; how many bytes were put there, 0 at the end."""
        while not self.rest and not self.ended:
            count = self.stream.readinto(memoryview(self.room))
            self.ended = not count
            text = self.decoder.decode(bytes(self.room[:count]), final=self.ended)
            self.lost += text.count("\ufffd")
            self.rest = text.encode("utf-8", "replace")
        count = min(len(view), len(self.rest))
        view[:count] = self.rest[:count]
        self.rest = self.rest[count:]
        return count


class Newlines(io.RawIOBase):
    """A stream of lines that end with a carriage return alone, with newlines in their place."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, view: memoryview, /) -> int:  # type: ignore[override]
        """Fill the view from its start; how many bytes were put there, 0 at the end."""
        count = self.stream.readinto(view)
        view[:count] = bytes(view[:count]).replace(b"\r", b"\n")
        return count


def standard_input() -> BinaryIO:
    """The bytes of standard input. Raises UnusableFile where it is closed."""
    if sys.stdin is None:
        raise UnusableFile("standard input is closed", file="-", hint="give a file, or something to read")
    return sys.stdin.buffer


@contextmanager
def opened(path: Path) -> Iterator[Stream]:
    """The file as a stream; `-` is standard input. Raises UnusableFile."""
    if path == STANDARD_INPUT:
        yield usable(Stream("standard input", standard_input()))
        return
    name = path.name or str(path)
    if path.is_dir():
        raise UnusableFile(f"{path} is a folder", file=name, hint="give the file in it")
    try:
        source = path.open("rb", buffering=0)
    except OSError as error:
        hint = (
            "check its name and folder"
            if isinstance(error, FileNotFoundError)
            else "check that you may read it"
        )
        raise UnusableFile(
            f"{path} cannot be opened: {error.strerror or error}", file=name, hint=hint
        ) from error
    with source:
        yield usable(Stream(name, source, path.stat().st_size))


def filled(stream: Stream) -> Stream:
    """The stream, if there is anything in it. Raises UnusableFile."""
    if not stream.head.strip():
        raise UnusableFile(f"{stream.name} is empty", file=stream.name, hint="look for the file you meant")
    return stream


def usable(stream: Stream) -> Stream:
    """The stream, if it can be a list as it stands. Raises UnusableFile."""
    filled(stream)
    for signature, (what, hint) in PACKED.items():
        if stream.head.startswith(signature):
            raise UnusableFile(
                f"{stream.name} is {what}, not a list that can be read as it is", file=stream.name, hint=hint
            )
    return stream


def _filled(source: BinaryIO, size: int) -> bytes:
    pieces, held = [], 0
    while held < size:
        piece = source.read(size - held)
        if not piece:
            break
        pieces.append(piece)
        held += len(piece)
    return b"".join(pieces)
