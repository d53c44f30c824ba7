"""The originator's permission for one further use, as a token that sender and receiver both verify (L11, L12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from liaison import policy
from liaison.model.errors import BadInput
from liaison.model.grounds import Purpose
from liaison.model.handling import HandlingCode
from liaison.model.structs import Value
from liaison.supply.signing import Type, opened, signed

LIFTABLE = (HandlingCode.H1, HandlingCode.H2, HandlingCode.H3)


class ConsentToken(Value, frozen=True, kw_only=True):
    """That `holder` may give one item to `recipient` (a node's origin, or a court by its name), for one purpose.

    `lifts` are the codes that do not stand against it: H1 for a court, H2 for passing on, H3 where the originator's
    own words would. Raises BadInput.
    """

    federation: str
    id: str
    originator: str
    item: str
    holder: str
    recipient: str
    lifts: tuple[HandlingCode, ...]
    purpose: Purpose
    made: dt.datetime
    expires: dt.datetime

    def __post_init__(self) -> None:
        super().__post_init__()
        for field in ("federation", "id", "originator", "item", "holder", "recipient"):
            if not getattr(self, field):
                raise BadInput(f"the {field} is empty", field=field, hint="ask the originator for it")
        if not self.lifts or [*self.lifts] != [code for code in LIFTABLE if code in self.lifts]:
            raise BadInput("it lifts nothing, or H0", field="lifts", hint="name H1, H2 or H3, in order")
        if self.made.tzinfo is None or self.expires.tzinfo is None or self.expires <= self.made:
            raise BadInput("it ends before it begins", field="expires", hint="ask the originator for it")


def sign_token(token: ConsentToken, key: Ed25519PrivateKey) -> str:
    """The token as the originator signs it."""
    return signed(Type.CONSENT, token, key)


def read_token(text: str, keys: Mapping[str, Ed25519PublicKey]) -> ConsentToken:
    """The token that one of the originator's keys signed. Raises BadInput, BadNote."""
    return opened(Type.CONSENT, text, ConsentToken, keys)


def consent(
    token: ConsentToken, item: str, holder: str, recipient: str, needed: frozenset[HandlingCode]
) -> policy.Consent | None:
    """What the token permits, for policy.Context; None where it is for another item, hand or recipient, or lifts less.

    Purpose and expiry are judged by the policy.
    """
    fits = (token.item, token.holder, token.recipient) == (item, holder, recipient)
    if not fits or not needed <= {*token.lifts}:
        return None
    return policy.Consent(recipient=token.recipient, purpose=token.purpose, expires=token.expires)
