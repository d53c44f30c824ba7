"""Searching: who is found, in which order, in which lists, and how many."""

from __future__ import annotations

import numpy as np
import pytest

from liaison.matching.explain import explain, reasons
from liaison.matching.index import Index
from liaison.matching.one import Checker, Person
from liaison.matching.search import Hits, Limits, answer_chunk, chunks, finish, gather, plan, search
from tests.matching.people import GIVEN, SURNAME, code, crowd, damaged, people

AMONG = crowd(800, seed=11)


def found(asked: dict[str, object], *held: dict[str, object], bits: float = 4) -> list[str]:
    """The ids of the records found among a crowd, strongest first."""
    index = Index.build(people([*held, *AMONG]))
    hits = search(index, people([asked]), Limits(min_score=bits))
    return [index.people.record_id(int(record)) for record in hits.record]


WANTED = {
    "id": "wanted",
    "given": "Përparim",
    "surname": "Çollaku",
    "born": "1984-02-03",
    "sex": "M",
    "nat": "ALB",
    "doc": "X1234567",
}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"given": "PERPARIM", "surname": "CHOLLAKU"},
        {"surname": "COLAKU"},
        {"given": "Collaku", "surname": "Perparim"},
        {"born": "1984-03-02"},
        {"born": "1984-02-13"},
        {"born": "1984-05-03"},
        {"born": "1985-02-03"},
        {"born": "1974-02-03"},
        {"born": "1984-01-01"},
        {"born": "1984"},
        {"born": ""},
        {"given": "P"},
        {"given": "PERPARIM", "surname": "COLLAKUHOXHA"},
        {"given": "", "surname": "", "name": "Collaku, Perparim"},
        {"sex": "F"},
        {"nat": "TUR"},
        {"doc": "X1234576"},
        {"doc": ""},
    ],
)
def test_a_person_is_found_through_one_difference(change: dict[str, object]) -> None:
    assert found(WANTED | {"id": "asked"} | change, WANTED)[:1] == ["wanted"]


@pytest.mark.parametrize("number", ["X1234567", "x-123 4567", "X1234576", "X123456", "X12345670", "X1234568"])
def test_a_document_number_finds_a_person_whatever_name_order_and_date_say(number: str) -> None:
    asked = {"given": "Perparim", "surname": "Kolaku", "born": "1951-11-30", "doc": number}
    assert found(asked, WANTED)[:1] == ["wanted"]


def test_a_very_rare_full_name_finds_a_person_whatever_the_date_says() -> None:
    held = {
        "id": "wanted",
        "given": "Zbigniew Quentin",
        "surname": "Vandersloot Oyelaran",
        "born": "1984-02-03",
    }
    assert found(held | {"id": "asked", "born": "1951-11-30"}, held)[:1] == ["wanted"]


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        (("Дмитрий", "Медведев"), ("Dmitri", "Medwedew")),
        (("محمد", "الراشد"), ("Mohamed", "Al-Rashid")),
        (("Γεώργιος", "Παπαδόπουλος"), ("Giorgos", "Papadopulos")),
        (("Ciwan", "Şêxo"), ("Jiwan", "Shexo")),
        (("Żaneta", "Błaszczyk"), ("ZANETA", "BLASZCZYK")),
    ],
)
def test_a_person_is_found_across_scripts(native: tuple[str, str], latin: tuple[str, str]) -> None:
    held = {"id": "wanted", "given": native[0], "surname": native[1], "born": "1970-09-08"}
    assert found({"given": latin[0], "surname": latin[1], "born": "1970-09-08"}, held)[:1] == ["wanted"]


def test_either_reading_of_an_ambiguous_date_finds_the_person() -> None:
    held = {
        "id": "wanted",
        "given": "Arta",
        "surname": "Mjeda",
        "born": "1984-03-04",
        "or_born": "1984-04-03",
    }
    for born in ("1984-03-04", "1984-04-03"):
        assert found({"given": "Arta", "surname": "Mjeda", "born": born}, held)[:1] == ["wanted"]
        assert found(
            {"given": "Arta", "surname": "Mjeda", "born": "1984-03-04", "or_born": "1984-04-03"},
            held | {"born": born, "or_born": ""},
        )


