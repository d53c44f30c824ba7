"""The door: the bytes of a file to manifests."""

from __future__ import annotations

import msgspec

from liaison.formats.edifact import Message, messages, split
from liaison.formats.edifact.splitting import Interchange
from liaison.formats.manifests.joining import join
from liaison.formats.manifests.model import Manifest
from liaison.formats.manifests.paxlst import Paxlst
from liaison.formats.manifests.pnrgov import Pnrgov
from liaison.model.errors import BadInput, UnusableFile

MESSAGES: dict[str, type[Paxlst] | type[Pnrgov]] = {"PAXLST": Paxlst, "PNRGOV": Pnrgov}

MOST_MESSAGES = 10_000  # of one file


def read(data: bytes, file: str = "") -> list[Manifest]:
    """A manifest for each message of a file, its parts put together. What is doubtful stands in the last, or its own.

    Raises UnusableFile where the file holds no message of passengers, BadInput where it is larger or has
    more messages than are read.
    """
    return join(read_parts(data, file))


def read_parts(data: bytes, file: str = "") -> list[Manifest]:
    """A manifest for each message as it stands, for who joins the parts of several files."""
    interchange = split(data)
    found: list[tuple[Message, Manifest | None]] = []
    for message in messages(interchange):
        if len(found) == MOST_MESSAGES:
            raise BadInput(f"the file holds over {MOST_MESSAGES:,} messages", hint="send it in several files")
        found.append((message, _manifest(interchange, message)))
    made = [(message, manifest) for message, manifest in found if manifest is not None]
    if not made:
        types = ", ".join(sorted({repr(message.type) for message, _ in found})) or "none"
        raise UnusableFile(
            f"there is no PAXLST or PNRGOV message in it; messages: {types[:200]}",
            hint="send what the carrier sends of its passengers: PAXLST or PNRGOV",
        )
    return _with_doubts(interchange, made, file)


def _manifest(interchange: Interchange, message: Message) -> Manifest | None:
    reader = MESSAGES.get(message.type)
    if reader is None:
        interchange.doubts.add(
            message.first, f"the message is {message.type!r}, not PAXLST or PNRGOV, and was not read"
        )
        return None
    return reader(interchange, message).read()


def _with_doubts(interchange: Interchange, made: list[tuple[Message, Manifest]], file: str) -> list[Manifest]:
    """Each doubt goes to the message in which, or before whose end, it stands; the rest to the last."""
    left = list(interchange.placed())
    manifests = []
    for number, (message, manifest) in enumerate(made, start=1):
        last = number == len(made)
        own = [doubt for doubt in left if last or 0 < doubt.segment <= message.stop + 1]
        left = [] if last else [doubt for doubt in left if not 0 < doubt.segment <= message.stop + 1]
        doubts = tuple(msgspec.structs.replace(doubt, file=file) for doubt in own)
        manifests.append(msgspec.structs.replace(manifest, doubts=doubts, file=file))
    return manifests
