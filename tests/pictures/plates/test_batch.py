"""Batches are read in processes that can open nothing; one bad picture costs its own reading and no other."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from liaison.model.errors import BadInput, BadSetting, PartMissing
from liaison.pictures.answers import Refused
from liaison.pictures.plates import batch as module
from liaison.pictures.plates.answers import LONGEST_ANSWER, Pass, Seen, Watched, encoded
from liaison.pictures.plates.batch import Batch, Result
from liaison.pictures.plates.models import Models
from liaison.pictures.plates.process import Task
from liaison.pictures.plates.reading import SIDES
from tests.pictures.plates.drawings import empty, film, looks, needs_networks, photograph, picture
from tests.pictures.test_headers import picture as blank

TASK = Task(SIDES, (), Models())
LISTENS = (
    "import sys\n"
    "def say(b): sys.stdout.buffer.write(len(b).to_bytes(4, 'big') + b); sys.stdout.buffer.flush()\n"
    "def hear(): return sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(4), 'big'))\n"
)
SEEN = encoded(Seen(9, 9, (), 1.0))


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra were installed: what is tested here is the side that asks."""
    monkeypatch.setattr(module, "can_read", lambda: True)


def acts(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let another program be the process."""
    monkeypatch.setattr(module, "COMMAND", (sys.executable, "-c", LISTENS + program))


def files(folder: Path, many: int) -> list[Path]:
    paths = [folder / f"{at}.jpg" for at in range(many)]
    for path in paths:
        path.write_bytes(blank("jpeg"))
    return paths


def read(paths: list[Path], processes: int = 1, patience: float = 40.0) -> list[Result]:
    with Batch(TASK, processes, patience) as batch:
        return list(batch.pictures(paths))


def words(results: list[Result]) -> list[str]:
    return [str(each.refused) if each.refused else "" for each in results]


@needs_networks
def test_a_batch_goes_on_after_what_cannot_be_read(tmp_path: Path) -> None:
    plate = photograph(tmp_path / "a.jpg", picture())
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(plate.read_bytes()[:4000])
    spoilt = tmp_path / "spoilt.png"
    content = bytearray(photograph(tmp_path / "b.png", picture()).read_bytes())
    content[300:3000] = bytes(2700)
    spoilt.write_bytes(bytes(content))
    text = tmp_path / "text.jpg"
    text.write_text("no picture")
    results = read([torn, plate, text, spoilt, tmp_path / "gone.jpg", plate], processes=2)
    assert [each.path.name for each in results] == [
        "torn.jpg", "a.jpg", "text.jpg", "spoilt.png", "gone.jpg", "a.jpg",
    ]  # fmt: skip
    assert [each.seen.plates[0].text for each in results if each.seen] == ["AB123CD"] * 2
    said = words(results)
    assert "cut off" in said[0]
    assert "no picture that can be read" in said[2]
    assert said[3]
    assert "No such file" in said[4]
    assert all(each.refused.file == str(each.path) and each.refused.hint for each in results if each.refused)


@needs_networks
def test_a_film_is_read_by_its_descriptor(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", [*looks("AB 123 CD", "AL", 15), *[empty()] * 60])
    with Batch(TASK) as batch:
        found = list(batch.film(path))
    assert [each.plate.text for each in found if isinstance(each, Pass)] == ["AB123CD"]
    assert isinstance(found[-1], Watched)
    assert found[-1].ended


@needs_networks
@pytest.mark.parametrize("content", [b"\0\0\0\x18ftypmp42" + bytes(4000), b"no film"])
def test_a_damaged_film_is_refused_by_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with Batch(TASK) as batch, pytest.raises(BadInput, match="no frame of this film") as refusal:
        list(batch.film(path))
    assert refusal.value.file == str(path)
    with Batch(TASK) as batch, pytest.raises(BadInput, match="No such file"):
        list(batch.film(tmp_path / "gone.mp4"))


@needs_networks
def test_own_networks_that_cannot_be_used_are_told_and_nothing_is_read(tmp_path: Path) -> None:
    task = Task(SIDES, (), Models(str(tmp_path / "none.onnx")))
    with (
        Batch(task) as batch,
        pytest.raises(BadSetting, match=r"plate_detector: there is no file .*none\.onnx"),
    ):
        list(batch.pictures(files(tmp_path, 1)))


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit(3)",
        "import os; os.abort()",
        f"say(b'x' * {LONGEST_ANSWER + 9})",
        "say(b'\\xff' * 99)",
        "sys.stdout.write('<html>')",
    ],
    ids=["ends", "aborts", "floods", "bytes", "text"],
)
def test_a_process_that_answers_otherwise_costs_one_picture(
    there: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    """The second picture of each process is answered so; the third has a new one."""
    acts(monkeypatch, f"say(b'ready')\nhear(); say({SEEN!r})\nhear()\n{program}")
    assert words(read(files(tmp_path, 4))) == ["", module.LIMITS, "", module.LIMITS]


def test_a_picture_that_takes_too_long_is_refused_and_the_next_is_read(
    there: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts(monkeypatch, f"import time\nsay(b'ready')\nhear(); say({SEEN!r})\nhear(); time.sleep(60)")
    start = time.monotonic()
    assert words(read(files(tmp_path, 3), patience=2.0)) == ["", module.LIMITS, ""]
    assert time.monotonic() - start < 30


def test_a_process_is_replaced_after_so_many_pictures(
    there: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_PICTURES", 2)
    acts(monkeypatch, f"say(b'ready')\nfor _ in range(2): hear(); say({SEEN!r})")
    assert words(read(files(tmp_path, 5))) == [""] * 5


def test_a_process_that_never_begins_is_told(
    there: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts(monkeypatch, "raise SystemExit(1)")
    with pytest.raises(PartMissing, match="does not start"):
        read(files(tmp_path, 1))


def test_a_film_that_ends_without_a_word_is_refused(
    there: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = encoded(Watched(1.0, 10, 1, 0, False))
    acts(monkeypatch, f"say(b'ready'); say({said!r})")
    found = list[Pass | Watched]()
    with Batch(TASK) as batch, pytest.raises(BadInput, match="could not be read to its end"):
        found += batch.film(files(tmp_path, 1)[0])
    acts(monkeypatch, f"say(b'ready'); say({encoded(Refused('it is torn', 'mend it'))!r})")
    with Batch(TASK) as batch, pytest.raises(BadInput, match="it is torn"):
        found += batch.film(files(tmp_path, 1)[0])


def test_without_the_extra_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "can_read", lambda: False)
    with pytest.raises(PartMissing) as refusal:
        Batch(TASK)
    assert "--photographs" in refusal.value.hint


@pytest.mark.parametrize("many", [0, -1, 65])
def test_so_many_processes_and_no_more(there: None, many: int) -> None:
    with pytest.raises(BadSetting, match="cannot be started"):
        Batch(TASK, many)


def test_the_process_has_no_environment(there: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAISON_SECRET", "four plums")
    acts(
        monkeypatch,
        "import os\nfrom liaison.pictures.answers import Refused\nfrom liaison.pictures.plates.answers import encoded\n"
        "say(b'ready'); hear(); say(encoded(Refused(' '.join(os.environ), 'x')))",
    )
    known = set(words(read(files(tmp_path, 1)))[0].split())
    assert "PYTHONPATH" in known
    assert not known & {"LIAISON_SECRET", "HOME", "PATH"}


CLOSED = """
import sys
from liaison.pictures import limits
from liaison.pictures.plates import process
from liaison.pictures.plates.reading import Wanted
process.warm(Wanted())
limits.close_in(process.SECONDS)
limits.more_time(1)
for name, way in {
    "file": lambda: open("/etc/hostname"),
    "connection": lambda: socket.socket(),
    "memory": lambda: bytearray(limits.MEMORY + (64 << 20)),
}.items():
    try:
        way()
        print(name, "opened")
    except (OSError, MemoryError) as error:
        print(name, type(error).__name__, flush=True)
while True:
    pass
"""


@needs_networks
@pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")
def test_the_process_opens_nothing_and_has_so_much_time_for_a_picture() -> None:
    around = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", "import socket\n" + CLOSED],
        env=around, capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert said == {"file": "OSError", "connection": "OSError", "memory": "MemoryError"}
    assert done.returncode < 0  # SIGXCPU