def test_any_alias_finds_the_person_once_by_the_best_name() -> None:
    index = Index.build(
        people(
            [
                {"id": "wanted", "names": ["Besnik Hoxha", ("Ilir", "Dervishi", "")], "born": "1980-01-02"},
                *AMONG,
            ]
        )
    )
    hits = search(index, people([{"name": "Ilir Dervishi", "born": "1980-01-02"}]), Limits(min_score=4))
    assert [int(record) for record in hits.record].count(0) == 1
    assert index.people.name(int(hits.name[0])) == "Ilir Dervishi"


def test_a_rare_name_counts_more_than_a_common_one() -> None:
    rows = [
        {"id": "common", "given": GIVEN[0], "surname": SURNAME[0]},
        {"id": "rare", "given": "Xhevahire", "surname": "Qosja"},
        *AMONG,
    ]
    index = Index.build(people(rows))
    common, rare = (search(index, people([rows[place]]), Limits(min_score=0)).score[0] for place in (0, 1))
    assert rare > common + 30_000


def test_the_order_is_strict_and_ties_have_identical_evidence() -> None:
    index = Index.build(people(AMONG))
    chance = np.random.default_rng(2)
    asked = people([damaged(row, chance) for row in AMONG[:300]])
    hits = search(index, asked, Limits(min_score=3))
    assert (np.diff(hits.score) <= 0).all()
    assert len({(int(s), int(r)) for s, r in zip(hits.subject, hits.record, strict=True)}) == len(hits)
    lines = list(reasons(index, asked, hits))
    for at in np.flatnonzero(np.diff(hits.score) == 0)[:200]:
        explained = [explain(index, asked, hits, int(place)).contributions for place in (at, at + 1)]
        assert sorted(c.bits for c in explained[0]) == sorted(c.bits for c in explained[1]), lines[int(at)]


def test_reasons_sum_to_the_score() -> None:
    index = Index.build(people(AMONG))
    asked = people(AMONG[:50])
    hits = search(index, asked, Limits(min_score=5))
    for at in range(0, len(hits), 7):
        told = explain(index, asked, hits, at)
        assert round(sum(round(c.bits * 10_000) for c in told.contributions)) == int(hits.score[at])
        assert told.chance >= 0


def test_a_budget_is_kept_and_holds_the_strongest() -> None:
    index, asked = Index.build(people(AMONG)), people(AMONG[:500])
    every, some = search(index, asked, Limits(min_score=5)), search(index, asked, Limits(alerts_per_1000=100))
    assert len(some) == 50
    assert (some.score == every.score[:50]).all()


def test_lists_that_may_not_be_asked_give_nothing() -> None:
    rows = [WANTED | {"list": 1}, *({**row, "list": 0} for row in AMONG)]
    index = Index.build(people(rows, ("open", "closed")))
    asked = people([WANTED])
    assert len(search(index, asked, Limits(min_score=20)))
    assert not len(search(index, asked, Limits(min_score=20, lists=frozenset({"open"}))))
    assert [index.count(lists) for lists in (None, frozenset({"open"}), frozenset({"closed"}))] == [
        801,
        800,
        1,
    ]


def test_a_cleared_pair_does_not_come_back() -> None:
    index, asked = Index.build(people([WANTED, *AMONG])), people([WANTED])

    def cleared(_: Index, __: object, hits: Hits) -> np.ndarray:
        return hits.record == 0

    assert 0 not in search(index, asked, Limits(min_score=4, cleared=cleared)).record


