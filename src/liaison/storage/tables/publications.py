"""Tables of what is published to partners, and of what they send in: ids, codes and times in clear, content sealed."""

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
    UniqueConstraint,
)

from liaison.storage.tables.base import Moment, metadata
from liaison.storage.tables.holdings import HOLDINGS
from liaison.storage.tables.officers import ACCOUNTS
from liaison.storage.tables.partners import PARTNERS

COLLECTIONS = Table(  # what partners of one agreement or sharing group read together
    "collections",
    metadata,
    Column("id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("writable", Boolean, nullable=False),
    Column("assessment", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("made", Moment, nullable=False),
    Column("last", Moment, nullable=False),  # when its newest object was added
)
COLLECTION_PARTNERS = Table(
    "collection_partners",
    metadata,
    Column("collection", Text, ForeignKey(COLLECTIONS.c.id), primary_key=True),
    Column("partner", Text, ForeignKey(PARTNERS.c.id), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("by", Text, nullable=False),
)
COLLECTION_READERS = Table(  # accounts of partners' programs
    "collection_readers",
    metadata,
    Column("collection", Text, ForeignKey(COLLECTIONS.c.id), primary_key=True),
    Column("account", Text, ForeignKey(ACCOUNTS.c.id), primary_key=True),
    Column("partner", Text, ForeignKey(PARTNERS.c.id), nullable=False),
    Column("since", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Index("ix_collection_readers_account", "account"),
)
INTAKE = Table(  # what partners sent, for a desk officer to decide on
    "intake",
    metadata,
    Column("id", Text, primary_key=True),
    Column("collection", Text, ForeignKey(COLLECTIONS.c.id), nullable=False),
    Column("partner", Text, ForeignKey(PARTNERS.c.id), nullable=False),
    Column("account", Text, ForeignKey(ACCOUNTS.c.id), nullable=False),
    Column("form", Text, nullable=False),
    Column("event", Text),  # the UUID of an event of MISP
    Column("number", BigInteger),  # by which MISP knows it
    Column("state", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("received", Moment, nullable=False),
    Column("decided", Moment),
    Column("decided_by", Text),
    CheckConstraint("form IN ('stix', 'misp', 'sighting')", name="form_known"),
    CheckConstraint("state IN ('waiting', 'accepted', 'refused', 'taken back')", name="state_known"),
    CheckConstraint("(state = 'waiting') = (decided IS NULL)", name="decided_once"),
    Index("ix_intake_state", "state", "received"),
    Index("ix_intake_account", "account", "event"),
)
PUBLICATIONS = Table(  # of a record of this node's, or of what was accepted from a partner
    "publications",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),  # by which MISP knows it
    Column("collection", Text, ForeignKey(COLLECTIONS.c.id), nullable=False),
    Column("holding", Text, ForeignKey(HOLDINGS.c.id)),
    Column("holding_version", Integer),
    Column("intake", Text, ForeignKey(INTAKE.c.id)),
    Column("forms", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("handling", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("key", BigInteger),
    Column("sealed", LargeBinary),
    Column("by", Text, nullable=False),
    Column("made", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    CheckConstraint("state IN ('published', 'withdrawn')", name="state_known"),
    CheckConstraint("(holding IS NULL) <> (intake IS NULL)", name="one_source"),
    CheckConstraint("(state = 'withdrawn') = (sealed IS NULL)", name="withdrawn_without_content"),
    CheckConstraint("(sealed IS NULL) = (key IS NULL)", name="sealed_with_key"),
    Index("ix_publications_collection", "collection", "state"),
    Index("ix_publications_holding", "holding"),
)
PUBLICATION_PARTNERS = Table(  # for whom it was decided
    "publication_partners",
    metadata,
    Column("publication", Text, ForeignKey(PUBLICATIONS.c.id), primary_key=True),
    Column("partner", Text, ForeignKey(PARTNERS.c.id), primary_key=True),
    Column("decided", Moment, nullable=False),
)
PUBLISHED_OBJECTS = Table(  # versions of STIX objects in the order in which they were added
    "published_objects",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("collection", Text, ForeignKey(COLLECTIONS.c.id), nullable=False),
    Column("publication", Text, ForeignKey(PUBLICATIONS.c.id)),  # none: what others rest on
    Column("object", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("spec", Text, nullable=False),
    Column("version", Moment, nullable=False),
    Column("added", Moment, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    UniqueConstraint("collection", "publication", "object", "version"),
    Index("ix_published_objects_collection", "collection", "seq"),
    Index("ix_published_objects_object", "collection", "object"),
)
