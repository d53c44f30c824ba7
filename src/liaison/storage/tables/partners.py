"""Tables of partners: who they are, their cards, what was agreed with them; and this node's own cards.

Cards and agreements are kept as the bytes that were signed. Nothing here says anything of a person but who, by id,
took each step at this node; a partner's point of contact stands sealed.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from liaison.storage.tables.base import Moment, metadata, one_of

# the values of the enums in partners/rules.py, which this layer does not import
STATES = {
    "partner": ("proposed", "active", "revoked"),
    "card": ("current", "retired", "revoked"),
    "agreement": ("proposed", "in force", "replaced", "withdrawn"),
}


PARTNERS = Table(
    "partners",
    metadata,
    Column("id", Text, primary_key=True),
    Column("origin", Text, nullable=False, unique=True),
    Column("vkey", Text, nullable=False),  # the identity key: it never changes
    Column("name", Text, nullable=False),  # what people here call it
    Column("state", Text, nullable=False),
    Column("capital", Boolean, nullable=False),  # this node's own view of it, which is told to nobody
    Column("state_of_origin", Boolean, nullable=False),
    Column("key", BigInteger),
    Column("sealed", LargeBinary),  # its point of contact
    Column("created", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    one_of("state", STATES["partner"]),
)
PARTNER_CARDS = Table(
    "partner_cards",
    metadata,
    Column("id", Text, primary_key=True),
    Column("partner", Text, ForeignKey("partners.id"), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),  # the bytes that were signed
    Column("signature", LargeBinary, nullable=False),
    Column("document_key", Text, nullable=False),  # key ids
    Column("channel_key", Text, nullable=False),
    Column("seal_key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("last_urgent", BigInteger),  # the last letter in each lane that counts under this card
    Column("last_ordinary", BigInteger),
    Column("taken", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    one_of("state", STATES["card"]),
    UniqueConstraint("partner", "generation"),
    Index("ix_partner_cards_document_key", "document_key"),
    Index("ix_partner_cards_channel_key", "channel_key"),
)
AGREEMENTS = Table(
    "partner_agreements",
    metadata,
    Column("id", Text, primary_key=True),
    Column("partner", Text, ForeignKey("partners.id"), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("ours", LargeBinary),  # signatures
    Column("theirs", LargeBinary),
    Column("state", Text, nullable=False),
    Column("expires", Moment),
    Column("warned", Moment),  # when the supervisors were told that it ends
    Column("made", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    one_of("state", STATES["agreement"]),
    UniqueConstraint("partner", "digest"),
    Index("ix_partner_agreements_partner_state", "partner", "state"),
)
OWN_CARDS = Table(
    "own_cards",
    metadata,
    Column("generation", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("document_key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("made", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    one_of("state", STATES["card"]),
)
