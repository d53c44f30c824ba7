"""Tables of drones, boats and teams: which may send, where they are now, and people in need whom they saw.

A place stands here until it is stale, and in no backup. Of people in need there is a count, a place, a time and a need:
no table of this program says who they are.
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

from liaison.storage.tables.base import Moment, metadata

AUTHORITY = Table(  # who signs the certificates of clients and of the listener: the node itself
    "sensor_authorities",
    metadata,
    Column("id", Text, primary_key=True),
    Column("made", Moment, nullable=False),
    Column("certificate", LargeBinary, nullable=False),  # PEM
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # its private key
)
FEEDS = Table(
    "sensor_feeds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("unit", Text, nullable=False),  # that operates it
    Column("authority", Text, nullable=False),
    Column("assessment", Text, nullable=False),
    Column("person", Text, nullable=False),  # who registered it
    Column("registered", Moment, nullable=False),
    Column("starts", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("ended", Moment),
    Column("secret", LargeBinary, nullable=False),  # SHA-256 of it
    Column("certificate", LargeBinary),  # SHA-256 of the client's certificate; none until one is made
    Column("certified", Moment),
    CheckConstraint("kind IN ('drone', 'boat', 'team')", name="sensor_kind"),
    CheckConstraint("until > starts", name="sensor_until"),
    Index("ix_sensor_feeds_secret", "secret", unique=True),
    Index("ix_sensor_feeds_certificate", "certificate", unique=True),
)
TALLIES = Table(  # of a feed on a day
    "sensor_tallies",
    metadata,
    Column("feed_id", Text, ForeignKey(FEEDS.c.id), primary_key=True),
    Column("day", Text, primary_key=True),
    Column("tracks", Integer, nullable=False),
    Column("people", Integer, nullable=False),  # sightings of people in need, again and again
    Column("ignored", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("broken", Integer, nullable=False),  # of these
    Column("large", Integer, nullable=False),
    Column("stale", Integer, nullable=False),
    Column("clock", Integer, nullable=False),
    Column("identity", Integer, nullable=False),
    Column("flood", Integer, nullable=False),
)
TRACKS = Table(  # the last place of each thing, until it is stale
    "sensor_tracks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("feed_id", Text, ForeignKey(FEEDS.c.id), nullable=False),
    Column("uid", Text, nullable=False),  # the sender's name for it
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("callsign", Text, nullable=False),  # of craft and vehicles
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("accuracy", Float),
    Column("height", Float),
    Column("course", Float),
    Column("speed", Float),
    Column("distress", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Column("received", Moment, nullable=False),
    Column("until", Moment, nullable=False),  # when it is stale
    Index("ix_sensor_tracks_feed", "feed_id", "uid", unique=True),
    Index("ix_sensor_tracks_until", "until"),
    info={"copied": False},  # in no backup: what is gone in an hour would stay in it
)
PATROLS = Table(  # how long somebody looked at a square of the earth in an hour; not who
    "sensor_patrols",
    metadata,
    Column("hour", BigInteger, primary_key=True),  # since 1970
    Column("north", Integer, primary_key=True),  # hundredths of a degree
    Column("east", Integer, primary_key=True),
    Column("seconds", Integer, nullable=False),
    info={"copied": False},
)
CONTACTS = Table(  # who is told of people in need
    "rescue_contacts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("reached", Text, nullable=False),  # a radio channel or a post
    Column("named", Moment, nullable=False),
    Column("named_by", Text, nullable=False),
    Column("ended", Moment),
    CheckConstraint("role IN ('rescue', 'safeguarding')", name="contact_role"),
    Index("ix_rescue_contacts_person", "person"),
)
IN_NEED = (
    Table(  # people who were seen and need help: how many, where, when and what; there is no column for who
        "people_in_need",
        metadata,
        Column("id", Text, primary_key=True),
        Column("number", Integer, nullable=False, unique=True),  # by which it is named on the radio
        Column("feed_id", Text, ForeignKey(FEEDS.c.id)),  # none where a person entered it
        Column("uid", Text, nullable=False),  # the sender's name for the sighting; empty for none
        Column("person", Text),  # who entered it; none where a feed sent it
        Column("people", Integer, nullable=False),
        Column("needs", Text, nullable=False),  # words parted by blanks
        Column("latitude", Float, nullable=False),
        Column("longitude", Float, nullable=False),
        Column("accuracy", Float),
        Column("at", Moment, nullable=False),
        Column("last", Moment, nullable=False),  # they were last seen
        Column("received", Moment, nullable=False),
        Column("told", Integer, nullable=False),  # contacts
        Column("widened", Moment),  # when others were told as well
        Column("taken", Moment),
        Column("taken_by", Text),
        Column("under_way", Moment),
        Column("ended", Moment),
        Column("ended_by", Text),
        Column("helped", Integer),
        CheckConstraint("people > 0", name="in_need_count"),
        CheckConstraint("(taken IS NULL) = (taken_by IS NULL)", name="in_need_taken"),
        CheckConstraint("(ended IS NULL) = (helped IS NULL)", name="in_need_ended"),
        Index("ix_people_in_need_feed", "feed_id", "uid"),
        Index("ix_people_in_need_ended", "ended"),
    )
)
