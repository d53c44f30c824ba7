"""What is read of a camera, a film or a folder comes to a real node, with its picture and its time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from liaison.cli.watching import read_of
from liaison.formats.cameras import read
from liaison.model.roles import Role
from liaison.pictures.plates.answers import Choice, Plate
from liaison.sightings.viewing import sightings_of_case
from tests.cli.conftest import Run
from tests.cli.test_cameras import Recorder, ends, until
from tests.pictures.plates.camera import camera
from tests.pictures.plates.drawings import empty, film, looks, needs_networks, photograph, picture
from tests.web.scene import Scene, a_scene
from tests.web.serving import served

WANTED = "AA 500 OB"  # the entry of the scene
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("watch")) as scene:
        yield scene


@contextmanager
def watching(source: object, address: str, recorder: Recorder) -> Iterator[subprocess.Popen[str]]:
    words = ("--to", address, "--feed-secret-file", recorder.secret, "--camera", "front", "--country", "AL")
    command = [sys.executable, "-m", "liaison.cli", "plates", "watch", str(source), *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_read_goes_out_as_our_own_json_and_keeps_everything() -> None:
    plate = Plate(
        "AA500OB",
        "AA5000B",
        0.9,
        ("AL",),
        (Choice("AA500OB", 0.7), Choice("AA5000B", 0.3)),
        ((1.0, 2.0), (90.5, 3.0), (90.5, 20.0), (1.0, 19.0)),
        b"\xff\xd8\xffcrop",
    )
    sent = read("application/json", read_of(plate, AT, "front", "run-1"))
    (one,) = sent.reads
    assert (one.plate, one.camera, one.read_id, one.country) == ("AA500OB", "front", "run-1", "AL")
    assert [(each.plate, each.confidence) for each in one.candidates] == [("AA5000B", 0.3)]
    assert one.time is not None
    assert one.time.in_utc(timedelta(0)) == AT
    assert one.box is not None
    assert (one.box.x, one.box.y, one.box.width, one.box.height) == (1, 2, 89.5, 18)
    assert [sent.pictures[place].content() for place in one.pictures] == [plate.crop]
    assert not sent.doubts


@needs_networks
def test_a_folder_is_watched_and_what_comes_is_sent_with_its_picture(scene: Scene, tmp_path: Path) -> None:
    recorder, folder = Recorder(scene, tmp_path), tmp_path / "spool"
    folder.mkdir()
    now = scene.desk.office.now().timestamp()
    with served(scene.desk) as address, watching(folder, address, recorder) as process:
        for name, content in (("bad.jpg", b"no picture"), ("bad.mp4", b"no film")):
            (folder / name).write_bytes(content)
            os.utime(folder / name, (now, now))
        photograph(folder / "one.jpg", picture(WANTED))
        os.utime(folder / "one.jpg", (now - 30, now - 30))
        until(lambda: recorder.counted["reads"] == 1, 90)
        clip = film(folder / "two.mp4", [*looks("BB 222 CC", "AL", 12), *[empty()] * 60])
        os.utime(clip, (now, now))
        until(lambda: recorder.counted["reads"] == 2, 90)
        said = ends(process)
    assert process.returncode == 0
    assert "2 reads taken by the node" in said
    assert "bad.jpg: " in said
    assert "no frame of this film" in said
    actor = scene.desk.actor(scene.owners[Role.INVESTIGATOR])
    found = [
        one
        for one in sightings_of_case(scene.desk.office, actor, scene.owned["case"])
        if one.camera == recorder.camera
    ]
    (met,) = found
    assert met.seen is not None
    assert met.seen.picture.startswith(b"\xff\xd8\xff")
    assert met.late.total_seconds() == pytest.approx(30, abs=1), "taken when its file was last changed"


@needs_networks
def test_a_camera_that_ends_is_called_again(scene: Scene, tmp_path: Path) -> None:
    recorder = Recorder(scene, tmp_path)
    shown = [*[empty()] * 3, *looks("AB 123 CD", "AL", 6), *[empty()] * 30]
    with (
        served(scene.desk) as address,
        camera(shown) as source,
        watching(source, address, recorder) as process,
    ):
        assert process.stdout is not None
        assert "AB123CD" in process.stdout.readline()
        assert "AB123CD" in process.stdout.readline(), "it ended, and was called again"
        until(lambda: recorder.counted["reads"] == 2)
        said = ends(process)
    assert "The camera ended" in said
    assert "2 reads taken" in said


def test_what_is_sent_needs_a_feed_and_a_camera(liaison: Run, tmp_path: Path) -> None:
    result = liaison("plates", "watch", tmp_path, "--to", "https://node.example")
    assert result.exit_code == 2
    assert "--feed-secret-file FILE and --camera CODE" in result.output


@needs_networks
def test_a_source_that_is_none_is_refused(liaison: Run, tmp_path: Path) -> None:
    result = liaison("plates", "watch", tmp_path / "none")
    assert result.exit_code == 2
    assert "no camera, film or folder" in result.output


@needs_networks
def test_a_film_is_told_without_a_node(liaison: Run, tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", [*looks("BB 222 CC", "AL", 12), *[empty()] * 60])
    os.utime(clip, (AT.timestamp(), AT.timestamp()))
    told = json.loads(liaison("plates", "watch", clip, "--country", "AL", "--json").stdout)
    assert told["plate"]["text"] == "BB222CC"
    assert "crop" not in told["plate"]
    passed = datetime.fromisoformat(told["passed"])
    assert timedelta(seconds=1) < AT - passed < timedelta(seconds=4), "so long before the end of the film"
