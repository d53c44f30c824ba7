"""Forms with files (multipart/form-data, RFC 7578), read into memory alone: what is sent may be about people, and a
temporary file would put it on the disk as it is, where no key that is destroyed erases it."""

from __future__ import annotations

import io
from collections.abc import AsyncIterable
from dataclasses import dataclass, field
from typing import Any

from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
)

from liaison.model.errors import BadInput

MOST_PARTS = 500
LONGEST_TEXT = 1 << 21  # bytes of all parts that are no files


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent. `filename` is a person's text, never a path."""

    filename: str
    file: io.BytesIO = field(default_factory=io.BytesIO)


async def parts_of(stream: AsyncIterable[bytes], boundary: str) -> list[tuple[str, str | Upload]]:
    """The parts of a form by name, in order. Raises BadInput for a body that is none, or has too many parts or texts.

    The caller bounds the body as a whole.
    """
    reading = _Reading()
    try:
        with PushMultipartParser(boundary.encode("ascii"), max_segment_count=MOST_PARTS) as parser:
            async for chunk in stream:
                for event in parser.parse(chunk) if chunk and not parser.closed else ():
                    reading.take(event)
            parser.close()
    except (MultipartError, ValueError) as error:
        raise BadInput("the form could not be read", hint="send it again") from error
    return reading.found


class _Reading:
    """The parts so far, and the one that is arriving."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str | Upload]] = []
        self.segment: MultipartSegment | None = None
        self.text, self.file = bytearray(), Upload("")
        self.texts = 0

    def take(self, event: Any) -> None:
        """The head of a part, a piece of it, or None at its end."""
        if isinstance(event, MultipartSegment):
            self._begin(event)
        elif event:
            self._more(event)
        else:
            self._end()

    def _begin(self, segment: MultipartSegment) -> None:
        self.segment, self.text = segment, bytearray()
        if segment.filename:
            self.file = Upload(segment.filename)

    def _more(self, piece: bytes) -> None:
        assert self.segment is not None
        if self.segment.filename:
            self.file.file.write(piece)
            return
        self.texts += len(piece)
        if self.texts > LONGEST_TEXT:
            raise ValueError("the texts of the form are too long")
        self.text += piece

    def _end(self) -> None:
        assert self.segment is not None
        if self.segment.filename:
            self.file.file.seek(0)
            self.found.append((self.segment.name, self.file))
        else:
            self.found.append((self.segment.name, self.text.decode("utf-8")))
