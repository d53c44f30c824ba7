"""The entry script: which Python it takes, when it builds the environment, and what it says."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import environment

DEV = environment.ROOT / "dev"


def dev(
    *arguments: str, path: str = os.environ["PATH"], **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(DEV), *arguments],
        env={"PATH": path, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a space that holds the files an environment is made of, and an environment that is cheap."""
    root = tmp_path / "a project"
    for name in environment.SHAPE:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    monkeypatch.setattr(environment, "ROOT", root)
    monkeypatch.setattr(environment, "VENV", root / ".venv")
    monkeypatch.setattr(environment, "STAMP", root / ".venv" / "liaison-stamp")
    return root


@pytest.fixture
def built(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What each build was asked to add."""
    builds: list[list[str]] = []

    def build(extras: list[str]) -> None:
        builds.append(extras)
        (project / ".venv").mkdir(exist_ok=True)
        environment.write_stamp([environment.stamp(), *extras])

    monkeypatch.setattr(environment, "build", build)
    monkeypatch.setattr(environment, "install_lock", lambda name: builds.append([f"+{name}"]))
    return builds


def test_help_lists_every_verb() -> None:
    done = dev("help", PYTHON=sys.executable)
    assert done.returncode == 0
    for name in ("setup", "demo", "test", "check", "bench", "run", "campaign", "lock"):
        assert f"\n  {name} " in done.stdout


def test_a_verb_that_is_not_there_is_refused() -> None:
    done = dev("tset", PYTHON=sys.executable)
    assert done.returncode == 2
    assert "there is no verb 'tset'" in done.stderr


def test_a_python_that_does_not_do_is_refused_by_name() -> None:
    done = dev("test", PYTHON="/bin/false")
    assert done.returncode == 2
    assert "PYTHON=/bin/false is not a Python 3.11 or newer" in done.stderr


def test_without_any_python_it_says_what_to_install(tmp_path: Path) -> None:
    copy, tools = tmp_path / "dev", tmp_path / "bin"
    shutil.copy(DEV, copy)
    tools.mkdir()
    (tools / "dirname").symlink_to(shutil.which("dirname") or "")
    done = subprocess.run(
        ["/bin/sh", str(copy), "test"], env={"PATH": str(tools)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "no Python 3.11 or newer was found" in done.stderr


def test_an_environment_is_built_once(built: list[list[str]]) -> None:
    environment.setup()
    environment.setup()
    assert built == [[]]


@pytest.mark.parametrize("name", environment.SHAPE)
def test_it_is_built_again_when_what_it_is_made_of_changes(
    name: str, project: Path, built: list[list[str]]
) -> None:
    environment.setup()
    (project / name).write_text("other")
    environment.setup()
    assert built == [[], []]


def test_one_that_was_interrupted_is_built_again(project: Path, built: list[list[str]]) -> None:
    environment.setup()
    (project / ".venv" / "liaison-stamp").unlink()
    environment.setup()
    assert built == [[], []]


def test_one_that_was_moved_is_built_again(
    project: Path, built: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.setup()
    moved = project.rename(project.with_name("moved"))
    monkeypatch.setattr(environment, "ROOT", moved)
    monkeypatch.setattr(environment, "STAMP", moved / ".venv" / "liaison-stamp")
    assert environment.standing() != [environment.stamp()]


def test_ray_is_added_to_what_stands_and_stays(project: Path, built: list[list[str]]) -> None:
    environment.setup()
    environment.setup([environment.CLUSTER])
    environment.setup([environment.CLUSTER])
    (project / environment.LOCK).write_text("other")
    environment.setup()
    assert built == [[], [f"+{environment.CLUSTER}"], [environment.CLUSTER]]


def test_what_reads_photographs_is_added_beside_ray(project: Path, built: list[list[str]]) -> None:
    environment.verb_setup(["--cluster", "--photographs"])
    environment.verb_setup(["--photographs"])
    assert built == [[environment.CLUSTER, environment.PHOTOGRAPHS]]


def test_of_the_wheel_with_the_models_nothing_else_is_taken() -> None:
    locked = (environment.ROOT / environment.PHOTOGRAPHS).read_text("utf-8")
    names = {line.split("==")[0] for line in locked.splitlines() if "==" in line and line[0].isalpha()}
    assert {"onnxruntime", "opencv-python-headless", "rapidocr"} <= names
    assert not names & {"opencv-python", "omegaconf", "requests", "shapely", "tqdm", "pyclipper"}
    assert "--no-deps" in environment.exactly(environment.PHOTOGRAPHS)
    assert "--no-deps" not in environment.exactly(environment.LOCK)


def test_an_installer_that_outlives_its_parent_keeps_the_next_build_waiting(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[str]] = []

    def build(extras: list[str]) -> None:
        program = [sys.executable, "-c", "input()"]
        started.append(subprocess.Popen(program, stdin=subprocess.PIPE, text=True, close_fds=False))
        raise environment.SetupFailed("killed")

    monkeypatch.setattr(environment, "build", build)
    with pytest.raises(environment.SetupFailed):
        environment.setup()
    with (project / "pyproject.toml").open("rb") as gate:
        with pytest.raises(BlockingIOError):
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        started[0].communicate("\n")
        fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_packages_come_from_the_folder_of_wheels_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIAISON_WHEELS", str(tmp_path))
    assert environment.sources() == ["--no-index", "--find-links", str(tmp_path)]
    monkeypatch.setenv("LIAISON_WHEELS", str(tmp_path / "absent"))
    with pytest.raises(environment.SetupFailed, match="is not a folder"):
        environment.sources()
    monkeypatch.delenv("LIAISON_WHEELS")
    assert environment.sources() == []


def test_the_locks_hold_names_versions_and_hashes_alone() -> None:
    for name in environment.LOCKS:
        for line in (environment.ROOT / name).read_text("utf-8").splitlines():
            start = line.strip().split(" ")[0]
            assert "==" in start or start.startswith(("--hash=sha256:", "#")), f"{name}: {line}"


def test_nobodys_path_of_modules_reaches_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    around = environment.surroundings()
    assert "PYTHONPATH" not in around
    assert around["PATH"].split(os.pathsep)[0] == str(environment.VENV / "bin")


def test_an_unknown_benchmark_is_refused_with_the_names_there_are() -> None:
    done = subprocess.run([str(DEV), "bench", "nothing"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "check, single, plates" in done.stderr
