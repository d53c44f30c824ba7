"""What a node does about its own sets by itself, the holder's half: epochs begin and end, sets are made, renewed."""

from __future__ import annotations

import liaison.crosscheck.holder.giving
import liaison.crosscheck.holder.serving  # noqa: F401  so that questions are answered
from liaison.crosscheck.holder import changing, making, processes
from liaison.office import Office
from liaison.transport.means import Means

EVERY = 60.0  # seconds between two looks


def run(office: Office, means: Means) -> None:
    """One round, to be called again and again; cheap when nothing is due. It returns early where the node stops."""
    making.run(office, means)
    changing.run(office, means)


def stop(office: Office) -> None:
    """The node stops: what is being made is left where it is, and the processes that hold keys end."""
    processes.stop(office)
