import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from liaison.matching.columns import People
from liaison.matching.index import Index
from liaison.matching.search import Limits
from liaison.model.errors import BadInput, BadSetting, DamagedIndex
from liaison.screening.alerts import whole_file
from liaison.screening.rules import BAD_ROW_COLUMNS, COLUMNS, REQUIRED
from liaison.screening.service import Order, check, check_one
from liaison.screening.sources import Source, is_index, together

NOW = datetime(2026, 3, 1, tzinfo=UTC)
Make = Callable[..., People]


class Bad(NamedTuple):
    file: str
    row: int
    field: str
    reason: str


@pytest.fixture
def saved(tmp_path: Path, people: Make, crowd: list[tuple[str, str, str, str]]) -> Path:
    path = tmp_path / "held.index"
    Index.build(
        people(
            [*crowd, ("=cmd|' /C calc'!A0", "@Gëzim", "Vokshi", "1984-02-03"), ("-7", "Zana", "Frashëri", "")]
        )
    ).save(path)
    return path


@pytest.fixture
def subjects(people: Make) -> Source:
    rows = [
        ("P1", "GEZIM", "VOKSHI", "1984-02-03"),
        ("+2+3", "ZANA", "FRASHERI", "1990-01-01"),
        ("-3", "ARTA", "HOXHA", ""),
    ]
    return Source(people(rows, name="asked"), (), ("UTF-8",))


