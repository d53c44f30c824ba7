"""Interchanges of UN/EDIFACT (ISO 9735), as carriers really send them. Pure: bytes in, segments and doubts out.

`split` cuts an interchange into segments; `messages` finds what is in it and holds it against its own counts. What
cannot be relied on is a `Doubt` with its place; BadInput is raised where there is nothing to read at all.

| module | what it is for |
|---|---|
| `doubts` | what a reader is not sure of, and where it stands |
| `charsets` | bytes to text |
| `separators` | which characters separate, whatever was announced |
| `splitting` | text to segments, elements and components |
| `envelope` | interchanges, groups, messages and parts; their counts |
"""

from liaison.formats.edifact.doubts import Doubt, Doubts
from liaison.formats.edifact.envelope import Header, Message, Part, headers, messages
from liaison.formats.edifact.separators import Separators
from liaison.formats.edifact.splitting import Interchange, split

__all__ = [
    "Doubt",
    "Doubts",
    "Header",
    "Interchange",
    "Message",
    "Part",
    "Separators",
    "headers",
    "messages",
    "split",
]
