from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from liaison.matching.columns import People
from liaison.matching.index import Index
from liaison.matching.search import Limits, search
from liaison.model.errors import BadInput
from liaison.screening.cleared import Cleared
from liaison.screening.service import Decision, clear, undo

DECISION = Decision("DI Berg", datetime(2026, 3, 1, 9, 30, tzinfo=UTC), "fingerprints differ")
PAIR = ("P1", "R900")
ROW = ("P1", "GEZIM", "VOKSHI", "1984-02-03")
Make = Callable[..., People]


def found(index: Index, subjects: People, cleared: Cleared | None) -> list[str]:
    hits = search(index, subjects, Limits(min_score=15, cleared=cleared))
    return [index.people.record_id(int(record)) for record in hits.record]


@pytest.fixture
def file(tmp_path: Path, index: Index, people: Make) -> Path:
    path = tmp_path / "cleared.jsonl"
    clear(Cleared.open(path), people([ROW]), index, PAIR, DECISION)
    return path


def test_a_pair_comes_back_until_it_is_cleared(index: Index, people: Make, file: Path) -> None:
    assert "R900" in found(index, people([ROW]), None)
    cleared = Cleared.open(file)
    assert "R900" not in found(index, people([ROW]), cleared)
    assert cleared.left_out == 1


@pytest.mark.parametrize(
    "changed",
    [
        ("P1", "GEZIM", "VOKSHI", "1984-02-04"),
        ("P1", "GEZIM A", "VOKSHI", "1984-02-03"),
        ("P2", "GEZIM", "VOKSHI", "1984-02-03"),
    ],
    ids=["date", "name", "another person of that name and date"],
)
def test_it_comes_back_when_the_subject_changes(
    index: Index, people: Make, file: Path, changed: tuple[str, ...]
) -> None:
    assert "R900" in found(index, people([changed]), Cleared.open(file))


def test_it_comes_back_when_the_record_changes(
    people: Make, file: Path, crowd: list[tuple[str, str, str, str]]
) -> None:
    changed = Index.build(people([*crowd, ("R900", "Gëzim", "Vokshi", "1984")]))
    assert "R900" in found(changed, people([ROW]), Cleared.open(file))


def test_it_comes_back_when_the_record_stands_in_another_list(
    people: Make, file: Path, crowd: list[tuple[str, str, str, str]]
) -> None:
    other = Index.build(people([*crowd, ("R900", "Gëzim", "Vokshi", "1984-02-03")], name="other"))
    assert "R900" in found(other, people([ROW]), Cleared.open(file))


def test_with_a_document_the_same_person_stays_cleared_under_another_id(
    index: Index, people: Make, tmp_path: Path
) -> None:
    cleared = Cleared.open(tmp_path / "cleared.jsonl")
    clear(cleared, people([ROW], document="X123"), index, PAIR, DECISION)
    assert "R900" not in found(index, people([("P77", *ROW[1:])], document="X123"), cleared)
    assert "R900" in found(index, people([("P77", *ROW[1:])], document="X124"), cleared)


def test_a_rebuilt_or_added_record_stays_cleared(
    people: Make, file: Path, crowd: list[tuple[str, str, str, str]]
) -> None:
    rebuilt = Index.build(people(crowd))
    rebuilt.add(people([("R900", "Gëzim", "Vokshi", "1984-02-03")]))
    assert "R900" in found(rebuilt, people([ROW]), None)
    assert "R900" not in found(rebuilt, people([ROW]), Cleared.open(file))


def test_an_undone_clearing_no_longer_counts_and_both_are_remembered(
    index: Index, people: Make, file: Path
) -> None:
    undo(Cleared.open(file), people([ROW]), index, PAIR, DECISION)
    opened = Cleared.open(file)
    assert "R900" in found(index, people([ROW]), opened)
    assert [line.verb for line in opened.history] == ["clear", "undo"]
    assert opened.history[0].who == "DI Berg"
    assert opened.history[0].when == "2026-03-01T09:30:00+00:00"
    assert opened.history[0].why == "fingerprints differ"


def test_what_is_not_cleared_cannot_be_undone(index: Index, people: Make, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not cleared"):
        undo(Cleared.open(tmp_path / "none.jsonl"), people([ROW]), index, PAIR, DECISION)


@pytest.mark.parametrize(("pair", "field"), [(("P9", "R900"), "subject_id"), (("P1", "R9999"), "record_id")])
def test_an_id_that_is_not_there_is_named(
    index: Index, people: Make, tmp_path: Path, pair: tuple[str, str], field: str
) -> None:
    with pytest.raises(BadInput) as caught:
        clear(Cleared.open(tmp_path / "none.jsonl"), people([ROW]), index, pair, DECISION)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "decision", [Decision(" ", DECISION.when, "why"), Decision("who", DECISION.when, "")]
)
def test_nobody_clears_without_a_name_and_a_reason(
    index: Index, people: Make, tmp_path: Path, decision: Decision
) -> None:
    path = tmp_path / "none.jsonl"
    with pytest.raises(BadInput):
        clear(Cleared.open(path), people([ROW]), index, PAIR, decision)
    assert not path.exists()


def test_the_file_holds_no_name_and_no_date_of_birth(file: Path) -> None:
    text = file.read_text("utf-8").casefold()
    assert not any(word in text for word in ("vokshi", "gezim", "gëzim", "1984-"))


@pytest.mark.parametrize(
    "damage", ["", "subject_id,record_id\n", '{"cleared": 2, "salt": ""}\n', '{"cleared": 1, "salt": "zz"}\n']
)
def test_another_file_is_refused_by_name(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text(damage)
    with pytest.raises(BadInput, match=r"odd\.jsonl"):
        Cleared.open(path)


def test_a_broken_line_is_named(file: Path) -> None:
    with file.open("a") as out:
        out.write("{not json\n")
    with pytest.raises(BadInput) as caught:
        Cleared.open(file)
    assert caught.value.row == 3
