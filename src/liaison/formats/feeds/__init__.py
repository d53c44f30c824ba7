"""What the formats of cameras and of tracks share. Pure: no network, no clock.

| module | what it is for |
|---|---|
| `doubts` | what a reader is not sure of, and where it stands |
| `values` | texts, numbers and times of messages, each held against its bounds |
| `markup` | XML without document types, entities or depth |
"""

from liaison.formats.feeds.doubts import Doubt, Doubts
from liaison.formats.feeds.values import Moment

__all__ = ["Doubt", "Doubts", "Moment"]
