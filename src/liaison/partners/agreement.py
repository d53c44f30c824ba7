"""What two agencies agreed: one document that both identity keys sign, and how it is negotiated and renewed.

The document names both keys, so that it binds those two and nobody else, and a number that only grows, so that an
older one can never come back in the place of a newer one. It says on which legal gateway the link stands (Directive
(EU) 2016/680, articles 35 to 38) and until when; what one side thinks of the other is not in it (see directory.py).
"""

from __future__ import annotations

import datetime as dt
from enum import Enum
from hashlib import sha256

import msgspec

from liaison.ledger import ed25519
from liaison.ledger.keys import Signer, parse_vkey
from liaison.model import canonical
from liaison.model.categories import Category
from liaison.model.errors import BadInput, BadNote
from liaison.model.grounds import Purpose, offence
from liaison.model.handling import Handling
from liaison.model.structs import Value
from liaison.partners.cards import LANGUAGE, WORD, Card, packed, require_words, unpacked

CONTEXT = b"liaison pairing v1\n"
FILE = b"liaison agreement v1\n"
LONGEST = 65_536  # bytes
LONGEST_REFERENCE = 400  # signs
LARGEST_QUOTA = 1_000_000  # subjects a day
LONGEST_KEPT = 36_525  # days
MOST_EXCHANGES = 40
LARGEST_POINTS = 100_000_000  # of one epoch
LONGEST_EPOCH = 90  # days
CROSSCHECK, STANDING_CROSSCHECK, DECONFLICTION = "crosscheck", "standing-crosscheck", "deconfliction"
CROSSCHECKS = (
    CROSSCHECK,
    STANDING_CROSSCHECK,
    DECONFLICTION,
)  # kinds of exchange that compare and supply nothing
COMPARED = frozenset(
    {Category.SUSPECT, Category.CONVICTED, Category.CONTACT}
)  # and nobody else, ever (rule L04)
HINT = "correct the proposal, or ask the partner to"


class GatewayKind(Enum):
    """On what ground information may go to the other side."""

    WITHIN = "within"  # the same law holds there
    ADEQUACY = "adequacy"  # article 36
    SAFEGUARDS = "safeguards"  # article 37
    SPECIAL = "special"  # article 38: case by case, with reasons of its own


class Gateway(Value, frozen=True, kw_only=True):
    """The legal gateway: its kind, the decision or treaty, and when it ends; only `within` may have no end."""

    kind: GatewayKind
    reference: str
    expires: dt.datetime | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < len(self.reference) <= LONGEST_REFERENCE:
            raise BadInput("the gateway names no decision or treaty", field="reference", hint="cite it")
        if self.expires is None and self.kind is not GatewayKind.WITHIN:
            raise BadInput("this gateway has no end", field="expires", hint="say until when it holds")
        if self.expires is not None and self.expires.tzinfo is None:
            raise BadInput("the time has no zone", field="expires", hint="times are in UTC")


class Cap(Value, frozen=True, kw_only=True):
    """The most days for which the recipient keeps a record; of one category, or of every other."""

    days: int
    category: Category | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.days <= LONGEST_KEPT:
            raise BadInput(f"{self.days} days cannot be a cap", field="days", hint="1 to 36525")


