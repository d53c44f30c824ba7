"""From a question to the records that match it, each with its two sides and its reasons; nothing is kept here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from liaison.matching.columns import People, Strings
from liaison.matching.dates import BIT
from liaison.matching.index import Index
from liaison.matching.search import Hits, Limits, search
from liaison.matching.weights import default_least
from liaison.model.subjects import Person
from liaison.screening.asked import people_of, simple
from liaison.screening.content import Asked, Shown, Why
from liaison.screening.identity import record_key, subject_key
from liaison.screening.leads import Lead, Side, lead
from liaison.screening.records import Live
from liaison.screening.service import require_lists

MILLIONTHS = 1_000_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that matches. The digests say whether a pair is the same as one that was cleared before."""

    holding: str
    list: str  # empty for a thing, until its record is read
    score: int  # 1/10,000 bit
    subject: Shown
    record: Shown
    reasons: tuple[Why, ...]
    chance: int  # millionths
    subject_digest: bytes
    record_digest: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """Every record that matches, strongest first, and the score that was asked for in 1/10,000 bit."""

    hits: tuple[Hit, ...]
    least: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """How pairs are known again: by digests under `salt`. Somebody without a document number is the same person as
    before only in the same case, of which there is one for all or one for each who is asked about."""

    salt: bytes
    cases: tuple[str, ...]

    def scoped(self, people: People) -> People:
        """The people with their cases for ids, which identity.subject_key takes in where there is no document."""
        cases = self.cases * len(people) if len(self.cases) == 1 else self.cases
        return replace(people, ids=Strings.of(cases))


def find_person(live: Live, person: Person, asked: Asked, pairs: Pairs) -> Found:
    """The records that match one person. Raises BadSetting for a list that is not there."""
    index = live.index
    least = default_least(len(index)) if asked.least is None else asked.least
    limits = limits_of(asked)
    require_lists(index, limits)
    if _nobody(live, person, limits, least):
        return Found((), least)
    people = people_of([person], ["1"])
    return Found(tuple(hits_of(index, people, search(index, people, limits), pairs)), least)


def find_apart(live: Live, person: Person, asked: Asked, pairs: Pairs) -> Found:
    """The records that match a person, and those of their documents whatever the name: many words of a name that a
    record lacks would else weigh as much as the number that it has. Raises BadSetting for a list that is not there."""
    found = find_person(live, person, asked, pairs)
    if not person.names or not person.documents:
        return found
    alone = find_person(live, Person(documents=person.documents), asked, pairs)
    known = {hit.holding for hit in found.hits}
    missed = [hit for hit in alone.hits if hit.holding not in known]
    if not missed:
        return found
    people = people_of([person], ["1"])
    own = bytes.fromhex(subject_key(pairs.scoped(people), 0, pairs.salt))
    side = Shown(id="1", name=str(person.names[0]))
    added = [replace(hit, subject=side, subject_digest=own) for hit in missed]
    return Found(tuple(sorted((*found.hits, *added), key=lambda hit: -hit.score)), found.least)


def limits_of(asked: Asked, threads: int = 1) -> Limits:
    """The limits of a question as the matching takes them."""
    least = None if asked.least is None else asked.least / BIT
    return Limits(min_score=least, lists=frozenset(asked.lists) or None, threads=threads)


def hits_of(index: Index, people: People, hits: Hits, pairs: Pairs) -> list[Hit]:
    """Matches with their sides, reasons and digests: a fifth of a millisecond each."""
    scoped = pairs.scoped(people)
    return [_hit(index, people, hits, row, scoped, pairs.salt) for row in range(len(hits))]


def _nobody(live: Live, person: Person, limits: Limits, least: int) -> bool:
    """Whether the checker of one, which is quicker than a search, finds nobody."""
    one = simple(person)
    return one is not None and not live.checker(limits.lists).check(one, least)


def _hit(index: Index, people: People, hits: Hits, row: int, scoped: People, salt: bytes) -> Hit:
    found: Lead = lead(index, people, hits, row)
    return Hit(
        found.record.id,
        found.list,
        found.score,
        _shown(found.subject),
        _shown(found.record),
        _reasons(found),
        min(round(found.explanation.chance * MILLIONTHS), 2**53 - 1),
        bytes.fromhex(subject_key(scoped, int(hits.subject[row]), salt)),
        bytes.fromhex(record_key(index, int(hits.record[row]), salt)),
    )


def _reasons(found: Lead) -> tuple[Why, ...]:
    parts = found.explanation.contributions
    return tuple(Why(kind=part.kind, words=part.words, worth=round(part.bits * BIT)) for part in parts)


def _shown(side: Side) -> Shown:
    return Shown(id=side.id, name=side.name, born=side.born, sex=side.sex, nationality=side.nationality)
