"""Passengers as the engine takes them, all in one go; and by their documents alone. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from liaison.formats.manifests import people
from liaison.formats.manifests.model import Passenger
from liaison.matching.columns import People, Strings, country_code

LIST = "passengers"
SEXES = {"M": 1, "F": 2, "X": 3}


def by_name(passengers: Sequence[Passenger]) -> People:
    """Those who have a name, with their documents. Ids are places in the list, from 1."""
    columns = people.columns(passengers)
    count = len(columns.passenger)
    return People(
        ids=Strings.of(str(place + 1) for place in columns.passenger),
        person=np.array(columns.person, np.int32),
        given=Strings.of(columns.given),
        surname=Strings.of(columns.surname),
        full=Strings.empty(len(columns.person)),
        dob=np.array(columns.born, np.int32),
        dob_alt=np.zeros(count, np.int32),
        sex=np.array([SEXES.get(sex, 0) for sex in columns.sex], np.uint8),
        nationality=np.array([country_code(code) if code else 0 for code in columns.nationality], np.uint16),
        nationality_alt=np.zeros(count, np.uint16),
        documents=Strings.of(columns.documents),
        document_person=np.array(columns.document_person, np.int32),
        source=np.zeros(count, np.uint16),
        lists=(LIST,),
    )


def by_document(passengers: Sequence[Passenger]) -> People:
    """Those who have documents, by these alone: many words of a name that a record lacks would else weigh as much as
    the number that it has, and who has no name would not be looked up at all."""
    places = [place for place, one in enumerate(passengers) if one.documents]
    count, papers = len(places), [passengers[place].documents for place in places]
    return People(
        ids=Strings.of(str(place + 1) for place in places),
        person=np.arange(count, dtype=np.int32),
        given=Strings.empty(count),
        surname=Strings.empty(count),
        full=Strings.empty(count),
        dob=np.zeros(count, np.int32),
        dob_alt=np.zeros(count, np.int32),
        sex=np.zeros(count, np.uint8),
        nationality=np.zeros(count, np.uint16),
        nationality_alt=np.zeros(count, np.uint16),
        documents=Strings.of(paper.number for own in papers for paper in own),
        document_person=np.repeat(np.arange(count, dtype=np.int32), [len(own) for own in papers]),
        source=np.zeros(count, np.uint16),
        lists=(LIST,),
    )


def fields(passengers: Sequence[Passenger]) -> frozenset[str]:
    """The fields that a manifest is searched by."""
    used = set()
    for one in passengers:
        used |= {"name"} if one.names else set()
        used |= {"document"} if one.documents else set()
        used |= {"born"} if one.born else set()
        used |= {"sex"} if one.sex else set()
        used |= {"nationality"} if one.nationality else set()
        if len(used) == 5:
            break
    return frozenset(used)


def origins(passengers: Sequence[Passenger]) -> Counter[str]:
    """How many of which nationality are asked about; an empty one where none is said."""
    return Counter(one.nationality for one in passengers)
