"""The invented messages of tests/formats/data, and bodies in parts made of them."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parents[1] / "data" / "cameras"
BOUNDARY = "invented-boundary"
FORM = f'multipart/form-data; boundary="{BOUNDARY}"'
JPEG = b"\xff\xd8\xff\xdb" + bytes(range(256)) + b"\r\n\r\n--x\r\n" + b"\xff\xd9"


def sample(name: str) -> bytes:
    """One message."""
    return (DATA / name).read_bytes()


def samples() -> list[str]:
    """The names of all messages."""
    return sorted(path.name for path in DATA.iterdir() if path.suffix != ".md")


def form(*parts: tuple[str, str, bytes], end: bytes = b"\r\n", boundary: str = BOUNDARY) -> bytes:
    """A body in parts: name, media type and content of each."""
    body = b""
    for name, media, content in parts:
        head = f'Content-Disposition: form-data; name="{name}"; filename="{name}"'.encode()
        kind = b"Content-Type: " + media.encode() if media else b""
        body += (
            b"--" + boundary.encode() + end + head + end + (kind + end if kind else b"") + end + content + end
        )
    return body + b"--" + boundary.encode() + b"--" + end
