"""A record as a set takes it: a light twin of `model.holding.Version`, read in a tenth of the time.

It has what `rules` decides by, and what keys are made of: texts as they were kept, since every value was checked and
put into its one form when the record was written. Whatever decides of a record is never left to a default here: a
record without its list, end, handling or subject is not read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import msgspec

from liaison.crosscheck.likeness.matchkeys import MOST_DATES, MOST_NAMES, Known, MatchKey, made_of
from liaison.crosscheck.likeness.shares import Shares
from liaison.crosscheck.likeness.things import document_keys, thing_keys
from liaison.crosscheck.likeness.words import placed
from liaison.holdings.modelled import parsed
from liaison.model.categories import Category
from liaison.model.handling import HandlingCode
from liaison.model.subjects import Account, Organisation, Phone, Vehicle


class LightName(msgspec.Struct, gc=False):
    """A name."""

    given: str = ""
    surname: str = ""
    full: str = ""


class LightDocument(msgspec.Struct, gc=False, tag_field="kind", tag="document"):
    """A document, also a person's."""

    number: str
    issuer: str = ""


class LightPerson(msgspec.Struct, gc=False, tag_field="kind", tag="person"):
    """A person."""

    names: list[LightName] = []
    born: list[str] = []
    birthplace: str = ""
    documents: list[LightDocument] = []


LightThing = LightDocument | Vehicle | Phone | Account | Organisation
LightSubject = LightPerson | LightThing


class LightInvolvement(msgspec.Struct, gc=False):
    """In what capacity somebody stands."""

    category: Category


class LightHandling(msgspec.Struct, gc=False):
    """How it may be used."""

    codes: list[HandlingCode]


class LightHolding(msgspec.Struct, gc=False):
    """A record."""

    list_name: str
    subject: LightSubject
    handling: LightHandling
    retention_until: dt.date
    involvement: LightInvolvement | None = None

    @property
    def category(self) -> Category | None:
        """In what capacity the person stands; None for a thing of which it was not said."""
        return self.involvement.category if self.involvement else None


class LightVersion(msgspec.Struct, gc=False):
    """A version."""

    holding: LightHolding


DECODER = msgspec.json.Decoder(LightVersion, dec_hook=parsed)


def known(subject: LightSubject) -> Known | None:
    """A person as keys are made of; None for a thing."""
    if not isinstance(subject, LightPerson):
        return None
    names = [(name.given, name.surname, name.full) for name in subject.names[:MOST_NAMES]]
    return Known(tuple(names), tuple(subject.born[:MOST_DATES]), placed(subject.birthplace))


def texts(subject: LightSubject) -> Iterator[tuple[str, str]]:
    """(family, text) of the keys of a thing, or of a person's documents."""
    things: Sequence[LightThing] = subject.documents if isinstance(subject, LightPerson) else (subject,)
    for thing in things:
        if isinstance(thing, LightDocument):
            yield from document_keys(thing.number, thing.issuer)
        else:
            yield from thing_keys(thing)


def keys_of(subject: LightSubject, shares: Shares) -> list[MatchKey]:
    """What `matchkeys.of_record` gives for the model's subject. Only for what `rules.unpublished` lets through."""
    return made_of(texts(subject), known(subject), shares)
