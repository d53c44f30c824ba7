"""A picture is read in a process of its own: with limits, without a network, one at a time; nothing of it is kept."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
from typing import Any

import numpy as np
import pytest
from PIL import Image

from liaison.model.errors import BadInput, PartMissing, TooMany
from liaison.pictures import reader as module
from liaison.pictures.answers import LONGEST_ANSWER, Reading, Refused, encoded
from liaison.pictures.reader import Reader
from tests.pictures.specimens import PASSPORT, file, needs_extra, page
from tests.pictures.test_headers import bomb, picture

OTHER = (sys.executable, "-c")
PLAIN = picture("jpeg")


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra were installed: what is tested here is the node's side."""
    monkeypatch.setattr(module, "can_read", lambda: True)


def acts(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let another program be the process."""
    monkeypatch.setattr(module, "COMMAND", (*OTHER, program))


def test_without_the_extra_it_is_said_and_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "can_read", lambda: False)
    acts(monkeypatch, "raise SystemExit('started')")
    with pytest.raises(PartMissing) as refusal:
        Reader().read(PLAIN)
    assert "--photographs" in refusal.value.hint


def test_what_its_header_refuses_reaches_no_process(there: None, monkeypatch: pytest.MonkeyPatch) -> None:
    started = list[int]()
    monkeypatch.setattr(module, "_asked", lambda content, patience: started.append(len(content)))
    with pytest.raises(BadInput, match="at most 40 million"):
        Reader().read(bomb(30_000, 30_000))
    assert started == []


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit(3)",
        "import os; os.abort()",
        "import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write(b'\\xff' * 99)",
        "import sys; sys.stdin.buffer.read(); print('<html>')",
        f"import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write(bytes({LONGEST_ANSWER + 9}))",
    ],
    ids=["ends", "aborts", "bytes", "text", "floods"],
)
def test_a_process_that_answers_otherwise_is_a_refusal(
    there: None, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    acts(monkeypatch, program)
    with pytest.raises(BadInput, match="within its limits") as refusal:
        Reader().read(PLAIN)
    assert refusal.value.field == "photograph"


def test_a_process_that_takes_too_long_is_killed(there: None, monkeypatch: pytest.MonkeyPatch) -> None:
    acts(monkeypatch, "import time; time.sleep(60)")
    start = time.monotonic()
    with pytest.raises(BadInput, match="within its limits"):
        Reader(patience=0.5).read(PLAIN)
    assert time.monotonic() - start < 10


def test_what_is_shown_is_a_jpeg_or_nothing(there: None, monkeypatch: pytest.MonkeyPatch) -> None:
    said = encoded(Reading(9, 9, (), "none", b"<svg onload=alert(1)>"))
    acts(monkeypatch, f"import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write({said!r})")
    with pytest.raises(BadInput, match="damaged"):
        Reader().read(PLAIN)


def test_a_few_wait_and_more_are_turned_away(there: None, monkeypatch: pytest.MonkeyPatch) -> None:
    said = encoded(Refused("done", "go on"))
    acts(
        monkeypatch,
        f"import sys, time; sys.stdin.buffer.read(); time.sleep(1); sys.stdout.buffer.write({said!r})",
    )
    shared, ends = Reader(waiting=1), list[type[Exception]]()

    def ask() -> None:
        try:
            shared.read(PLAIN)
        except (BadInput, TooMany) as error:
            ends.append(type(error))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(kind.__name__ for kind in ends) == ["BadInput"] * 2 + ["TooMany"] * 3
    with pytest.raises(BadInput, match="done"):  # the places are free again
        shared.read(PLAIN)


@needs_extra
def test_a_photograph_is_read_from_its_bytes() -> None:
    found = Reader().read(file(page()))
    assert [(zone.text, zone.sure) for zone in found.zones] == [(PASSPORT, True)]
    assert found.shown.startswith(b"\xff\xd8\xff")


@needs_extra
@pytest.mark.parametrize("kind", [".png", ".webp"])
def test_every_kind_is_read(kind: str) -> None:
    assert Reader().read(file(page(), kind)).zones[0].text == PASSPORT


@needs_extra
def test_the_orientation_is_obeyed_and_nothing_else_of_the_camera_is_kept() -> None:
    upright = Image.fromarray(page()[:, :, ::-1])
    marks = Image.Exif()
    marks[0x0112], marks[0x010F], marks[0x0131] = (
        6,
        "SECRET CAMERA",
        "SECRET PROGRAM",
    )  # shown a quarter turn on
    sent = io.BytesIO()
    upright.rotate(90, expand=True).save(sent, "JPEG", quality=88, exif=marks)
    assert b"SECRET" in sent.getvalue()
    found = Reader().read(sent.getvalue())
    assert (found.width, found.height) == upright.size
    assert found.zones[0].text == PASSPORT
    (left, top), (right, _), *_ = found.zones[0].corners[0]
    assert right - left > 800
    assert top > upright.height / 2
    assert b"SECRET" not in found.shown
    assert b"Exif" not in found.shown


@needs_extra
def test_a_file_that_is_two_kinds_at_once_is_read_as_the_first_and_nothing_of_the_other_comes_back() -> None:
    both = file(page()) + b"PK\x03\x04<script>window.pwned=1</script>%PDF-1.7"
    found = Reader().read(both)
    assert found.zones[0].text == PASSPORT
    assert b"script" not in found.shown


@needs_extra
def test_damage_inside_a_picture_is_a_refusal_or_no_zone_and_never_a_failure() -> None:
    whole, chance = file(page(), ".png"), np.random.default_rng(4)
    spoilt = bytearray(whole)
    for at in chance.integers(200, len(spoilt) - 40, 400):
        spoilt[at] ^= 0x55
    try:
        zones: Any = Reader().read(bytes(spoilt)).zones
    except BadInput:
        zones = ()
    assert zones == ()


@needs_extra
def test_a_picture_at_the_limit_is_read_within_the_memory() -> None:
    import cv2

    large = cv2.resize(page(), (7300, 5400))
    assert Reader().read(file(large, quality=60)).zones[0].text == PASSPORT


CLOSED = """
import sys
from liaison.pictures import limits, process
process.warm()
limits.close_in(process.SECONDS)
ways = {
    "file": lambda: open("/etc/hostname"),
    "connection": lambda: __import__("socket").socket(),
    "process": lambda: __import__("os").system("true") and None,
    "memory": lambda: bytearray(limits.MEMORY + (64 << 20)),
}
for name, way in ways.items():
    try:
        way()
        print(name, "opened")
    except (OSError, MemoryError) as error:
        print(name, type(error).__name__)
"""


@needs_extra
@pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")
def test_the_process_opens_no_file_and_no_connection_and_takes_no_more_memory() -> None:
    around = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", "import socket\n" + CLOSED],
        env=around,
        capture_output=True,
        text=True,
        check=False,
    )
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert said["file"] == "OSError"
    assert said["connection"] == "OSError"
    assert said["memory"] == "MemoryError"


@needs_extra
@pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")
def test_the_process_may_use_so_much_of_the_processor_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    from liaison.pictures import process

    monkeypatch.setattr(
        module,
        "COMMAND",
        (
            sys.executable,
            "-P",
            "-c",
            "import sys, itertools\nfrom liaison.pictures import process\n"
            "sys.stdin.buffer.read()\nprocess.close_in(1)\nfor _ in itertools.count(): pass",
        ),
    )
    assert process.SECONDS == 20
    start = time.monotonic()
    with pytest.raises(BadInput, match="within its limits"):
        Reader(patience=30).read(PLAIN)
    assert time.monotonic() - start < 25


def test_the_process_has_no_environment(monkeypatch: pytest.MonkeyPatch, there: None) -> None:
    monkeypatch.setenv("LIAISON_SECRET", "four plums")
    program = "import os, sys; sys.stdin.buffer.read(); from liaison.pictures.answers import Refused, encoded"
    acts(monkeypatch, f"{program}; sys.stdout.buffer.write(encoded(Refused(' '.join(os.environ), 'x')))")
    with pytest.raises(BadInput) as refusal:
        Reader().read(PLAIN)
    known: Any = set(str(refusal.value).split())
    assert "LIAISON_SECRET" not in known
    assert "HOME" not in known
