"""Who is on a flight, as carriers say it: PAXLST (advance passenger data) and PNRGOV (bookings) in one model. Pure.

`read` takes the bytes of a file and returns a `Manifest` for each message, with every doubt at its place; `join` puts
the parts of one message together. Of a booking only what identifies a traveller is taken; what the Directive on
passenger name records forbids to process (EU 2016/681, article 13(4)) is dropped where it is met, and counted.

| module | what it is for |
|---|---|
| `model` | manifests, flights, passengers, documents |
| `reading` | the door: bytes to manifests |
| `paxlst`, `pnrgov` | the two messages; `bookings` and `requests` for the parts of a booking |
| `building` | what both readers share |
| `joining` | parts put together, passengers who came twice |
| `rows` | manifests of rows that another reader has cut |
| `people` | passengers as the engine takes them |
| `writing` | messages of a manifest |
| `rules` | what is doubtful of a manifest on a given day |
| `dates`, `flights`, `names`, `countries` | the values |
"""

from liaison.formats.manifests.joining import join
from liaison.formats.manifests.model import (
    Flight,
    Kind,
    Leg,
    Manifest,
    Passenger,
    Role,
    TravelDocument,
    Travelled,
)
from liaison.formats.manifests.reading import read
from liaison.formats.manifests.rules import doubts_on

__all__ = [
    "Flight",
    "Kind",
    "Leg",
    "Manifest",
    "Passenger",
    "Role",
    "TravelDocument",
    "Travelled",
    "doubts_on",
    "join",
    "read",
]
