"""Tables of sightings: which cameras may read where and until when, what they met, and for a day where marks passed.

No registration mark stands here in clear. What was met is sealed under the key of its alert; whatever is on no list is
a pseudonym under a key of its hour, which is destroyed a day later (laws L18 and L29).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from liaison.storage.tables import screening
from liaison.storage.tables.base import Moment, metadata

FEEDS = Table(  # systems that send reads, each with a secret of its own
    "camera_feeds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("case_id", Text, ForeignKey(screening.CASES.c.id), nullable=False),
    Column("made", Moment, nullable=False),
    Column("ended", Moment),
    Column("secret", LargeBinary, nullable=False),  # SHA-256 of it
    Index("ix_camera_feeds_secret", "secret", unique=True),
)
CAMERAS = Table(
    "cameras",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),  # what passages name it by
    Column("feed_id", Text, ForeignKey(FEEDS.c.id), nullable=False),
    Column("code", Text, nullable=False),  # as the feed names it
    Column("name", Text, nullable=False),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("bearing", Integer),  # degrees from north of the way that vehicles go; none for both ways
    Column("country", Text, nullable=False),  # whose marks pass there, as a rule; empty for any
    Column("covert", Boolean, nullable=False),  # without signs
    Column("authority", Text, nullable=False),
    Column("assessment", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("case_id", Text, ForeignKey(screening.CASES.c.id), nullable=False),
    Column("grounds_id", Text, ForeignKey(screening.GROUNDS.c.id), nullable=False),
    Column("registered", Moment, nullable=False),
    Column("starts", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("ended", Moment),  # by a person, before its time, or by the law
    Column("unmatched_hours", Integer, nullable=False),
    Column("quiet_seconds", Integer, nullable=False),  # in which one mark and entry make one alert
    Column("clock_seconds", Integer, nullable=False),  # by which its clock may be wrong
    Column("offset_minutes", Integer, nullable=False),  # of its clock from UTC, where a read does not say it
    CheckConstraint("until > starts", name="camera_until"),
    CheckConstraint("unmatched_hours BETWEEN 0 AND 24", name="camera_unmatched"),
    Index("ix_cameras_feed", "feed_id", "code"),
    Index("ix_cameras_case", "case_id"),
)
SIGHTINGS = Table(  # a wanted vehicle at a camera
    "sightings",
    metadata,
    Column("alert_id", Text, ForeignKey(screening.ALERTS.c.id), primary_key=True),
    Column("camera_id", Text, ForeignKey(CAMERAS.c.id), nullable=False),
    Column("case_id", Text, ForeignKey(screening.CASES.c.id), nullable=False),
    Column("holding_id", Text, nullable=False),
    Column("likeness", Text, nullable=False),
    Column("at", Moment, nullable=False),  # by the camera's clock
    Column("received", Moment, nullable=False),
    Column("last", Moment, nullable=False),  # the last read that this one stands for
    Column("reads", Integer, nullable=False),  # that it stands for
    Column("sealed", LargeBinary, nullable=False),  # reading, candidates, picture; under the key of the alert
    CheckConstraint("likeness IN ('exact', 'class', 'possible')", name="sighting_likeness"),
    Index("ix_sightings_camera", "camera_id", "at"),
    Index("ix_sightings_case", "case_id", "at"),
    Index("ix_sightings_quiet", "camera_id", "holding_id", "last"),
    Index("ix_sightings_holding", "holding_id", "at"),
)
FOLLOWINGS = Table(  # one vehicle that was asked after; a check holds the question
    "followings",
    metadata,
    Column("check_id", Text, ForeignKey(screening.CHECKS.c.id), primary_key=True),
    Column("case_id", Text, ForeignKey(screening.CASES.c.id), nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("cameras", Integer, nullable=False),  # that were asked
    Column("stops", Integer, nullable=False),
    Column("approval_id", Text, nullable=False),  # empty where none is needed
    Column("sealed", LargeBinary, nullable=False),  # where it was; under the key of the check
    CheckConstraint("until > since", name="following_until"),
    Index("ix_followings_case", "case_id"),
)
TALLIES = Table(  # of a camera on a day
    "camera_tallies",
    metadata,
    Column("camera_id", Text, ForeignKey(CAMERAS.c.id), primary_key=True),
    Column("day", Text, primary_key=True),
    Column("reads", Integer, nullable=False),
    Column("met", Integer, nullable=False),
    Column("repeated", Integer, nullable=False),  # within the quiet time of an alert
    Column("refused", Integer, nullable=False),
    Column("clock", Integer, nullable=False),  # of these, for a time that cannot be
    Column("flood", Integer, nullable=False),  # of these, for being too many
)
PASSAGES = Table(  # in PostgreSQL a partition for each day, dropped whole
    "passages",
    metadata,
    Column("mark", LargeBinary, nullable=False),  # pseudonym
    Column("at", Moment, nullable=False),
    Column("camera", Integer, nullable=False),
    Index("ix_passages_mark", "mark", "at"),
    Index("ix_passages_camera", "camera", "at"),
    postgresql_partition_by="RANGE (at)",
    info={"copied": False},  # in no backup: what is gone in a day would stay in it
)
HOURS = Table(  # the key of the pseudonyms of an hour
    "passage_hours",
    metadata,
    Column("hour", BigInteger, primary_key=True),  # since 1970
    Column("key", BigInteger, nullable=False),
)
