"""Compiling the kernel."""

from __future__ import annotations

import ctypes
import stat
import sys
from pathlib import Path

import numpy as np
import pytest

from liaison import kernel
from liaison.kernel import build
from liaison.model.errors import KernelMissing


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of nothing but the sources of a small kernel, in a folder with a space."""
    folder = tmp_path / "a kernel"
    folder.mkdir()
    (folder / "one.h").write_text('#define ONE 1\n#define EXPORT __attribute__((visibility("default")))\n')
    (folder / "one.c").write_text('#include "one.h"\nEXPORT int one(void) { return ONE; }\n')
    monkeypatch.setattr(build, "HERE", folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("CC", raising=False)
    return folder


def program(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_the_kernel_is_built_once_and_loads(elsewhere: Path) -> None:
    first = build.library_path()
    made = first.stat().st_mtime_ns
    assert ctypes.CDLL(str(first)).one() == 1
    assert build.library_path() == first
    assert first.stat().st_mtime_ns == made
    assert [path for path in elsewhere.iterdir() if path.is_dir()] == []


def test_a_changed_header_makes_another_kernel(elsewhere: Path) -> None:
    first = build.library_path()
    (elsewhere / "one.h").write_text((elsewhere / "one.h").read_text().replace("ONE 1", "ONE 2"))
    second = build.library_path()
    assert second != first
    assert ctypes.CDLL(str(second)).one() == 2


def test_another_processor_gets_its_own_kernel(
    elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpuinfo").write_text("processor: 0\nflags: sse2\n")
    monkeypatch.setattr(build, "CPUINFO", tmp_path / "cpuinfo")
    first = build.file_name(native=True)
    (tmp_path / "cpuinfo").write_text("processor: 0\nflags: sse2 avx2\nprocessor: 1\nflags: sse2 avx2\n")
    assert build.file_name(native=True) != first
    monkeypatch.setattr(build, "CPUINFO", tmp_path / "absent")
    assert build.file_name(native=True) != first


def test_a_released_kernel_is_used_where_it_stands(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    released = build.build(elsewhere / build.file_name(native=False), native=False)
    monkeypatch.setattr(build, "compilers", lambda: iter([]))
    assert build.library_path() == released


def test_without_a_compiler_the_error_says_so(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "compilers", lambda: iter([]))
    with pytest.raises(KernelMissing, match="no C compiler"):
        build.library_path()


def test_a_compiler_that_fails_is_followed_by_the_next(
    elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = program(tmp_path / "broken cc", "echo no headers here >&2; exit 1")
    monkeypatch.setenv("CC", f"'{broken}' -m64")
    assert next(build.compilers()) == [str(broken), "-m64"]
    assert ctypes.CDLL(str(build.library_path())).one() == 1


def test_a_compiler_without_native_code_still_builds(
    elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = program(
        tmp_path / "plain-cc",
        'case "$*" in *-march=native*) echo unknown option >&2; exit 1;; esac; exec cc "$@"',
    )
    monkeypatch.setenv("CC", str(plain))
    assert next(build.compilers()) == [str(plain)]
    assert ctypes.CDLL(str(build.library_path())).one() == 1


def test_broken_sources_are_refused_in_the_compilers_words_and_leave_nothing(elsewhere: Path) -> None:
    (elsewhere / "two.c").write_text("int two(void) { return }\n")
    with pytest.raises(KernelMissing, match=r"two\.c:1"):
        build.library_path()
    assert not list(elsewhere.glob("*.so"))


def test_the_kernel_goes_to_the_cache_where_the_sources_cannot_be_written_to(
    elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "writable", lambda folder: False)
    path = build.library_path()
    assert path.parent == tmp_path / "cache" / "liaison"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert build.library_path() == path


def test_the_command_prints_where_the_kernel_stands(
    elsewhere: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert build.main([]) == 0
    assert Path(capsys.readouterr().out.strip()).exists()
    assert build.main(["--portable"]) == 0
    assert Path(capsys.readouterr().out.strip()).name == build.file_name(native=False)
    monkeypatch.setattr(build, "compilers", lambda: iter([]))
    (elsewhere / "one.c").write_text("int other;\n")
    assert build.main([]) == 1
    assert "no C compiler" in capsys.readouterr().err


def test_a_file_that_is_no_library_is_said_to_be_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "_kernel.so"
    wrong.write_bytes(b"no library")
    monkeypatch.setattr(build, "library_path", lambda: wrong)
    with pytest.raises(KernelMissing, match="cannot be loaded"):
        kernel.lib.__wrapped__()


def test_only_arrays_in_one_piece_have_an_address() -> None:
    values = np.arange(10)
    assert kernel.address(values).value == values.ctypes.data
    with pytest.raises(ValueError, match="C-contiguous"):
        kernel.address(values[::2])


def test_the_ziglang_wheel_is_the_last_resort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ziglang").mkdir()
    (tmp_path / "ziglang" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    assert list(build.compilers()) == [[sys.executable, "-m", "ziglang", "cc"]]