def test_records_are_added_and_taken_out_without_a_rebuild() -> None:
    index, asked = Index.build(people(AMONG)), people([WANTED])
    assert not len(search(index, asked, Limits(min_score=20)))
    index.add(people([WANTED]))
    hits = search(index, asked, Limits(min_score=20))
    assert [index.people.record_id(int(r)) for r in hits.record] == ["wanted"]
    assert (len(index), index.people.born(int(hits.record[0]))) == (801, "1984-02-03")
    assert "Çollaku" in index.people.name(int(hits.name[0]))
    assert index.remove("list", "wanted") == 1
    assert not len(search(index, asked, Limits(min_score=20)))
    assert len(index) == 800
    assert index.remove("list", AMONG[3]["id"]) == 1  # type: ignore[arg-type]
    assert found(AMONG[3], bits=10)[0] == AMONG[3]["id"]
    assert 3 not in search(index, people([AMONG[3]]), Limits(min_score=5)).record


def test_a_record_that_was_added_scores_as_one_that_was_there() -> None:
    asked = people([WANTED | {"surname": "Colaku"}])
    index = Index.build(people([WANTED, *AMONG]))
    index.add(people([WANTED | {"id": "again"}]))
    hits = search(index, asked, Limits(min_score=15))
    assert sorted(index.people.record_id(int(r)) for r in hits.record) == ["again", "wanted"]
    assert (
        abs(int(hits.score[0]) - int(hits.score[1])) < 60_000
    )  # tokens the first build never saw count as unseen


def test_chunks_give_what_one_search_gives() -> None:
    chance = np.random.default_rng(6)
    rows = [
        damaged(row, chance) | ({"or_born": "1984-04-03"} if place % 9 == 0 else {})
        for place, row in enumerate(AMONG)
    ]
    rows[5] = {"names": ["Arben Hoxha", "Ilir Gashi"], "born": "1980-01-02"}
    index, asked, limits = Index.build(people(AMONG)), people(rows), Limits(min_score=6)
    whole, planned = search(index, asked, limits), plan(index, asked, limits)

    def in_chunks(least: int) -> list[np.ndarray]:
        return gather(
            asked,
            [(chunk, answer_chunk(index, chunk)) for chunk in chunks(asked, planned, limits, 77, least)],
        )

    parts = finish(index, asked, planned, limits, in_chunks)
    for column in ("subject", "record", "name", "subject_name", "score", "ask", "row"):
        assert (getattr(whole, column) == getattr(parts, column)).all()


def test_threads_change_nothing() -> None:
    index, asked = Index.build(people(AMONG)), people(AMONG * 12)
    one, four = (search(index, asked, Limits(min_score=8, threads=threads)) for threads in (1, 4))
    assert (one.score == four.score).all()
    assert (one.record == four.record).all()


def test_one_check_gives_what_the_search_gives() -> None:
    index, chance = Index.build(people([WANTED, *AMONG])), np.random.default_rng(8)
    index.add(people([{"id": "later", "given": "Arben", "surname": "Hoxha", "born": "1984-02-03"}]))
    checker = Checker(index)
    for row in [damaged(row, chance) for row in AMONG[:200]] + [WANTED]:
        hits = search(index, people([row]), Limits(min_score=6))
        sex = {"M": 1, "F": 2}.get(str(row["sex"]), 0)
        nation = int(people([row]).nationality[0])
        person = Person(
            str(row["given"]), str(row["surname"]), "", code(str(row["born"])), sex, nation, str(row["doc"])
        )
        answers = checker.check(person, 60_000)
        assert [(int(r), int(s)) for r, s in zip(hits.record, hits.score, strict=True)] == [
            (a.record, a.score) for a in answers
        ]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-",
        "1234",
        "X",
        "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z AA BB",
        "a" * 5000,
        "محمد" * 200,
        "\ud83d\ude00",
    ],
)
def test_odd_names_neither_crash_nor_match_the_crowd(name: str) -> None:
    index = Index.build(people([{"name": name, "id": "odd"}, *AMONG]))
    hits = search(index, people([{"name": name}]), Limits(min_score=30))
    assert {index.people.record_id(int(r)) for r in hits.record} <= {"odd"}
    assert isinstance(Checker(index).check(Person(full=name)), list)


def test_an_empty_list_and_nobody_asked_give_nothing() -> None:
    nobody = people([])
    assert not len(search(Index.build(nobody), people([WANTED])))
    assert not len(search(Index.build(people(AMONG)), nobody))
