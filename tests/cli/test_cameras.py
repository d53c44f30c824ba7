"""What Frigate reads comes from a real broker to a real node; where either is away, it comes later."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liaison.cli.cameras import place_of
from liaison.model.errors import BadSetting
from liaison.model.roles import Role
from liaison.sightings import register
from liaison.sightings.tallies import tallies
from tests.cli.broker import PASSWORD, USER, a_broker, needs_broker
from tests.cli.conftest import Run
from tests.web.scene import Scene, a_scene
from tests.web.serving import served

EVENTS, UPDATES = "frigate/events", "frigate/tracked_object_update"
CODE = "front"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("mqtt")) as scene:
        yield scene


class Recorder:
    """A feed with one camera, and what it counted."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        actor = scene.desk.actor(scene.owners[Role.INVESTIGATOR])
        self.office, owned = scene.desk.office, scene.owned
        self.scene = scene
        feed = register.make_feed(self.office, actor, owned["case"], "Frigate")
        place = register.Place("Harbour", 41.3, 19.5, None, "AL")
        until = self.office.now() + timedelta(days=3)
        starts = self.office.now() - timedelta(hours=23)  # films and cameras tell the time of this machine
        asked = register.Entry(feed.id, CODE, place, "PROS 1", "DPIA 1", until, starts=starts)
        self.camera = register.register(self.office, actor, owned["grounds"], asked).id
        self.secret = folder / "secret"
        self.secret.write_text(feed.secret + "\n")
        self.secret.chmod(0o600)

    @property
    def counted(self) -> dict[str, int]:
        rows = self.office.read(lambda c: tallies(c, [self.camera]))
        return {name: sum(getattr(row, name) for row in rows) for name in ("reads", "met", "refused")}

    def event(self, number: int, plate: str | None, **fields: Any) -> bytes:
        """A change of a tracked object, as Frigate writes it."""
        after = {
            "id": f"{number}.0-abcdef",
            "camera": CODE,
            "frame_time": self.office.now().timestamp(),
            "label": "car",
            "sub_label": "Somebody's car",
            "recognized_license_plate": plate,
            "recognized_license_plate_score": 0.93,
        }
        return json.dumps({"type": "update", "before": {}, "after": after | fields}).encode()


@pytest.fixture
def recorder(scene: Scene, tmp_path: Path) -> Recorder:
    return Recorder(scene, tmp_path)


