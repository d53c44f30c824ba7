"""A record read lightly, as a set takes it: the same keys and the same counts as of the record itself, and no default
for what the rules decide by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
import pytest

from liaison.crosscheck.holder.light import DECODER, LightHolding, keys_of, known
from liaison.crosscheck.likeness.matchkeys import Known, of_record, survey
from liaison.crosscheck.likeness.shares import Shares
from liaison.holdings.shelves import ENCODER
from liaison.model.categories import OfficerId
from liaison.model.dates import PartialDate
from liaison.model.holding import Change, Holding, Version
from liaison.model.identifiers import Country, DocumentNumber
from liaison.model.subjects import AnySubject, Document, Name, NameKind, Person, Sex
from tests.crosscheck.likeness.test_things import CASES
from tests.screening.conftest import crowd
from tests.screening.node import holding

PAPERS = (
    Document(number=DocumentNumber("AB12"), issuer=Country("ALB"), expires=PartialDate("2030-01")),
    Document(number=DocumentNumber("K 1234-567")),
)
PEOPLE = (
    Person(
        names=(Name(full="李 小龍"), Name(given="Bruce", surname="Lee", kind=NameKind.ALIAS)),
        born=(PartialDate("1940"),),
    ),
    Person(
        names=(Name(given="Përparim  Agim", surname="Çollaku-Këpuska"),), sex=Sex.MALE, documents=PAPERS,
        born=(PartialDate("1984-01-01"), PartialDate("1985-02"), PartialDate("1984-12-03"), PartialDate("1900")),
        birthplace="Αθήνα",
    ),
    Person(names=tuple(Name(full=f"Nobody Number {chr(65 + n) * 5}") for n in range(20))),
    Person(documents=PAPERS),
)  # fmt: skip


def read(said: Holding) -> LightHolding:
    return DECODER.decode(written(said)).holding


def written(said: Holding) -> bytes:
    change = Change(what="imported", by=OfficerId("o"), at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    return ENCODER.encode(Version(holding=said, change=change))


def about(subject: AnySubject) -> Holding:
    return msgspec.structs.replace(holding(crowd()[0]), subject=subject)


def every() -> Sequence[AnySubject]:
    return [*PEOPLE, *(subject for subject, _ in CASES), *(holding(row).subject for row in crowd())]


def test_keys_and_counts_are_those_of_the_record_itself() -> None:
    whole, counted = survey(every()), Shares()
    made = 0
    for subject in every():
        light = read(about(subject)).subject
        person = known(light)
        assert person == (Known.of(subject) if isinstance(subject, Person) else None)
        if person is not None:
            counted.count(person.names, person.dates, person.place)
        keys = keys_of(light, whole)
        assert keys == of_record(subject, whole)
        made += len(keys)
    assert counted == whole
    assert made > 3 * len(crowd())


@pytest.mark.parametrize("field", ["list_name", "subject", "handling", "retention_until"])
def test_a_record_that_does_not_say_what_the_rules_decide_by_is_not_read(field: str) -> None:
    said = msgspec.json.decode(written(about(PEOPLE[0])))
    del said["holding"][field]
    with pytest.raises(msgspec.ValidationError, match=field):
        DECODER.decode(msgspec.json.encode(said))
