"""What plate cameras and their programs send. Pure: a content type and bytes in, reads and doubts out.

`read` tells the format by the message itself and returns a `Reads`: every read as it was sent, doubts with their
places, rows that were refused, and why a message without a read has none. BadInput is raised for what is no message
of a known format. A plate is never folded, corrected or put in capitals here; `Read.capitals` offers the last.

| module | what it is for |
|---|---|
| `model` | reads as they were understood |
| `multipart`, `opening` | bytes to documents and pictures, bounded in size, parts and depth |
| `recognising` | which format a document is |
| `plain` | our own JSON: one read, a list of them, one a line |
| `openalpr`, `plate_recognizer`, `hikvision`, `frigate`, `blue_iris` | what these send |
| `gathering` | what all of them share: plates, candidates, boxes |
| `reading` | the door |
"""

from liaison.formats.cameras.model import Box, Candidate, Format, Picture, Read, Reads, Vehicle
from liaison.formats.cameras.reading import read, recognise

__all__ = ["Box", "Candidate", "Format", "Picture", "Read", "Reads", "Vehicle", "read", "recognise"]
