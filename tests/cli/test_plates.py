"""`liaison plates read`: tables, folders, films, and what could not be read."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from liaison.cli.plates import COLUMNS
from liaison.pictures.plates import batch
from liaison.pictures.plates.answers import Choice, Pass, Plate, Seen, Watched
from liaison.pictures.plates.batch import Result as Read
from tests.pictures.plates.drawings import empty, film, looks, needs_networks, photograph, picture

Run = Callable[..., Result]
PLATE = Plate(
    "AB123CD",
    "AB1Z3CD",
    0.6,
    ("AL", "IT"),
    (Choice("AB123CD", 0.7), Choice("AB1Z3CD", 0.3)),
    ((1.0, 2.0), (90.5, 2.0), (90.5, 20.0), (1.0, 20.0)),
)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Plate]:
    """The plates of every picture."""
    kept = list[Plate]()

    def pictures(self: object, paths: list[Path]) -> list[Read]:
        return [Read(path, Seen(100, 50, tuple(kept), 12.5), None) for path in paths]

    monkeypatch.setattr(batch, "can_read", lambda: True)
    monkeypatch.setattr(batch.Batch, "pictures", pictures)
    monkeypatch.setattr(
        batch.Batch,
        "film",
        lambda self, path: [Pass(PLATE, 5, 4, 61.25, 62.0), Watched(70.0, 700, 9, 1, True)],
    )
    return kept


def test_a_read_is_told_with_its_states_and_what_was_read_first(
    liaison: Run, answers: list[Plate], tmp_path: Path
) -> None:
    answers.append(PLATE)
    result = liaison("plates", "read", tmp_path / "a.jpg")
    assert result.exit_code == 0
    assert "AB123CD (0.60, not sure); read as AB1Z3CD; one of AL, IT; or AB1Z3CD" in result.stdout
    assert "1 plate; 1 picture, 0 of them without a plate" in result.stderr


def test_no_plate_is_said_and_is_no_failure(liaison: Run, answers: list[Plate], tmp_path: Path) -> None:
    result = liaison("plates", "read", tmp_path / "a.jpg")
    assert result.exit_code == 0
    assert result.stdout.strip() == f"{tmp_path / 'a.jpg'}: no plate read"
    assert "1 of them without a plate" in result.stderr


def test_a_table_has_a_row_for_each_plate_and_for_each_picture_without_one(
    liaison: Run, answers: list[Plate], tmp_path: Path
) -> None:
    assert liaison("plates", "read", "=a.jpg", "-o", tmp_path / "none.csv").exit_code == 0
    answers += [PLATE, PLATE]
    shown = liaison("plates", "read", "=a.jpg", "b.mp4", "-o", "-").stdout
    rows = list(csv.reader(io.StringIO(shown)))
    assert tuple(rows[0]) == COLUMNS
    assert COLUMNS[:7] == ("image", "plate", "confidence", "country", "candidates", "box", "ms")
    assert rows[1] == [
        "'=a.jpg", "AB123CD", "0.6000", "AL IT", "AB123CD:0.7000 AB1Z3CD:0.3000", "1,2 90.5,2 90.5,20 1,20",
        "12.5", "AB1Z3CD", "", "", "1",
    ]  # fmt: skip
    assert rows[3][7:] == ["AB1Z3CD", "61.25", "62", "5"]
    assert len(rows) == 4
    none = list(csv.reader(io.StringIO((tmp_path / "none.csv").read_text("utf-8"))))
    assert none[1] == ["'=a.jpg", "", "", "", "", "", "12.5", "", "", "", ""]


def test_a_film_is_told_by_its_passes(liaison: Run, answers: list[Plate], tmp_path: Path) -> None:
    result = liaison("plates", "read", "film.mp4")
    assert "film.mp4: 0:01:01.2 to 0:01:02.0: AB123CD" in result.stdout
    assert "4 of 5 looks agree" in result.stdout
    assert "1 vehicles not read surely enough" in result.stderr
    told = json.loads(liaison("plates", "read", "film.mp4", "--json").stdout)
    assert told["passes"][0]["plate"]["raw"] == "AB1Z3CD"
    assert told["films"][0]["unsure"] == 1


def test_a_folder_gives_its_pictures_and_films_and_counts_the_others(
    liaison: Run, answers: list[Plate], tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a.jpg", "b.PNG", "c.txt", "in/d.webp", "e.mp4"):
        (tmp_path / name).touch()
    told = json.loads(liaison("plates", "read", tmp_path, "--json").stdout)
    assert [Path(each["file"]).name for each in told["pictures"]] == ["a.jpg", "b.PNG", "d.webp"]
    assert [Path(each["file"]).name for each in told["films"]] == ["e.mp4"]
    assert told["left_out"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--country", "ZZ"), "'ZZ' is no state whose registration marks are known"),
        (("--side", "9"), "--side 9 cannot be looked at"),
        (("--processes", "-2"), "-2 processes cannot be started"),
        (("--json", "-o", "-"), "two answers cannot both go to standard output"),
    ],
)
def test_a_wrong_option_is_status_two(
    liaison: Run, answers: list[Plate], words: tuple[str, ...], said: str
) -> None:
    result = liaison("plates", "read", "a.jpg", *words)
    assert result.exit_code == 2
    assert said in result.output


def test_a_camera_is_told_vehicle_by_vehicle(
    liaison: Run, answers: list[Plate], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = [Watched(1.0, 10, 1, 0, False), Pass(PLATE, 5, 4, 1.0, 2.0), Watched(9.0, 90, 9, 2, True)]
    monkeypatch.setattr(
        batch.Batch, "camera", lambda self, address: seen if address == "rtsp://camera.example/1" else []
    )
    result = liaison("plates", "watch", "rtsp://camera.example/1")
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ AB123CD \(0.60, not sure\)", result.stdout)
    assert len(result.stdout.splitlines()) == 1
    assert "2 vehicles were not read surely enough" in result.stderr
    told = json.loads(liaison("plates", "watch", "rtsp://camera.example/1", "--json").stdout)
    assert told["plate"]["text"] == "AB123CD"
    assert told["passed"].endswith("Z")


@needs_networks
def test_a_batch_is_read_and_what_cannot_be_is_named(liaison: Run, tmp_path: Path) -> None:
    plate = photograph(tmp_path / "plate.jpg", picture())
    clip = film(tmp_path / "clip.mp4", [*looks("02 345 EF", "XK", 12), *[empty()] * 60])
    (tmp_path / "bad.jpg").write_text("no picture")
    (tmp_path / "bad.mp4").write_text("no film")
    result = liaison(
        "plates", "read", tmp_path, "--country", "ALB", "--side", 448, "--processes", 2, "--json"
    )
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert [(each["file"], each["plates"][0]["text"]) for each in told["pictures"]] == [
        (str(plate), "AB123CD")
    ]
    assert [(each["file"], each["plate"]["text"]) for each in told["passes"]] == [(str(clip), "02345EF")]
    assert {Path(each["file"]).name for each in told["refused"]} == {"bad.jpg", "bad.mp4"}
    assert "2 files refused" in result.stderr


@needs_networks
def test_nothing_that_can_be_read_is_status_two(liaison: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_text("no picture")
    assert liaison("plates", "read", tmp_path / "bad.jpg").exit_code == 2


@needs_networks
def test_own_networks_are_named_by_options_or_variables(
    liaison: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plate = photograph(tmp_path / "plate.jpg", picture())
    result = liaison("plates", "read", plate, "--plate-detector", tmp_path / "none.onnx")
    assert result.exit_code == 2
    assert f"plate_detector: there is no file {tmp_path / 'none.onnx'}" in result.stderr
    monkeypatch.setenv("LIAISON_PLATE_READER", str(plate))
    assert "needs its alphabet" in liaison("plates", "read", plate).stderr