class Comparison(Value, frozen=True, kw_only=True):
    """How the two may cross-check privately. Raises BadInput.

    `points` are those that each side may have evaluated in an epoch of `epoch_days`, `case_points` those for one case;
    `categories` of people and whether `things` are in the sets; `changes` where a set is kept up within its epoch, so
    that whoever asked before may hold the same question against what came since; `standing_days` the longest standing
    cross-check, 0 for none. Above `countersigned_above` subjects one of `authorities` (vkeys) signs the question.
    """

    points: int = 100_000
    case_points: int = 80_000
    epoch_days: int = 30
    categories: tuple[Category, ...] = (Category.SUSPECT, Category.CONVICTED)
    things: bool = True
    changes: bool = False
    standing_days: int = 0
    countersigned_above: int = LARGEST_QUOTA
    authorities: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        named = tuple(each for each in Category if each in self.categories)
        msgspec.structs.force_setattr(self, "categories", named)
        msgspec.structs.force_setattr(self, "authorities", tuple(sorted({*self.authorities})))
        if not 1 <= self.case_points <= self.points <= LARGEST_POINTS:
            hint = f"1 to {LARGEST_POINTS}, and no more for a case than for an epoch"
            raise BadInput("a number of points is out of range", field="points", hint=hint)
        if not 1 <= self.epoch_days <= LONGEST_EPOCH or not 0 <= self.standing_days <= LONGEST_KEPT:
            raise BadInput(
                "a number of days is out of range", field="epoch_days", hint="1 to 90 for an epoch"
            )
        if self.standing_days and not self.changes:
            hint = "let changes be published, or allow no standing cross-checks"
            raise BadInput("a standing cross-check needs changes", field="standing_days", hint=hint)
        barred = [each.value for each in self.categories if each not in COMPARED]
        if barred or not (self.categories or self.things):
            told = f"{barred[0]} is never" if barred else "nothing is"
            raise BadInput(f"{told} compared", field="categories", hint="suspect, convicted or contact")
        for vkey in self.authorities:
            parse_vkey(vkey)
        if self.countersigned_above < LARGEST_QUOTA and not self.authorities:
            raise BadInput("nobody is named who countersigns", field="authorities", hint="name their vkeys")


class Agreement(Value, frozen=True, kw_only=True):
    """What may pass between two nodes. `parties` are their identity keys (vkeys) in order.

    `exchanges` are the kinds of exchange by name; `quota` the subjects that each may ask the other about in a day;
    `handling` what holds where the originator says nothing more; `capabilities` and `version` what both can do;
    `crosscheck` how they may cross-check privately, if at all.
    Lists are kept in order and each word once. Raises BadInput.
    """

    federation: str
    parties: tuple[str, str]
    number: int
    purposes: tuple[Purpose, ...]
    offences: tuple[str, ...]
    exchanges: tuple[str, ...]
    gateway: Gateway
    quota: int
    handling: Handling
    languages: tuple[str, ...]
    caps: tuple[Cap, ...]
    capabilities: tuple[str, ...] = ()
    version: int = 1
    made: dt.datetime
    crosscheck: Comparison | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("offences", "exchanges", "capabilities", "languages"):
            msgspec.structs.force_setattr(self, name, tuple(sorted({*getattr(self, name)})))
        named = tuple(each for each in Purpose if each in self.purposes)
        msgspec.structs.force_setattr(self, "purposes", named)
        first, second = (parse_vkey(each) for each in self.parties)
        if not first.name < second.name:
            raise BadInput("the two parties are not in order", field="parties", hint=HINT)
        if self.number < 1 or self.version < 1 or not 1 <= self.quota <= LARGEST_QUOTA:
            raise BadInput("a number or the quota is out of range", field="quota", hint=HINT)
        if not (self.purposes and self.exchanges) or len(self.exchanges) > MOST_EXCHANGES:
            raise BadInput("no purpose or no kind of exchange is named", field="purposes", hint=HINT)
        for code in self.offences:
            offence(code)
        require_words("exchanges", self.exchanges, WORD)
        require_words("capabilities", self.capabilities, WORD)
        require_words("languages", self.languages, LANGUAGE)
        if {*self.exchanges} & {*CROSSCHECKS} and self.crosscheck is None:
            raise BadInput("how to cross-check is not said", field="crosscheck", hint=HINT)
        categories = [cap.category for cap in self.caps]
        if not self.languages or None not in categories or len({*categories}) != len(categories):
            raise BadInput("the caps name no general one, or one twice", field="caps", hint=HINT)
        if self.made.tzinfo is None:
            raise BadInput("the time has no zone", field="made", hint="times are in UTC")

    @property
    def content(self) -> bytes:
        """Its canonical bytes."""
        return canonical.encode(self)

    @property
    def digest(self) -> str:
        """SHA-256 of its canonical bytes, in hex."""
        return sha256(self.content).hexdigest()

    @property
    def origins(self) -> tuple[str, str]:
        """The names of the two nodes, in order."""
        first, second = (parse_vkey(each).name for each in self.parties)
        return first, second

    def cap(self, category: Category | None) -> int:
        """The most days for which a record of this category is kept."""
        days = {each.category: each.days for each in self.caps}
        return days.get(category, days[None])

    def open_at(self, now: dt.datetime) -> bool:
        """Whether its gateway is open at this time."""
        return self.gateway.expires is None or now < self.gateway.expires


