"""Where a log's files are read from: a folder, or another machine over HTTP."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import httpx

from liaison.model.errors import BadInput, LedgerDamaged, MissingFile

TIMEOUT = 20.0  # seconds without a byte
REDIRECTS = range(300, 400)


class Source(Protocol):
    """A log's files by their names."""

    def read(self, path: str, most: int) -> bytes:
        """The bytes of a file. Raises MissingFile, and LedgerDamaged for one over `most` bytes."""
        ...


class Folder:
    """A log in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, path: str, most: int) -> bytes:
        """The bytes of a file. Raises MissingFile, LedgerDamaged."""
        try:
            with (self.folder / path).open("rb") as file:
                content = file.read(most + 1)
        except OSError as error:
            raise MissingFile(f"{path} cannot be read: {error.strerror}", place=path) from error
        return _bounded(content, path, most)


class Web:
    """A log at a URL. Redirects are not followed; answers are read up to their bound and no further."""

    def __init__(self, url: str, client: httpx.Client | None = None) -> None:
        if not url.startswith(("https://", "http://")):
            raise BadInput(f"{url} is not the address of a log", hint="it begins with https://")
        self.url = url.rstrip("/")
        self._client = client or httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def read(self, path: str, most: int) -> bytes:
        """The bytes of a file. Raises MissingFile, LedgerDamaged."""
        try:
            with self._client.stream("GET", f"{self.url}/{path}") as answer:
                if answer.status_code in REDIRECTS:
                    raise MissingFile(f"{path} was moved; redirects are not followed", place=path)
                if answer.status_code != httpx.codes.OK:
                    raise MissingFile(f"{path}: the log answered {answer.status_code}", place=path)
                content = bytearray()
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > most:
                        break
        except httpx.HTTPError as error:
            raise MissingFile(f"{path} cannot be fetched: {type(error).__name__}", place=path) from error
        return _bounded(bytes(content), path, most)


def source_of(where: str) -> Folder | Web:
    """The log at a URL or in a folder. Raises BadInput."""
    if "://" in where:
        return Web(where)
    if not Path(where).is_dir():
        raise BadInput(f"{where} is not a folder", hint="give a log's folder or its address")
    return Folder(Path(where))


def _bounded(content: bytes, path: str, most: int) -> bytes:
    if len(content) > most:
        raise LedgerDamaged(f"{path} has more than {most} bytes", place=path)
    return content
