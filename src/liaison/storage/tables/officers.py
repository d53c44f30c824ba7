"""Tables of people: accounts, what they sign in with, sessions, approvals, broken glasses and notices.

What says who somebody is stands sealed under the person's own key. Names to sign in with, e-mail addresses and
subjects of other services are kept as keyed digests (`lookup` columns), so that they can be found and not read.
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
    UniqueConstraint,
)

from liaison.model.roles import Role
from liaison.storage.tables.base import Moment, metadata, one_of

# the values of the enums in officers/states.py, which this layer does not import
STATES = {
    "account": ("invited", "active", "ended"),
    "method": ("password", "passkey", "oidc"),
    "approval": ("asked", "approved", "refused", "expired", "used"),
    "glass": ("open", "ended", "reviewed"),
}


SECRETS = Table(
    "officer_secrets",
    metadata,
    Column("purpose", Text, primary_key=True),
    Column("key", BigInteger, nullable=False),
)
PEOPLE = Table(
    "people",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("mail_lookup", Text, index=True),
    Column("safeguards", Boolean, nullable=False),
    Column("created", Moment, nullable=False),
)
TRAININGS = Table(
    "trainings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, ForeignKey("people.id"), nullable=False, index=True),
    Column("course", Text, nullable=False),
    Column("until", Moment, nullable=False),
    Column("recorded", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("withdrawn", Moment),
)
ACCOUNTS = Table(
    "accounts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, ForeignKey("people.id"), nullable=False, index=True),
    Column("lookup", Text, nullable=False, unique=True),
    Column("lookalike", Text, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("password", Text),
    Column("state", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("signed_in", Moment),
    Column("language", Text, nullable=False),
    Column("theme", Text, nullable=False),
    Column("shortcuts", Boolean, nullable=False),
    one_of("state", STATES["account"]),
    CheckConstraint("theme IN ('auto', 'light', 'dark')", name="theme_is_known"),
)
ACCOUNT_ROLES = Table(
    "account_roles",
    metadata,
    Column("account", Text, ForeignKey("accounts.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    one_of("role", (role.value for role in Role)),
)
PASSKEYS = Table(
    "passkeys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("credential", Text, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("uses", BigInteger, nullable=False),
    Column("label", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("used", Moment),
    Column("removed", Moment),
)
TAKEN_CHALLENGES = Table(
    "taken_challenges",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("expires", Moment, nullable=False, index=True),
)
LINKS = Table(
    "account_links",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("issuer", Text, nullable=False),
    Column("subject_lookup", Text, nullable=False),
    Column("created", Moment, nullable=False),
    UniqueConstraint("issuer", "subject_lookup"),
)
SESSIONS = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("method", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("ended", Moment),
    one_of("method", STATES["method"]),
)
TOKENS = Table(
    "api_tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("used", Moment),
    Column("revoked", Moment),
)
INVITATIONS = Table(
    "invitations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("made_by", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("used", Moment),
)
ATTEMPTS = Table(
    "attempts",
    metadata,
    Column("bucket", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last", Moment, nullable=False, index=True),
    Column("free", Moment, nullable=False),
    CheckConstraint("failures >= 0", name="failures_count_from_zero"),
)
APPROVALS = Table(
    "approvals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("about", LargeBinary, nullable=False),
    Column("case", Text, nullable=False, index=True),
    Column("cap", Integer, nullable=False),
    Column("spent", Integer, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("asked_by", Text, ForeignKey("people.id"), nullable=False, index=True),
    Column("gains", Text, nullable=False, index=True),  # whom it would give something, or nobody
    Column("asked", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("decided_by", Text, ForeignKey("people.id")),
    Column("decided_as", Text, nullable=False),
    Column("decided", Moment),
    Column("reason", LargeBinary),
    Column("used", Moment),
    one_of("state", STATES["approval"]),
    CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="four_eyes"),
    CheckConstraint("decided_by IS NULL OR decided_by <> gains", name="no_gain"),
    CheckConstraint("cap >= 0 AND spent >= 0 AND spent <= cap", name="spent_within_cap"),
)
GLASSES = Table(
    "broken_glasses",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, ForeignKey("people.id"), nullable=False, index=True),
    Column("object_kind", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("review_by", Moment, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("reviewer", Text, ForeignKey("people.id")),
    Column("reviewed", Moment),
    Column("finding", LargeBinary),
    one_of("state", STATES["glass"]),
    CheckConstraint("reviewer IS NULL OR reviewer <> person", name="four_eyes"),
    CheckConstraint(
        "(state = 'reviewed') = (reviewer IS NOT NULL AND finding IS NOT NULL)", name="reviewed_with_finding"
    ),
    Index(None, "person", "object"),
)
NOTICES = Table(
    "notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, index=True),
    Column("role", Text, index=True),
    Column("kind", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("(person IS NULL) <> (role IS NULL)", name="to_one"),
)
NOTICE_READS = Table(
    "notice_reads",
    metadata,
    Column("notice", Text, ForeignKey("notices.id"), primary_key=True),
    Column("person", Text, primary_key=True),
    Column("at", Moment, nullable=False),
)
