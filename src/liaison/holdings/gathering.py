"""People from formats that are read one record at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from liaison.holdings import dates
from liaison.holdings.bodies import Body
from liaison.holdings.countries import nationalities
from liaison.holdings.findings import Findings
from liaison.holdings.placeholders import named
from liaison.holdings.sexes import sex
from liaison.holdings.words import tidy
from liaison.matching.columns import People, Strings

Name = tuple[str, str, str]  # given, surname, full


@dataclass(slots=True)
class Draft:
    """One person as the source writes it. row: the record's number in the source, from 1. kept: what else it says."""

    row: int
    id: str
    names: list[Name] = field(default_factory=list)
    born: list[str] = field(default_factory=list)
    sex: str = ""
    nationalities: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)


def body_of(draft: Draft, country: str = "", register_number: str = "") -> Body:
    """The organisation that a draft names."""
    names = dict.fromkeys(tidy(" ".join(filter(None, name))) for name in draft.names)
    return Body(
        draft.row, draft.id, tuple(filter(None, names)), tidy(country), tidy(register_number), draft.kept
    )


class Gathering:
    """Drafts becoming a list of people; what is wrong with a value goes to `findings` and the rest of it stays."""

    def __init__(self, findings: Findings, last_year: int) -> None:
        self.findings, self.last_year = findings, last_year
        self.ids: list[str] = []
        self.rows: list[int] = []
        self.kept: list[dict[str, str]] = []
        self.names: list[Name] = []
        self.person: list[int] = []
        self.documents: list[str] = []
        self.owner: list[int] = []
        self.born: list[tuple[int, int]] = []
        self.sexes: list[int] = []
        self.citizens: list[tuple[int, int]] = []

    def add(self, draft: Draft) -> None:
        """Take a person, unless there is neither a name nor a document number, which is reported."""
        names = self._names(draft)
        documents = [number for number in dict.fromkeys(map(tidy, draft.documents)) if number]
        if not names:
            reason = (
                "no usable name; kept for its document number" if documents else "no usable name: left out"
            )
            self.findings.bad(draft.row, "", reason)
            if not documents:
                return
        number = len(self.ids)
        self.ids.append(draft.id or str(draft.row))
        self.rows.append(draft.row)
        self.kept.append(draft.kept)
        self.names += names or [("", "", "")]
        self.person += [number] * max(len(names), 1)
        self.documents += documents
        self.owner += [number] * len(documents)
        self.born.append(self._born(draft))
        self.sexes.append(self._sex(draft))
        self.citizens.append(self._citizens(draft))

    def _names(self, draft: Draft) -> list[Name]:
        tidied = [tuple(map(tidy, name)) for name in draft.names]
        kept = [tuple(map(named, name)) for name in tidied]
        if kept != tidied:
            self.findings.bad(draft.row, "name", "a word that stands for no name was taken out")
        return [name for name in dict.fromkeys(kept) if any(map(str.isalnum, chain(*name)))]  # type: ignore[misc]

    def _born(self, draft: Draft) -> tuple[int, int]:
        found: list[dates.Reading] = []
        for text in draft.born:
            try:
                found += dates.readings(text, self.last_year)
            except ValueError as error:
                self.findings.bad(draft.row, "born", f"{error}; the row goes on without it")
        if len({one.code for one in found}) > 2:
            self.findings.bad(draft.row, "born", f"{len(found)} dates of birth; the first two are used")
        return dates.both(found, dates.Order.NOTHING)

    def _sex(self, draft: Draft) -> int:
        try:
            return sex(draft.sex)
        except ValueError as error:
            self.findings.bad(draft.row, "sex", f"{error}; the row goes on without it")
            return 0

    def _citizens(self, draft: Draft) -> tuple[int, int]:
        codes: list[int] = []
        for text in filter(None, map(tidy, draft.nationalities)):
            try:
                codes += nationalities(text)
            except ValueError as error:
                self.findings.bad(draft.row, "nationality", f"{error}; the row goes on without it")
        codes = list(dict.fromkeys(codes))
        if len(codes) > 2:
            self.findings.bad(draft.row, "nationality", f"{len(codes)} nationalities; the first two are used")
        return (*codes, 0, 0)[:2]  # type: ignore[return-value]

    def people(self, list_name: str) -> People:
        """The people taken so far."""
        born = np.array(self.born, np.int32).reshape(-1, 2)
        citizens = np.array(self.citizens, np.uint16).reshape(-1, 2)
        given, surname, full = (Strings.of(_part(self.names, at)) for at in range(3))
        return People(
            ids=Strings.of(self.ids),
            person=np.array(self.person, np.int32),
            given=given,
            surname=surname,
            full=full,
            dob=born[:, 0].copy(),
            dob_alt=born[:, 1].copy(),
            sex=np.array(self.sexes, np.uint8),
            nationality=citizens[:, 0].copy(),
            nationality_alt=citizens[:, 1].copy(),
            documents=Strings.of(self.documents),
            document_person=np.array(self.owner, np.int32),
            source=np.zeros(len(self.ids), np.uint16),
            lists=(list_name,),
        )


def _part(names: Sequence[Name], at: int) -> list[str]:
    return [name[at] for name in names]