def alerts(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def order(saved: Path, **more: object) -> Order:
    return Order((saved,), saved.with_name("alerts.csv"), Limits(min_score=4), **more)  # type: ignore[arg-type]


def test_alerts_are_written_strongest_first_with_every_column(saved: Path, subjects: Source) -> None:
    outcome = check("asked.csv", subjects, order(saved), NOW)
    rows = alerts(outcome.alerts_file)
    assert tuple(rows[0]) == COLUMNS
    assert COLUMNS[: len(REQUIRED)] == REQUIRED
    assert len(rows) == outcome.alerts > 1
    scores = [float(row["score"]) for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert [int(row["rank"]) for row in rows] == list(range(1, len(rows) + 1))
    assert all(len(row["score"].partition(".")[2]) == 4 for row in rows)
    assert all(row["reasons"] for row in rows)


def test_the_sides_of_a_line_belong_together(saved: Path, subjects: Source) -> None:
    rows = {
        row["subject_id"]: row
        for row in reversed(alerts(check("asked.csv", subjects, order(saved), NOW).alerts_file))
    }
    assert rows["P1"]["subject_name"] == "GEZIM VOKSHI"
    assert rows["P1"]["matched_name"] == "'@Gëzim Vokshi"
    assert (rows["P1"]["subject_born"], rows["P1"]["record_born"]) == ("1984-02-03", "1984-02-03")
    assert rows["P1"]["list"] == "held"


def test_a_line_says_what_the_alert_says(saved: Path, subjects: Source) -> None:
    outcome = check("asked.csv", subjects, order(saved), NOW)
    for rank, row in enumerate(alerts(outcome.alerts_file), 1):
        shown = outcome.lead(rank)
        assert row["matched_name"].lstrip("'") == shown.record.name
        assert row["record_id"].lstrip("'") == shown.record.id
        assert row["subject_id"].lstrip("'") == shown.subject.id
        assert row["record_born"] == shown.record.born


def test_no_cell_can_run_in_a_spreadsheet_and_numbers_stay_numbers(saved: Path, subjects: Source) -> None:
    rows = alerts(check("asked.csv", subjects, order(saved), NOW).alerts_file)
    cells = {cell for row in rows for cell in row.values()}
    assert "'=cmd|' /C calc'!A0" in cells
    assert "'+2+3" in cells
    assert {"-7", "-3"} <= cells
    assert not any(cell.startswith(("=", "@")) for cell in cells)


def test_bad_rows_are_listed_and_a_list_of_an_earlier_run_goes_away(saved: Path, subjects: Source) -> None:
    bad = Source(subjects.people, (Bad("asked.csv", 17, "dob", "=31 February is no date"),), ())
    outcome = check("asked.csv", bad, order(saved), NOW)
    assert outcome.bad_rows_file is not None
    assert outcome.bad_rows_file.name == "alerts.csv.errors"
    listed = alerts(outcome.bad_rows_file)
    assert listed == [
        dict(zip(BAD_ROW_COLUMNS, ("asked.csv", "17", "dob", "'=31 February is no date"), strict=True))
    ]
    again = check("asked.csv", subjects, order(saved), NOW)
    assert again.bad_rows_file is None
    assert not outcome.bad_rows_file.exists()


def test_a_report_is_written_with_as_many_alerts_as_asked_for(saved: Path, subjects: Source) -> None:
    report = saved.with_name("alerts.html")
    outcome = check("asked.csv", subjects, order(saved, report=report, reported=1), NOW)
    text = report.read_text("utf-8")
    assert text.count("<article") == 1
    assert f"The strongest 1 of {outcome.alerts} alerts" in text


def test_the_same_check_writes_the_same_bytes(saved: Path, subjects: Source) -> None:
    first = check("asked.csv", subjects, order(saved), NOW).alerts_file.read_bytes()
    assert check("asked.csv", subjects, order(saved), NOW).alerts_file.read_bytes() == first


def test_one_person_without_a_like_gets_no_alert(saved: Path, people: Make) -> None:
    assert check_one(Index.open(saved), people([("1", "Xhevdet", "Qorraj", "1991-05-06")]), Limits()) == []


def test_an_unknown_list_is_refused_with_those_there_are(saved: Path, subjects: Source) -> None:
    limits = Limits(lists=frozenset({"elsewhere"}))
    with pytest.raises(BadSetting) as caught:
        check("asked.csv", subjects, Order((saved,), saved.with_name("alerts.csv"), limits), NOW)
    assert "held" in caught.value.hint
    assert not saved.with_name("alerts.csv").exists()


def test_a_missing_folder_is_said_before_any_work(saved: Path, subjects: Source) -> None:
    with pytest.raises(BadInput, match="no folder"):
        check("asked.csv", subjects, Order((saved,), saved.parent / "none" / "alerts.csv"), NOW)


def test_two_indexes_at_once_are_refused(saved: Path, subjects: Source) -> None:
    with pytest.raises(BadSetting, match="both indexes"):
        check("asked.csv", subjects, Order((saved, saved), saved.with_name("alerts.csv")), NOW)


def test_a_damaged_index_is_refused_and_leaves_no_file(saved: Path, subjects: Source) -> None:
    content = bytearray(saved.read_bytes())
    content[-200] ^= 255
    saved.write_bytes(content)
    assert is_index(saved)
    with pytest.raises(DamagedIndex, match=r"held\.index"):
        check("asked.csv", subjects, order(saved), NOW)
    assert [path.name for path in saved.parent.iterdir()] == ["held.index"]


def half_written(path: Path) -> None:
    with whole_file(path) as out:
        out.write("half")
        raise RuntimeError


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "alerts.csv"
    path.write_text("old")
    with pytest.raises(RuntimeError):
        half_written(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_files_about_people_are_for_their_owner_alone(tmp_path: Path) -> None:
    with whole_file(tmp_path / "alerts.csv") as out:
        out.write("x")
    assert (tmp_path / "alerts.csv").stat().st_mode & 0o077 == 0


def test_lists_of_several_files_become_one(people: Make) -> None:
    first = people([("1", "Agim", "Hoxha", "1980")], name="a", document="X1")
    second = people([("1", "Arta", "Leka", "1981"), ("2", "Besa", "Rama", "")], name="b", document="X2")
    third = people([("9", "Ilir", "Duka", "")], name="a")
    one = together([first, second, third])
    assert one.lists == ("a", "b")
    assert one.source.tolist() == [0, 1, 1, 0]
    assert list(one.ids) == ["1", "1", "2", "9"]
    assert one.person.tolist() == [0, 1, 2, 3]
    assert list(one.documents) == ["X1", "X2"]
    assert one.document_person.tolist() == [0, 2]
    assert list(one.surname) == ["Hoxha", "Leka", "Rama", "Duka"]
