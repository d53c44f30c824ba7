"""Where libsodium is found, and what is said where it is not."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from liaison.crosscheck.function import groups
from liaison.crosscheck.function.groups import Group, libraries
from liaison.model.errors import GroupMissing


def missing(name: str) -> ctypes.CDLL:
    raise OSError(name)


def test_without_a_system_library_the_wheel_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> Group:
        raise GroupMissing("no libsodium")

    monkeypatch.setitem(groups.NAMED, "libsodium", gone)
    assert groups.first().name == "wheel"
    monkeypatch.setitem(groups.NAMED, "wheel", gone)
    with pytest.raises(GroupMissing, match="neither") as caught:
        groups.first()
    assert "libsodium" in caught.value.hint


def test_a_system_library_that_is_too_old_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    with pytest.raises(GroupMissing, match=r"1\.0\.18"):
        libraries.load("libsodium")
    monkeypatch.setattr(ctypes, "CDLL", missing)
    with pytest.raises(GroupMissing, match=r"1\.0\.18"):
        libraries.load("libsodium")


def test_a_wheel_that_is_not_there_or_hollow_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(GroupMissing, match="not installed"):
        libraries.load("wheel")
    monkeypatch.undo()
    (tmp_path / "rbcl").mkdir()
    (tmp_path / "rbcl" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(GroupMissing, match="cannot be loaded"):
        libraries.load("wheel")
    (tmp_path / "rbcl" / "_sodium.py").write_text("sodium_bs = bytes.fromhex('7f45')", "ascii")
    with pytest.raises(GroupMissing, match="holds no library"):
        libraries.load("wheel")
    (tmp_path / "rbcl" / "_sodium.py").write_text(f"x = bytes.fromhex('{'00' * 20_000}')", "ascii")
    with pytest.raises(GroupMissing, match="cannot be loaded"):
        libraries.load("wheel")


def test_the_wheel_leaves_no_file_behind(tmp_path: Path) -> None:
    """Its own module writes the library to a temporary file at each import and leaves it."""
    script = "from liaison.crosscheck.function.groups import choose as c; c('wheel').multiply_base(b'\\1' + bytes(31))"
    for more in ("", "import os; del os.memfd_create; "):
        subprocess.run(
            [sys.executable, "-c", more + script], check=True, env={**os.environ, "TMPDIR": str(tmp_path)}
        )
        assert list(tmp_path.iterdir()) == []


def test_a_library_is_loaded_where_files_without_names_are_not_to_be_had(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert hasattr(libraries.load("wheel"), libraries.NEEDED)
    assert list(tmp_path.iterdir()) == []