@contextmanager
def bridge(*words: object) -> Iterator[subprocess.Popen[str]]:
    """`liaison cameras mqtt` as a program of its own."""
    command = [sys.executable, "-m", "liaison.cli", "cameras", "mqtt", *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def ends(process: subprocess.Popen[str]) -> str:
    """What it said, after it was asked to stop."""
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    return said


def until(true: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def listens(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    assert "connected to the broker" in process.stderr.readline()


@needs_broker
def test_what_frigate_reads_is_taken_by_the_node_over_tls_and_with_a_password(
    scene: Scene, recorder: Recorder, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "password").chmod(0o600)
    with a_broker(tmp_path, secure=True) as broker, served(scene.desk) as address:
        sign_in = ("--user", USER, "--password-file", tmp_path / "password", "--broker-ca", broker.authority)
        with bridge(
            "--broker", broker.url, "--to", address, "--feed-secret-file", recorder.secret, *sign_in
        ) as process:
            listens(process)
            update = {"type": "lpr", "id": "9.0-a", "camera": CODE, "plate": "BB 222 CC", "score": 0.8}
            update["timestamp"] = recorder.office.now().timestamp()
            broker.publish(
                EVENTS,
                recorder.event(1, None),
                recorder.event(1, "AA 500 OB"),
                recorder.event(1, "AA 500 OB"),  # the same reading again: Frigate tells every change
                recorder.event(2, "CC 333 DD"),
                b"no JSON at all",
                recorder.event(3, "EE 444 FF", camera="unregistered"),
            )
            broker.publish(UPDATES, json.dumps(update).encode(), b'{"type": "description"}')
            until(lambda: recorder.counted["reads"] == 3)
            time.sleep(0.5)
            said = ends(process)
    assert process.returncode == 0
    assert recorder.counted == {"reads": 3, "met": 1, "refused": 0}
    assert "3 reads taken by the node; 1 refused" in said
    assert "4 messages without a new plate" in said
    for secret in ("AA 500", "AA500", "CC 333", "Somebody", PASSWORD, recorder.secret.read_text().strip()):
        assert secret not in said


@needs_broker
def test_where_the_broker_or_the_node_goes_away_it_is_tried_again_and_what_is_lost_is_told(
    scene: Scene, recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MQTT_PASSWORD", PASSWORD)
    with a_broker(tmp_path) as broker:
        with served(scene.desk) as address:
            pass  # the node is gone: its port answers nobody
        words = ("--broker", broker.url, "--user", USER, "--to", address)
        with bridge(*words, "--feed-secret-file", recorder.secret) as process:
            listens(process)
            broker.publish(EVENTS, *(recorder.event(n, f"BB {n} CC") for n in range(200, 220)))
            time.sleep(1)
            broker.stop()
            time.sleep(0.5)
            broker.start()
            time.sleep(4)
            assert process.poll() is None
            broker.publish(EVENTS, recorder.event(300, "BB 300 CC"))
            said = ends(process)
    assert process.returncode == 0
    assert "the node does not answer; it is tried again" in said
    assert "the broker is gone; it is tried again" in said
    (lost,) = re.findall(r"(\d+) messages lost: the node did not take them in time", said)
    assert 2 <= int(lost) <= 21, "what the broker had passed on when it stopped, and one after it came back"


@needs_broker
def test_a_wrong_password_and_a_wrong_secret_end_it_with_what_to_do(
    scene: Scene, recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_broker(tmp_path) as broker, served(scene.desk) as address:
        words = ("--broker", broker.url, "--to", address, "--user", USER, "--feed-secret-file")
        monkeypatch.setenv("MQTT_PASSWORD", "wrong")
        with bridge(*words, recorder.secret) as process:
            _, said = process.communicate(timeout=60)
        assert process.returncode == 2
        assert "the broker does not let this program in" in said
        assert "--password-file" in said
        monkeypatch.setenv("MQTT_PASSWORD", PASSWORD)
        recorder.secret.write_text("guessed")
        with bridge(*words, recorder.secret) as process:
            listens(process)
            end = time.monotonic() + 40
            while process.poll() is None and time.monotonic() < end:
                broker.publish(EVENTS, recorder.event(int(time.monotonic() * 10), "AA 500 OB"))
                time.sleep(0.3)
            _, said = process.communicate(timeout=60)
        assert process.returncode == 2
        assert "the node knows no feed with this secret" in said
        assert "make a feed" in said


@pytest.mark.parametrize(
    ("broker", "words"),
    [
        ("mqtt://broker.example", "would travel in the clear"),
        ("http://127.0.0.1", "no address of a broker"),
        ("mqtts://liaison:secret@broker.example", "no address of a broker"),
        ("mqtts://broker.example:port", "no address of a broker"),
        ("broker.example", "no address of a broker"),
    ],
)
def test_a_broker_that_cannot_be_is_refused(broker: str, words: str) -> None:
    with pytest.raises(BadSetting, match=words) as refused:
        place_of(broker)
    assert "secret" not in str(refused.value)
    assert refused.value.hint


def test_addresses_of_brokers() -> None:
    assert place_of("mqtts://broker.example") == ("broker.example", 8883, True)
    assert place_of("mqtt://127.0.0.1") == ("127.0.0.1", 1883, False)
    assert place_of("mqtt://localhost:1999") == ("localhost", 1999, False)


def test_a_secret_that_others_may_read_is_not_used(liaison: Run, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("abc")
    (tmp_path / "secret").chmod(0o644)
    words = ("--broker", "mqtts://b.example", "--to", "https://n.example", "--feed-secret-file")
    result = liaison("cameras", "mqtt", *words, tmp_path / "secret")
    assert result.exit_code == 2
    assert "chmod 600" in result.output
    missing = liaison("cameras", "mqtt", *words, tmp_path / "none")
    assert missing.exit_code == 2
    assert "save the secret of the feed in it" in missing.output
    (tmp_path / "secret").chmod(0o600)
    clear = liaison(
        "cameras",
        "mqtt",
        "--broker",
        "mqtts://b.example",
        "--to",
        "http://n.example",
        *words[4:],
        tmp_path / "secret",
    )
    assert clear.exit_code == 2
    assert "in the clear" in clear.output
