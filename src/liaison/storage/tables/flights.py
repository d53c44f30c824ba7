"""Tables of flights: what carriers reported of each, sealed, whose alerts came of it, and which flights are watched.

Nobody on board stands in clear. A manifest is two sealed pieces, each under a key of its own: how people travel, and
who they are; the second key is destroyed first (Directive (EU) 2016/681, article 12). A passenger has a row only where
there is an alert on them, and a piece of their own only where it was confirmed.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from liaison.storage.tables import screening
from liaison.storage.tables.base import Moment, metadata

FLIGHTS = Table(
    "flights",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, ForeignKey(screening.CASES.c.id), nullable=False),
    Column("carrier", Text, nullable=False),
    Column("number", Text, nullable=False),  # without leading zeros
    Column("suffix", Text, nullable=False),
    Column(
        "day", Text, nullable=False
    ),  # of departure, by the airport's clock: 2026-03-04; empty where not said
    Column("origin", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("departs", Text, nullable=False),
    Column("arrives", Text, nullable=False),
    Column("cancelled", Moment),  # when a message said so
    Column("reported", Moment, nullable=False),  # the last time
    Index("ix_flights_case", "case_id", "carrier", "number", "suffix", "day", unique=True),
    Index("ix_flights_day", "day"),
)
MANIFESTS = Table(
    "flight_manifests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("flight_id", Text, ForeignKey(FLIGHTS.c.id), nullable=False),
    Column("case_id", Text, ForeignKey(screening.CASES.c.id), nullable=False),
    Column("person", Text, nullable=False),
    Column("grounds_id", Text, ForeignKey(screening.GROUNDS.c.id), nullable=False),
    Column("taken", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    Column("message", Boolean, nullable=False),  # a carrier's own; else a table
    Column(
        "report", Text, nullable=False
    ),  # the same for all that came of one message: a keyed digest, or the id
    Column("digests", Text, nullable=False),  # keyed, of each part, in order
    Column("people", Integer, nullable=False),
    Column("doubts", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("ended", Moment),  # when the check was over
    Column("done", Integer, nullable=False),  # names looked up
    Column("total", Integer, nullable=False),
    Column("approval_id", Text, nullable=False),  # empty where none is needed
    Column("check_id", Text, nullable=False),  # empty until it was checked
    Column("masked", Moment),
    Column("gone", Moment),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary),  # how people travel; nothing once it is gone
    Column("who_key", BigInteger, nullable=False),
    Column("who", LargeBinary),  # who they are; nothing once the key was destroyed
    CheckConstraint("state IN ('waiting', 'running', 'checked', 'kept', 'failed')", name="manifest_state"),
    CheckConstraint("gone IS NULL OR masked IS NOT NULL", name="manifest_masked_before_gone"),
    Index("ix_flight_manifests_flight", "flight_id", "taken"),
    Index("ix_flight_manifests_taken", "taken"),
)
PASSENGERS = Table(  # those of whom there is an alert
    "flight_passengers",
    metadata,
    Column("alert_id", Text, ForeignKey(screening.ALERTS.c.id), primary_key=True),
    Column("manifest_id", Text, ForeignKey(MANIFESTS.c.id), nullable=False),
    Column("place", Integer, nullable=False),  # in the manifest, from 0
    Column(
        "reported", Boolean, nullable=False
    ),  # the record reports their document as lost, stolen or invalid
    Column(
        "old_key", BigInteger, nullable=False
    ),  # of the alert before it was masked, to be destroyed; else 0
    Column("key", BigInteger, nullable=False),  # 0 where nothing was carried over
    Column("sealed", LargeBinary),  # who it is, where the alert was confirmed before the manifest was masked
    Index("ix_flight_passengers_manifest", "manifest_id", "place"),
)
WATCHES = Table(
    "flight_watches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("case_id", Text, ForeignKey(screening.CASES.c.id), nullable=False),
    Column("grounds_id", Text, ForeignKey(screening.GROUNDS.c.id), nullable=False),
    Column("carrier", Text, nullable=False),  # with the number, or empty
    Column("number", Text, nullable=False),
    Column("suffix", Text, nullable=False),
    Column("origin", Text, nullable=False),  # of a route, or empty
    Column("destination", Text, nullable=False),
    Column("asked", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("ended", Moment),  # by a person, before its time
    CheckConstraint("until > asked", name="watch_until"),
    CheckConstraint("(carrier = '') = (number = '')", name="watch_flight"),
    CheckConstraint("carrier <> '' OR origin <> '' OR destination <> ''", name="watch_something"),
    Index("ix_flight_watches_person", "person"),
    Index("ix_flight_watches_until", "until"),
)
MET = Table(  # that a watch was told of a flight, once
    "flight_watches_met",
    metadata,
    Column("watch_id", Text, ForeignKey(WATCHES.c.id), primary_key=True),
    Column("flight_id", Text, ForeignKey(FLIGHTS.c.id), primary_key=True),
    Column("at", Moment, nullable=False),
)
