"""Tables of supply: what left and to whom, what came and under what, what became of it, and who has not complied.

What an item says stands in sealed columns alone, under a key of its own that a recall destroys. What is in clear names
nodes, codes, cases, officers and times.
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

from liaison.storage.tables.base import Moment, metadata, one_of

# the values of the enums in supply/items.py, documents.py and rules.py, which this layer does not import
ITEM_STATES = ("held", "restricted", "recalled", "erased", "expired")
NOTICES_OF = ("recall", "erase", "correct", "restrict", "unrestrict")
PERMISSION_STATES = ("asked", "granted", "refused", "expired", "void")


SUPPLIED = Table(  # our own items, as they stand now
    "supply_supplied",
    metadata,
    Column("id", Text, primary_key=True),
    Column("holding", Text, nullable=False),
    Column("version", Integer, nullable=False),  # of the record
    Column("record_state", Text, nullable=False),  # of the record, when it was last told
    Column("revision", Integer, nullable=False),
    Column("number", Integer, nullable=False),  # of the last notice
    Column("state", Text, nullable=False),
    Column("handling", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("offence", Text, nullable=False),
    Column("request", Text, nullable=False),  # empty where it was not asked for
    Column("person", Text, nullable=False),  # who sent it
    Column("made", Moment, nullable=False),
    Column("retention", Moment, nullable=False),
    Column("digest", Text, nullable=False),  # of the signed item
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary),  # the signed item; nothing once it is over
    Column("entry", BigInteger, nullable=False),
    one_of("state", ITEM_STATES),
    Index("ix_supply_supplied_holding", "holding"),
    Index("ix_supply_supplied_request", "request"),
    Index("ix_supply_supplied_made", "made", "id"),
)
HELD = Table(  # items of others
    "supply_held",
    metadata,
    Column("id", Text, primary_key=True),
    Column("originator", Text, nullable=False),
    Column("vouched", Boolean, nullable=False),  # its card was never compared here: the sender vouches for it
    Column("kind", Text, nullable=False),  # of the subject
    Column("category", Text),
    Column("handling", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("offence", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("ended", Text),  # recall or erase
    Column("corrected", Integer, nullable=False),  # numbers of the last notices
    Column("contested", Integer, nullable=False),
    Column("restricted", Boolean, nullable=False),
    Column("request", Text, nullable=False),
    Column("received", Moment, nullable=False),
    Column("retention", Moment, nullable=False),
    Column("review", Moment, nullable=False),
    Column("digest", Text, nullable=False),  # of the signed item as it stands
    Column("key", BigInteger),
    Column("sealed", LargeBinary),
    Column("entry", BigInteger, nullable=False),
    Column("holding", Text),  # the record that was made of it
    Column("taken_by", Text),  # who had it made
    one_of("state", ITEM_STATES),
    Index("ix_supply_held_holding", "holding"),
    Index("ix_supply_held_request", "request"),
    Index("ix_supply_held_received", "received", "id"),
    Index("ix_supply_held_retention", "retention"),
)
PATHS = Table(  # how an item came here: once for each node that sent it
    "supply_paths",
    metadata,
    Column("item", Text, primary_key=True),
    Column("sender", Text, primary_key=True),
    Column("chain", Text, nullable=False),  # origins, the originator first, this node's sender last
    Column("received", Moment, nullable=False),
    Column("entry", BigInteger, nullable=False),  # of the ledger, before that of the letter that brought it
    Column("forgotten", Boolean, nullable=False),  # that letter, once the item is over
    Column("consent", Text, nullable=False),  # the token, which names no person
    Column("urgent", Boolean, nullable=False),
)
LINKS = Table(  # the cases whose people may read it
    "supply_links",
    metadata,
    Column("item", Text, primary_key=True),
    Column("case_id", Text, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Index("ix_supply_links_case", "case_id"),
)
# who has an item from here: own items and those of others; also what others told of theirs
RECIPIENTS = Table(
    "supply_recipients",
    metadata,
    Column("item", Text, primary_key=True),
    Column("recipient", Text, primary_key=True),
    Column("via", Text, primary_key=True),  # who gave it to them; empty for this node
    Column("chain", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("forgotten", Boolean, nullable=False),  # the letter that carried it, once the item is over
    Column("person", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("entry", BigInteger, nullable=False),
    Column("consent", Text, nullable=False),
    Column("key", BigInteger),
    Column("sealed", LargeBinary),  # the reasons, where it could not wait for consent
    one_of("how", ("sent", "passed", "urgent")),
    Index("ix_supply_recipients_recipient", "recipient", "at"),
)
NOTICES = Table(  # of our own items, and of others' that were received
    "supply_notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("item", Text, nullable=False),
    Column("originator", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("made", Moment, nullable=False),
    Column("person", Text, nullable=False),  # who called it back; empty for another's
    Column("document", Text, nullable=False),  # signed; it names no person
    Column("chain", Text, nullable=False),  # how it came here; empty for our own
    Column("taken", Moment, nullable=False),
    Column("held", Boolean, nullable=False),  # whether its item was here when it came
    Column("done", Moment),  # when all that it asks for was done here
    Column("outcome", Text, nullable=False),
    Column("replacing", Boolean, nullable=False),
    Column("key", BigInteger),
    Column("sealed", LargeBinary),  # the corrected item, until it has gone to everybody
    Column("entry", BigInteger, nullable=False),
    one_of("kind", NOTICES_OF),
    Index("ix_supply_notices_item", "item", "originator", "number", unique=True),
    Index("ix_supply_notices_made", "made", "id"),
    Index("ix_supply_notices_open", "done"),
)
WAYS = Table(  # the chains along which a notice came, each of which is owed a confirmation
    "supply_ways",
    metadata,
    Column("notice", Text, ForeignKey(NOTICES.c.id), primary_key=True),
    Column("chain", Text, primary_key=True),
    Column("confirmed", Moment),
    Column("document", Text, nullable=False),  # the confirmation, the same bytes whenever it is sent
)
COMPLIANCE = Table(
    "supply_compliance",
    metadata,
    Column("notice", Text, ForeignKey(NOTICES.c.id), primary_key=True),
    Column("node", Text, primary_key=True),
    Column("chain", Text, nullable=False),  # down to the node
    Column("since", Moment, nullable=False),
    Column("chased", Moment),
    Column("again", Moment, nullable=False),  # when it is asked the next time
    Column("told", Moment),  # the supervisors, last
    Column("ended", Moment),  # when a person gave up asking
    Column("ended_by", Text),
    Column("confirmed", Moment),
    Column("outcome", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("entry", BigInteger),
    Index("ix_supply_compliance_open", "confirmed", "since"),
)
PERMISSIONS = Table(
    "supply_permissions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("out", Boolean, nullable=False),  # asked by us
    Column("item", Text, nullable=False),
    Column("partner", Text, nullable=False),  # whom we asked, or who asks
    Column("lifts", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked", Moment, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("due", Moment, nullable=False),
    Column("decided", Moment),
    Column("decided_by", Text, nullable=False),
    Column("expires", Moment),
    Column("token", Text, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # why it is asked for
    Column("answer", LargeBinary),  # why it was answered so, under the same key
    Column("entry", BigInteger, nullable=False),
    one_of("state", PERMISSION_STATES),
    CheckConstraint("(state = 'granted') <= (token <> '')", name="granted_by_token"),
    Index("ix_supply_permissions_item", "item"),
    Index("ix_supply_permissions_asked", "asked", "id"),
)
OUTCOMES = Table(
    "supply_outcomes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("out", Boolean, nullable=False),
    Column("item", Text, nullable=False),
    Column("partner", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("handling", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("person", Text, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("entry", BigInteger, nullable=False),
    Index("ix_supply_outcomes_item", "item"),
    Index("ix_supply_outcomes_at", "at", "id"),
)
REASONS = (
    Table(  # what was written before something left: an assurance, why it could not wait, protection sought
        "supply_reasons",
        metadata,
        Column("id", Text, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("partner", Text, nullable=False),
        Column("about", Text, nullable=False),  # an offence's code, an item or a record
        Column("person", Text, nullable=False),
        Column("roles", Text, nullable=False),
        Column("at", Moment, nullable=False),
        Column("key", BigInteger, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
        Column("entry", BigInteger, nullable=False),
        one_of("kind", ("assurance", "urgency", "protection", "origin")),
        Index("ix_supply_reasons_about", "kind", "partner", "about", "at"),
    )
)
KEYS_DUE = Table(  # keys that are to be destroyed once the change that made them useless is durable
    "supply_keys_due",
    metadata,
    Column("key", BigInteger, primary_key=True),
    Column("item", Text, nullable=False),
)
