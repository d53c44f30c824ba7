"""`liaison document read`: zones in pictures, what could not be read, and what is no picture."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from liaison.formats.mrz import Doubt
from liaison.pictures import reader
from liaison.pictures.answers import Found, Reading
from tests.pictures.specimens import PASSPORT, file, needs_extra, page
from tests.pictures.test_headers import picture

Run = Callable[..., Result]
UNCLEAR = Doubt("unclear", "E was not read surely: compare it", "names", 1, 8)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Reading]:
    """What the process answers."""
    kept = list[Reading]()
    monkeypatch.setattr(reader, "can_read", lambda: True)
    monkeypatch.setattr(reader, "_asked", lambda content, patience: kept.pop(0))
    return kept


def reading(*doubts: Doubt, why: str = "") -> Reading:
    zones = () if why else (Found(PASSPORT, True, doubts, ()),)
    return Reading(400, 300, zones, why, b"\xff\xd8\xff")


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    path = tmp_path / "page.jpg"
    path.write_bytes(picture("jpeg"))
    return path


def test_a_zone_is_told_with_its_lines(liaison: Run, answers: list[Reading], photograph: Path) -> None:
    answers.append(reading())
    result = liaison("document", "read", str(photograph))
    assert result.exit_code == 0, result.output
    assert [line.strip() for line in result.stdout.splitlines()[1:]] == PASSPORT.split("\n")
    assert "compare the names" in result.stdout


def test_a_doubt_is_told_with_its_place(liaison: Run, answers: list[Reading], photograph: Path) -> None:
    answers += [reading(UNCLEAR), reading(UNCLEAR)]
    result = liaison("document", "read", str(photograph))
    assert result.exit_code == 1
    assert "Doubt: line 1, column 8: E was not read surely" in result.stdout
    told = json.loads(liaison("document", "read", str(photograph), "--json").stdout)
    assert told["pictures"][0]["zones"][0]["sure"] is False
    assert "shown" not in told["pictures"][0]


@pytest.mark.parametrize("why", ["none", "small", "dark", "unclear"])
def test_what_could_not_be_read_says_what_to_do(
    liaison: Run, answers: list[Reading], photograph: Path, why: str
) -> None:
    answers.append(reading(why=why))
    result = liaison("document", "read", str(photograph))
    assert result.exit_code == 2
    assert ": " in result.stdout


def test_what_is_no_picture_is_told_and_the_others_go_on(
    liaison: Run, answers: list[Reading], photograph: Path, tmp_path: Path
) -> None:
    (tmp_path / "text.jpg").write_text("no picture")
    answers.append(reading())
    result = liaison(
        "document", "read", str(tmp_path / "text.jpg"), str(tmp_path / "absent"), str(photograph)
    )
    assert result.exit_code == 1
    assert "SPECIMEN" in result.stdout
    assert "no picture that can be read" in result.stderr
    assert "No such file" in result.stderr


def test_without_the_extra_it_says_how_to_install_it(
    liaison: Run, photograph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "can_read", lambda: False)
    result = liaison("document", "read", str(photograph))
    assert result.exit_code != 0
    assert "--photographs" in result.output


@needs_extra
def test_a_drawn_page_is_read(liaison: Run, tmp_path: Path) -> None:
    (tmp_path / "page.png").write_bytes(file(page(), ".png"))
    result = liaison("document", "read", str(tmp_path / "page.png"))
    assert result.exit_code == 0, result.output
    assert PASSPORT.split("\n")[1] in result.stdout
