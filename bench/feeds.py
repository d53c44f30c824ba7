"""What plate cameras, drones and boats send: messages a processor second, format by format."""

from __future__ import annotations

from collections.abc import Callable

from bench.common import ROOT, Figures, cpu_seconds
from tests.formats.tracks import made

DATA = ROOT / "tests" / "formats" / "data"
NOW = made.NOW
CAMERAS = (
    ("our own JSON, with 2 candidates and a picture", "plain.json"),
    ("OpenALPR group, with 2 candidates and 2 pictures", "openalpr-group.json"),
    ("OpenALPR results, 2 plates", "openalpr-results.json"),
    ("Plate Recognizer Stream", "plate-recognizer.json"),
    ("Hikvision ISAPI, XML of 40 elements", "hikvision.xml"),
    ("Frigate event", "frigate-event.json"),
    ("Blue Iris, 2 plates", "blue-iris.json"),
)
PICTURE = b"\xff\xd8\xff" + bytes(40_000)
PIECE = 65_536  # bytes that a connection brings at a time


def measure(quick: bool) -> list[Figures]:
    """Messages a second on one core: of cameras, then of drones, boats and teams."""
    many = 2_000 if quick else 20_000
    return [_cameras(many), _tracks(many)]


def _rate(work: Callable[[], int]) -> float:
    """The most thousands a processor second of three runs; `work` says how many it did."""
    best = 0.0
    for _ in range(3):
        start = cpu_seconds()
        done = work()
        best = max(best, done / (cpu_seconds() - start) / 1e3)
    return round(best, 1)


def _cameras(many: int) -> Figures:
    from liaison.formats.cameras import read

    found = Figures("Messages of plate cameras, recognised and read, CPU time of one core")

    def add(title: str, media: str, body: bytes, messages: int, target: str = ">= 10") -> None:
        def work() -> int:
            return sum(bool(read(media, body).reads) for _ in range(messages))

        found.add(title, _rate(work), "thousand/s", target)

    for title, name in CAMERAS:
        add(title, "", (DATA / "cameras" / name).read_bytes(), many)
    add("Hikvision in three parts, two pictures of 40 kB", _form(), _parts(), many // 4, "")
    rows = b"\n".join([b'{"plate":"ZZ 099 QQ","time":1772623211250,"camera":"gate-2"}'] * 10_000)

    def lines() -> int:
        return len(read("application/x-ndjson", rows).reads)

    found.add("our own JSON, 10,000 reads one a line", _rate(lines), "thousand reads/s", ">= 10")
    found.notes.append("messages are those of tests/formats/data; every plate is invented")
    return found


def _form() -> str:
    return "multipart/form-data; boundary=invented"


def _parts() -> bytes:
    xml = (DATA / "cameras" / "hikvision.xml").read_bytes()
    head = b'--invented\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n%s\r\n'
    parts = ((b"anpr.xml", xml), (b"licensePlatePicture.jpg", PICTURE), (b"detectionPicture.jpg", PICTURE))
    return b"".join(head % (name, name, content) for name, content in parts) + b"--invented--\r\n"


def _tracks(many: int) -> Figures:
    from liaison.formats.tracks import ais, cot, klv, people, remote_id
    from liaison.formats.tracks.cot_stream import Stream

    found = Figures("Messages of drones, boats and teams, CPU time of one core")
    event = (DATA / "tracks" / "drone.cot.xml").read_bytes().strip()
    seen = (DATA / "tracks" / "people.json").read_bytes()
    packs = made.pack(made.basic(), made.location(), made.system(), made.operator())
    packet = made.klv(made.frame())
    for title, work in (
        ("Cursor on Target, one event", lambda: cot.read(event, NOW)),
        ("people in need, our own JSON", lambda: people.read(seen, NOW)),
        ("Remote ID, pack of 4 messages", lambda: remote_id.read(packs, NOW)),
        ("MISB ST 0601, packet of 18 tags", lambda: klv.read(packet)),
    ):
        found.add(title, _rate(lambda work=work: len([work() for _ in range(many)])), "thousand/s", ">= 10")
    wire = event * many

    def connection() -> int:
        stream = Stream()
        return sum(len(stream.feed(wire[at : at + PIECE], NOW)) for at in range(0, len(wire), PIECE))

    found.add("Cursor on Target over a connection", _rate(connection), "thousand/s", ">= 7.5")
    if ais.installed():
        sentences = b"!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5C\r\n" * many
        title = "AIS positions, read by pyais"
        found.add(
            title, _rate(lambda: len(ais.Receiver().read(sentences, NOW).tracks)), "thousand/s", ">= 10"
        )
    else:
        found.notes.append("pyais is not installed: AIS was not measured")
    return found
