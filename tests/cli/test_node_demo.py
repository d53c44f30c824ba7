"""A demonstration takes away what an earlier one left, and nothing else."""

import fcntl
from pathlib import Path

import pytest

from liaison.cli.backup import passphrase
from liaison.cli.node_demo import _go_on, alone, clear
from liaison.model.errors import BadSetting
from liaison.node.settings import Settings, write_settings
from liaison.node.wiring import LOCK


def a_node(place: Path, demo: bool = True) -> Path:
    place.mkdir()
    settings = Settings(
        name="Node", agency="Police", origin="node.example", regimes=("demo",), port=0, demo=demo
    )
    write_settings(place, settings)
    (place / LOCK).touch()
    return place


def test_what_an_earlier_demonstration_left_is_taken_away(tmp_path: Path) -> None:
    node, empty = a_node(tmp_path / "node"), tmp_path / "centre"
    empty.mkdir()
    clear([node, empty, tmp_path / "absent"])
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_taken_away_while_one_of_the_nodes_runs(tmp_path: Path) -> None:
    first, runs = a_node(tmp_path / "node"), a_node(tmp_path / "prosecutor")
    with (runs / LOCK).open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(BadSetting, match=r"a demonstration runs in .*prosecutor") as refused:
            clear([first, runs])
    assert refused.value.hint == "end it with Ctrl+C, or name another folder with --output"
    assert first.exists()
    assert runs.exists()
    clear([first, runs])
    assert not first.exists()


def test_a_second_demonstration_does_not_begin_while_the_first_makes_its_nodes(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(BadSetting, match="a demonstration runs"), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass


@pytest.mark.parametrize("kind", ["a real node", "somebody's files", "a file"])
def test_what_is_not_of_a_demonstration_stays_and_so_does_the_rest(tmp_path: Path, kind: str) -> None:
    node, other = a_node(tmp_path / "node"), tmp_path / "centre"
    if kind == "a real node":
        a_node(other, demo=False)
    elif kind == "a file":
        other.write_text("kept")
    else:
        other.mkdir()
        (other / "letter.txt").write_text("kept")
    with pytest.raises(BadSetting, match="is in the way"):
        clear([node, other])
    assert node.exists()
    assert other.exists()


def test_without_a_terminal_the_passphrase_is_taken_from_a_file(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="there is no terminal") as refused:
        passphrase(None, new=True)
    assert "--passphrase-file FILE" in refused.value.hint
    (tmp_path / "phrase").write_text("four plums\n")
    assert passphrase(tmp_path / "phrase", new=True) == "four plums"


@pytest.mark.parametrize("called", ["", "./dev run liaison"])
def test_commands_to_go_on_with_are_as_the_program_was_called(
    called: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    if called:
        monkeypatch.setenv("LIAISON_CALLED", called)
    _go_on("http://node.example", "/alerts/7", tmp_path / "a b", stay=False)
    assert f"{called or 'liaison'} serve '{tmp_path}/a b/node'" in capsys.readouterr().out


def test_what_stays_up_is_told_by_its_address_and_the_alert_by_its_own(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _go_on("http://node.example", "/alerts/7", tmp_path, stay=True)
    said = capsys.readouterr().out
    assert "\nOpen http://node.example and press a name." in said
    assert "The alert of the check above: http://node.example/alerts/7\n" in said
