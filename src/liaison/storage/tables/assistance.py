"""Tables of requests between agencies: their subjects, answers, clocks, convictions and templates.

Whom a request is about, what was found and what anyone wrote stand in sealed columns. What is in clear names partners,
officers, codes, counts and times.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from liaison.storage.tables.base import Moment, metadata

REQUESTS = Table(
    "assistance_requests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("side", Text, nullable=False),
    Column("partner", Text, nullable=False),  # its origin; empty in a draft that names none
    Column("thread", Text, nullable=False),  # the id that the asking side gave
    Column("exchange", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("offence", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("case_id", Text, nullable=False),  # of ours; empty for one that was received
    Column("grounds_id", Text, nullable=False),
    Column(
        "person", Text, nullable=False
    ),  # who drafted it, or at whose desk it is; empty before it is taken on
    Column("authorised_by", Text, nullable=False),
    Column("approval_id", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("subjects", Integer, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("parts_there", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("copied", Boolean, nullable=False),  # to the own single point of contact
    Column("exception", Text, nullable=False),
    Column("centre", Text, nullable=False),
    Column("made", Moment, nullable=False),
    Column("sent", Moment),
    Column("received", Moment),  # when the clock began, by the clock of the side that is asked
    Column("first_answer", Moment),
    Column("answered", Moment),
    Column("ended", Moment),
    Column("due", Moment),  # of the open subject that is due first; none while the clock stands still
    Column("clock_from", Moment),  # from where the share that is left is counted
    Column("stage", Text, nullable=False),  # the last that was told
    Column("late", Boolean, nullable=False),  # whether anything of it was answered after it was due
    Column("outcome", Text, nullable=False),
    Column("retention", Moment, nullable=False),
    Column("forgotten", Moment),  # when its keys were destroyed
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the opening
    CheckConstraint("side IN ('asked', 'received')", name="request_side"),
    CheckConstraint(
        "state IN ('draft', 'submitted', 'not authorised', 'authorised', 'sent', 'arriving', 'received', "
        "'triaged', 'answering', 'answered', 'withdrawn', 'returned', 'closed')",
        name="request_state",
    ),
    CheckConstraint("copied <> (exception <> '') OR state = 'draft'", name="request_copied"),
    Index("ix_assistance_requests_thread", "partner", "side", "thread", unique=True),
    Index("ix_assistance_requests_due", "side", "state", "due"),
    Index("ix_assistance_requests_case", "case_id"),
    Index("ix_assistance_requests_made", "side", "made"),
)
PARTS = Table(
    "assistance_parts",
    metadata,
    Column("request_id", Text, ForeignKey(REQUESTS.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("subjects", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("letter", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
SUBJECTS = Table(
    "assistance_subjects",
    metadata,
    Column("request_id", Text, ForeignKey(REQUESTS.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("access", Text, nullable=False),  # empty before it is sorted
    Column("hits", Integer, nullable=False),
    Column("confirmed", Moment),  # when a person found the first hit to be the subject
    Column("ground", Text, nullable=False),
    Column("order", Text, nullable=False),  # the reference of a judicial authorisation
    Column("answered", Moment),
    Column("answered_by", Text, nullable=False),
    Column("batch", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the entry
    Column("found", LargeBinary),  # what the check found, under the same key
    CheckConstraint(
        "state IN ('waiting', 'prepared', 'hit', 'full', 'partial', 'nothing held', 'refused', 'withdrawn')",
        name="subject_state",
    ),
    CheckConstraint("access IN ('', 'direct', 'obtainable', 'authority')", name="subject_access"),
    CheckConstraint("(state = 'refused') = (ground <> '')", name="subject_ground"),
    CheckConstraint(
        "(state IN ('full', 'partial', 'nothing held', 'refused')) = (answered_by <> '')",
        name="subject_answered_by_somebody",
    ),
    Index("ix_assistance_subjects_state", "request_id", "state", "number"),
)
SUPPLIED = Table(  # what was supplied on a subject
    "assistance_supplied",
    metadata,
    Column("request_id", Text, ForeignKey(REQUESTS.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("holding_id", Text, nullable=False),  # of ours; empty where we received it
    Column("at", Moment, nullable=False),
    Index("ix_assistance_supplied_item", "item"),
)
EVENTS = Table(  # what happened to a request, in order, without what anybody wrote
    "assistance_events",
    metadata,
    Column("request_id", Text, ForeignKey(REQUESTS.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("what", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("subjects", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("entry", BigInteger, nullable=False),
)
TALKS = Table(  # questions back and their answers
    "assistance_talks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("request_id", Text, ForeignKey(REQUESTS.c.id), nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked", Moment, nullable=False),
    Column("given", Moment),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the question
    Column("answer", LargeBinary),  # under the same key
    Index("ix_assistance_talks_request", "request_id"),
)
PAUSES = Table(
    "assistance_pauses",
    metadata,
    Column("id", Text, primary_key=True),
    Column("request_id", Text, ForeignKey(REQUESTS.c.id), nullable=False),
    Column("access", Text, nullable=False),  # the class of subjects whose clock stands; empty: all
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),  # the article, and the reference of the step taken
    Column("person", Text, nullable=False),
    Column("began", Moment, nullable=False),
    Column("ended", Moment),
    Index("ix_assistance_pauses_request", "request_id"),
)
LISTS = Table(  # files and pasted lists that subjects of a draft came from
    "assistance_lists",
    metadata,
    Column("request_id", Text, ForeignKey(REQUESTS.c.id), primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("first", Integer, nullable=False),  # the place of its first subject, less one
    Column("subjects", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("bad_rows", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # its name, and what was wrong with it
)
COPIES = Table(
    "assistance_copies",
    metadata,
    Column("id", Text, primary_key=True),
    Column("request_id", Text, nullable=False),  # ours; empty for a copy that we were sent
    Column("partner", Text, nullable=False),  # to whom, or from whom
    Column("asked", Text, nullable=False),  # whom the request went to
    Column("thread", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("subjects", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("retention", Moment),  # of one that we were sent; ours are kept as long as the request
    Column("forgotten", Moment),  # when its key was destroyed
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    CheckConstraint("role IN ('contact point', 'coordination centre')", name="copy_role"),
    CheckConstraint("(side = 'received') = (retention IS NOT NULL)", name="copy_retention"),
    Index("ix_assistance_copies_thread", "partner", "thread"),
    Index("ix_assistance_copies_request", "request_id"),
    Index("ix_assistance_copies_retention", "retention"),
)
CONTACTS = Table(
    "assistance_contacts",
    metadata,
    Column("role", Text, primary_key=True),
    Column("partner", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("role IN ('contact point', 'coordination centre')", name="contact_role"),
)
CONVICTIONS = Table(  # the register of one's own courts, and the notices sent and received
    "assistance_convictions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("side", Text, nullable=False),
    Column("partner", Text, nullable=False),
    Column("notice", Text, nullable=False),  # the convicting state's id of it
    Column("request_id", Text, nullable=False),  # empty for one that nobody asked for
    Column("country", Text, nullable=False),
    Column("nationality", Text, nullable=False),  # codes
    Column("offences", Text, nullable=False),  # codes
    Column("final", Date, nullable=False),
    Column("confiscation", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Column("retention", Moment, nullable=False),
    Column("forgotten", Moment),
    Column("digest", LargeBinary, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    CheckConstraint("side IN ('own', 'sent', 'received')", name="conviction_side"),
    Index("ix_assistance_convictions_notice", "side", "partner", "notice", unique=True),
    Index("ix_assistance_convictions_request", "request_id"),
)
SPONTANEOUS = Table(
    "assistance_spontaneous",
    metadata,
    Column("id", Text, primary_key=True),
    Column("side", Text, nullable=False),
    Column("partner", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("offence", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("items", Text, nullable=False),  # ids
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    CheckConstraint("side IN ('sent', 'received')", name="spontaneous_side"),
    Index("ix_assistance_spontaneous_thread", "partner", "side", "thread", unique=True),
)
TEMPLATES = Table(
    "assistance_templates",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
DESK = Table(  # where the desk works: its zone, holidays and nationality
    "assistance_desk",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
