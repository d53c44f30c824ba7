"""Films: one read for each vehicle that passes, nothing looked at while nothing moves, damage told."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from liaison.model.errors import BadInput
from liaison.pictures.plates import film as module
from liaison.pictures.plates.answers import Pass, Watched
from liaison.pictures.plates.batch import Batch
from liaison.pictures.plates.film import Gate, frames, passes
from liaison.pictures.plates.models import Models
from liaison.pictures.plates.process import Task
from liaison.pictures.plates.reading import Wanted
from tests.pictures.plates.camera import camera
from tests.pictures.plates.drawings import empty, film, looks, needs_networks

pytestmark = needs_networks
WANTED = Wanted((448,))


def timed(shown: list[Any], rate: float = 8.0) -> Iterator[tuple[float, Any]]:
    return ((at / rate, each) for at, each in enumerate(shown))


def told(found: list[Pass | Watched]) -> list[str]:
    return [each.plate.text for each in found if isinstance(each, Pass)]


def test_one_read_is_told_for_each_vehicle_with_its_time() -> None:
    still = [empty()] * 30
    shown = [*still, *looks("AB 123 CD", "AL", 4), *still, *looks("02 345 EF", "XK", 4), *still]
    found = list(passes(timed(shown), WANTED))
    assert told(found) == ["AB123CD", "02345EF"]
    first = next(each for each in found if isinstance(each, Pass))
    assert first.first == pytest.approx(3.75)
    assert first.last == pytest.approx(4.125)
    assert (first.frames, first.agreeing) == (4, 4)
    assert found[-1] == Watched(12.125, 98, 11, 0, True)  # one of the road, and where it changed back


def test_a_vehicle_that_was_seen_once_is_counted_and_not_told() -> None:
    still = [empty()] * 25
    found = list(passes(timed([*still, *looks("AB 123 CD", "AL", 1), *still]), WANTED))
    assert told(found) == []
    assert isinstance(found[-1], Watched)
    assert found[-1].unsure == 1


def test_nothing_is_looked_at_while_nothing_moves_or_too_soon() -> None:
    gate = Gate()
    assert gate.moved(empty())
    assert not gate.moved(empty())
    assert gate.moved(looks("AB 123 CD", "AL", 1)[0])
    quick = list(passes(timed(looks("AB 123 CD", "AL", 6), 100.0), WANTED))
    assert isinstance(quick[-1], Watched)
    assert quick[-1].looked_at == 1


def test_a_slow_change_is_seen_though_no_two_frames_differ() -> None:
    """The picture is held against the last one that was let through, not against the one before."""
    gate, dark = Gate(), empty() // 4
    assert gate.moved(dark)
    assert any(gate.moved(dark + 3 * at) for at in range(1, 10))


@pytest.mark.parametrize("ending", [".mp4", ".avi"])
def test_the_frames_of_a_file_come_with_their_seconds(tmp_path: Path, ending: str) -> None:
    path = film(tmp_path / f"film{ending}", [empty()] * 12)
    with path.open("rb") as opened:
        found = list(frames(opened))
    assert [seconds for seconds, _ in found] == pytest.approx([at / 25 for at in range(12)], abs=0.001)
    assert found[0][1].shape == empty().shape


@pytest.mark.parametrize(
    "content", [b"", b"\0\0\0\x18ftypmp42" + bytes(4000), b"#EXTM3U\nfile:///etc/passwd\n"]
)
def test_what_is_no_film_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput, match="no frame of this film") as refusal:
        list(frames(io.BytesIO(content)))
    assert "MP4" in refusal.value.hint


def test_a_film_that_is_cut_off_is_told_after_what_was_read(tmp_path: Path) -> None:
    shown = [*looks("AB 123 CD", "AL", 12), *[empty()] * 100]
    whole = film(tmp_path / "film.avi", shown).read_bytes()
    found = list[Pass | Watched]()
    with pytest.raises(BadInput, match=r"says 112 frames and only \d+ of them"):
        found.extend(passes(frames(io.BytesIO(whole[: len(whole) // 2])), WANTED))
    assert told(found) == ["AB123CD"]
    assert isinstance(found[-1], Watched)
    assert not found[-1].ended


def test_a_camera_is_read_until_it_ends() -> None:
    shown = [*[empty()] * 3, *looks("AB 123 CD", "AL", 6), *[empty()] * 30]
    with camera(shown) as address, Batch(Task((448,), (), Models())) as batch:
        found = list(batch.camera(address))
    assert told(found) == ["AB123CD"]
    assert isinstance(found[-1], Watched)
    assert found[-1].ended


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("rtsp://127.0.0.1:9/none", "sends nothing that can be read"),
        ("http://127.0.0.1:9/none", "is no address of a camera"),
        ("/etc/hostname", "is no address of a camera"),
        ("rtsp://", "is no address of a camera"),
    ],
)
def test_what_is_no_camera_is_refused(address: str, words: str) -> None:
    with pytest.raises(BadInput, match=words) as refusal:
        list(frames(address))
    assert refusal.value.field == "camera"


def test_frames_that_are_too_large_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PIXELS", 10_000)
    path = film(tmp_path / "film.avi", [empty()] * 3)
    with path.open("rb") as opened, pytest.raises(BadInput, match="640 by 480"):
        list(frames(opened))
