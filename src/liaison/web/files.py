"""The files of the screen: styles, scripts, pictures. They are read once; an address with a digest is kept for ever."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from liaison.web.headers import FOR_EVER
from liaison.web.render import STATIC
from liaison.web.security import PUBLIC

KINDS = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is served."""

    content: bytes
    kind: str
    digest: str


@cache
def files() -> dict[str, File]:
    """Every file by its address under /static. What is not here cannot be asked for, whatever the path says."""
    return {
        path.relative_to(STATIC).as_posix(): _read(path.read_bytes(), path.suffix)
        for path in STATIC.rglob("*")
        if path.is_file() and path.suffix
    }


def _read(content: bytes, suffix: str) -> File:
    kind = KINDS.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
    return File(content, kind, hashlib.sha256(content).hexdigest())


@get("/static/{name:path}", sync_to_thread=False, include_in_schema=False, audience=PUBLIC, uncounted=True)
def static_file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """A file of the screen. With the digest of its content in the address it never changes."""
    found = files().get(name.lstrip("/"))
    if found is None:
        raise NotFoundException
    tag = f'"{found.digest[:32]}"'
    version = str(request.query_params.get("v", ""))
    fresh = bool(version) and found.digest.startswith(version)
    headers = {"ETag": tag, "Cache-Control": FOR_EVER if fresh else "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers, media_type=found.kind)
    return Response(found.content, headers=headers, media_type=found.kind)