class SignedAgreement(msgspec.Struct, frozen=True):
    """An agreement and who signed it: signatures by the name of the node."""

    agreement: Agreement
    signatures: dict[str, bytes]

    @property
    def complete(self) -> bool:
        """Whether both signed."""
        return {*self.signatures} == {*self.agreement.origins}

    @property
    def text(self) -> str:
        """The agreement as a file: what it is, the canonical form, a line for each signature."""
        lines = [f"{name} {packed(given)}\n" for name, given in sorted(self.signatures.items())]
        return f"{(FILE + self.agreement.content).decode()}\n{''.join(lines)}"


def signed_bytes(agreement: Agreement) -> bytes:
    """What each side signs, after the context: the two identity keys, the federation and the agreement's digest."""
    told = {
        "agreement": agreement.digest,
        "federation": agreement.federation,
        "parties": list(agreement.parties),
    }
    return canonical.encode(told)


def sign_agreement(agreement: Agreement, identity: Signer) -> bytes:
    """One side's signature. Raises ValueError for a key that is none of the two."""
    if identity.verifier.vkey not in agreement.parties:
        raise ValueError("an agreement is signed by its parties")
    return identity.sign_apart(CONTEXT, signed_bytes(agreement))


def read_agreement(text: str | bytes) -> SignedAgreement:
    """The agreement of a file, each signature checked. Raises BadInput, BadNote for a signature that does not fit."""
    written = text.encode() if isinstance(text, str) else text
    if len(written) > LONGEST or not written.startswith(FILE):
        raise BadInput("this is no agreement", hint="give the file that `liaison partner propose` wrote")
    content, *lines = written.removeprefix(FILE).removesuffix(b"\n").split(b"\n")
    agreement = canonical.decode(content, Agreement)
    given: dict[str, bytes] = {}
    for line in lines:
        name, _, signature = line.decode("ascii", "replace").partition(" ")
        if name in given:
            raise BadInput("one side signed twice", hint=HINT)
        given[name] = unpacked(signature)
    return checked_agreement(agreement, given)


def checked_agreement(agreement: Agreement, signatures: dict[str, bytes]) -> SignedAgreement:
    """The agreement with signatures that fit its parties' keys. Raises BadNote."""
    keys = {parse_vkey(each).name: parse_vkey(each).public for each in agreement.parties}
    for name, signature in signatures.items():
        if name not in keys or not ed25519.verify(
            ed25519.public_key(keys[name]), signature, CONTEXT + signed_bytes(agreement)
        ):
            raise BadNote("a signature does not fit the agreement", hint="ask the partner to sign it again")
    return SignedAgreement(agreement, signatures)


def negotiated(mine: Card, theirs: Card) -> tuple[tuple[str, ...], int]:
    """The capabilities that both have, and the highest version that both speak. Raises BadInput where there is none."""
    shared = {*mine.versions} & {*theirs.versions}
    if not shared:
        raise BadInput(
            "the two nodes speak no version in common",
            field="versions",
            hint="bring the older one up to date",
        )
    return tuple(each for each in mine.capabilities if each in theirs.capabilities), max(shared)


def require_not_downgraded(former: Agreement | None, capabilities: tuple[str, ...], version: int) -> None:
    """Raises BadInput where less would hold than what both signed before: it is never negotiated down."""
    if former is None:
        return
    lost = sorted({*former.capabilities} - {*capabilities})
    if lost or version < former.version:
        told = f"without {', '.join(lost)}" if lost else f"with version {version} after {former.version}"
        raise BadInput(
            f"this would be a downgrade: {told}",
            field="capabilities",
            hint="what was agreed stays: revoke the partner and pair anew where it truly has to go",
        )
