"""The kernel's account of two entries equals the readable one, to the last ten-thousandth of a bit."""

from __future__ import annotations

import numpy as np
import pytest

from liaison.matching import evidence, explain
from liaison.matching.asks import Asks, prepare, question
from liaison.matching.book import INITIAL, PARTICLE, TOKEN_NUMBER
from liaison.matching.columns import Strings
from liaison.matching.index import Index
from liaison.matching.names.romanise import forms
from liaison.matching.segment import Segment
from tests.matching.people import crowd, damaged, people

NATIVE = [
    {"given": "Иван", "surname": "Жуков", "born": "1980-01-01", "nat": "RUS"},
    {"given": "محمد", "surname": "الراشد", "born": "1975-05-06"},
    {"given": "Şükrü", "surname": "Çelik", "born": "1966", "sex": "M"},
    {"given": "Γεώργιος", "surname": "Παπαδόπουλος", "born": "1951-12-30", "sex": "M"},
    {"name": "DE LA CRUZ, J. M.", "born": "1960-10-10"},
    {"name": "van der Berg"},
    {"name": "O'Neill"},
    {"name": "X"},
    {"names": ["Abu Karim", "Karim Haddad"]},
]
LATIN = [
    {"given": "IVAN", "surname": "JOUKOV", "born": "1980-06-07", "nat": "RUS"},
    {"given": "MUHAMMAD", "surname": "AL RASHEED", "born": "1975-06-05"},
    {"given": "SUEKRUE", "surname": "CHELIK", "born": "1966-02-03", "sex": "F"},
    {"given": "YORGOS", "surname": "PAPADOPULOS", "born": "1941-12-30"},
    {"name": "JOSE MARIA DELACRUZ", "born": "1960-10-11"},
    {"name": "VANDERBERG"},
    {"name": "ONEIL"},
    {"name": "XENIA"},
    {"names": ["KARIM HADAD", "K HADDAD"]},
]


@pytest.fixture(scope="module")
def compared() -> tuple[Index, Asks]:
    chance = np.random.default_rng(5)
    held = crowd(400) + NATIVE
    asked = [damaged(row, chance) for row in crowd(400)] + LATIN
    index = Index.build(people(held))
    return index, prepare(people(asked), index.segments[0])


def token(
    words: Strings, tokens: np.ndarray, entry: int, groups: np.ndarray, together: int = 0
) -> evidence.Token:
    row = tokens[entry & TOKEN_NUMBER]
    own = groups[int(row["groups_at"]) : int(row["groups_at"]) + int(row["groups"])]
    made = evidence.Token(
        forms(words[int(entry & TOKEN_NUMBER)]),
        int(row["rarity"]),
        int(entry) >> 30,
        bool(row["flags"] & PARTICLE),
        frozenset(int(group) for group in own),
        together,
    )
    assert made.initial == bool(row["flags"] & INITIAL)
    return made


def asked_entry(asks: Asks, ask: int) -> evidence.Entry:
    name, columns = int(asks.columns["ask_name"][ask]), asks.columns
    person = int(columns["name_person"][name])
    mine = asks.names.tokens[asks.names.ends[name] : asks.names.ends[name + 1]]
    return evidence.Entry(
        tuple(token(asks.names.words, asks.book.tokens, entry, asks.book.groups) for entry in mine),
        int(columns["ask_dob"][ask]),
        int(columns["sex"][person]),
        tuple(int(n) for n in columns["nationality"][person]),
    )


def held_entry(segment: Segment, row: int) -> evidence.Entry:
    a = segment.arrays
    own, words = a["rows"][row], Strings(a["words_data"], a["words_ends"])
    places = range(int(own["tokens_at"]), int(own["tokens_at"]) + int(own["tokens"]))
    return evidence.Entry(
        tuple(
            token(words, a["tokens"], a["row_tokens"][at], a["groups"], int(a["together"][at]))
            for at in places
        ),
        int(own["dob"]),
        int(own["sex"]),
        tuple(int(n) for n in own["nationality"]),
    )


def accounts(segment: Segment, asks: Asks, ask: np.ndarray, row: np.ndarray) -> np.ndarray:
    asked = question(asks, segment, 0, np.ones(len(segment.lists), np.uint8))
    return explain.accounts(segment, asked, ask, row)


def test_kernel_and_twin_agree_on_every_contribution(compared: tuple[Index, Asks]) -> None:
    index, asks = compared
    segment, chance = index.segments[0], np.random.default_rng(7)
    rows, many = len(segment.arrays["rows"]), 4000
    ask = chance.integers(0, len(asks.order), many).astype(np.int32)
    row = chance.integers(0, rows, many).astype(np.int32)
    name_row = np.argsort(segment.arrays["rows"]["name"], kind="stable").astype(np.int32)
    same = np.arange(min(rows, len(asks.order)), dtype=np.int32)  # each with the record it was made from
    ask, row = np.concatenate([ask, same]), np.concatenate([row, name_row[same]])
    of = evidence.List(
        segment.arrays["date_bits"],
        [int(s) for s in segment.arrays["sex_same"]],
        int(segment.arrays["statistics"][3]),
    )
    for place, found in enumerate(accounts(segment, asks, ask, row)):
        mine = evidence.account(
            asked_entry(asks, int(ask[place])),
            held_entry(segment, int(row[place])),
            of,
            int(found["document"]),
        )
        kernel = {
            key: int(found[key])
            for key in ("unmatched", "order", "dependence", "grade", "date", "sex", "nation", "score")
        }
        assert kernel == {key: int(getattr(mine, key)) for key in kernel}
        matches = [tuple(int(v) for v in pair) for pair in found["pair"][: int(found["pairs"])]]
        assert matches == [(m.kind, m.i, m.j, m.level, m.weight) for m in mine.matches]


def test_contributions_sum_to_the_score(compared: tuple[Index, Asks]) -> None:
    index, asks = compared
    ask = np.repeat(np.arange(20, dtype=np.int32), 20)
    found = accounts(index.segments[0], asks, ask, np.tile(np.arange(20, dtype=np.int32), 20))
    for one in found:
        parts = [
            one[key] for key in ("date", "document", "sex", "nation", "order", "unmatched", "dependence")
        ]
        assert int(one["score"]) == sum(int(p) for p in parts) + int(
            one["pair"]["weight"][: one["pairs"]].sum()
        )


def test_sex_and_nationality_say_nothing_alone() -> None:
    index = Index.build(people([{"name": "Arben Hoxha", "sex": "M", "nat": "ALB"}]))
    asks = prepare(people([{"name": "Zoltan Kiss", "sex": "M", "nat": "ALB"}]), index.segments[0])
    one = accounts(index.segments[0], asks, np.zeros(1, np.int32), np.zeros(1, np.int32))[0]
    assert (int(one["pairs"]), int(one["sex"]), int(one["nation"])) == (0, 0, 0)
