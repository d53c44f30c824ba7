"""Whole logs: ours, another implementation's, over the network, by the command and by the auditor's own script."""

import functools
import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from liaison.cli.ledger import app
from liaison.ledger.keys import parse_vkey
from liaison.ledger.log import sample
from liaison.ledger.sources import TIMEOUT, Folder, Web, source_of
from liaison.ledger.tiles import Tile, pack
from liaison.ledger.tree import leaf_hash, root_of
from liaison.ledger.verify import verify_log
from liaison.model.errors import BadInput, BadNote, LedgerDamaged, MissingFile
from tests.ledger.node import ORIGIN, POST_QUANTUM, SIGNER, Node, flip, vectors, write_log
from tools import verify_log as script

KEY = SIGNER.verifier.vkey
ENTRIES = [b"entry %d" % number for number in range(700)]
SCRIPT = Path(script.__file__)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_log(tmp_path / "a log", ENTRIES)
    return tmp_path / "a log"


@pytest.fixture
def tessera(tmp_path: Path) -> Path:
    """The log of Tessera's test data: its signed heads and entries, in the files that the specification names."""
    log = vectors("tessera")
    entries = [each.encode() for each in log["entries"]]
    for size in (8, 14, 15):
        for level, content in ((0, b"".join(map(leaf_hash, entries[:size]))), (-1, pack(entries[:size]))):
            place = tmp_path / "tessera" / Tile(level, 0, size).path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    return tmp_path / "tessera"


@pytest.fixture
def served(folder: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_whole_log_is_verified(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    found = verify_log(Folder(folder), KEY, lambda done, of: told.append((done, of)))
    assert (found.origin, found.size) == (ORIGIN, 700)
    assert found.root == root_of([leaf_hash(each) for each in ENTRIES])
    assert told == [(256, 700), (512, 700), (700, 700)]
    assert script.main([str(folder), "--key", KEY]) == 0


@pytest.mark.parametrize("size", ["0", "8", "14", "15"])
def test_a_log_that_tessera_wrote_is_verified(tessera: Path, size: str) -> None:
    log = vectors("tessera")
    (tessera / "checkpoint").write_text(log["checkpoints"][size], "utf-8")
    found = verify_log(Folder(tessera), log["vkey"])
    assert (found.origin, found.size) == ("example.com/log/testdata", int(size))
    assert script.main([str(tessera), "--key", log["vkey"]]) == 0


def test_another_origin_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadNote, match="not of another"):
        verify_log(Folder(folder), KEY, origin="another")
    assert script.main([str(folder), "--key", KEY, "--origin", "another"]) == 1
    assert script.main([str(folder), "--key", KEY, "--origin", ORIGIN]) == 0


def files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_a_flipped_bit_in_any_file_is_found_by_both(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(files(folder)) == 8
    for name in files(folder):
        content = (folder / name).read_bytes()
        for bit in {0, 7, len(content) * 4 + 3, len(content) * 8 - 9}:
            flip(folder / name, bit)
            with pytest.raises((LedgerDamaged, BadNote)) as caught:
                verify_log(Folder(folder), KEY)
            if name != "checkpoint":
                assert name in caught.value.place, name
            assert script.main([str(folder), "--key", KEY]) in (1, 2), name
            flip(folder / name, bit)
    capsys.readouterr()
    assert script.main([str(folder), "--key", KEY]) == 0


def test_a_missing_or_longer_file_is_found_by_both(folder: Path) -> None:
    for name in files(folder):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content + b"x")
        with pytest.raises((LedgerDamaged, BadNote)):
            verify_log(Folder(folder), KEY)
        assert script.main([str(folder), "--key", KEY]) == 1, name
        (folder / name).unlink()
        with pytest.raises(MissingFile, match=name):
            verify_log(Folder(folder), KEY)
        assert script.main([str(folder), "--key", KEY]) == 1, name
        (folder / name).write_bytes(content)


def test_the_first_bad_entry_is_named_by_both(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = folder / "tile/entries/001"
    content = place.read_bytes()
    place.write_bytes(content.replace(b"entry 300", b"entry 3OO").replace(b"entry 400", b"entry 4OO"))
    with pytest.raises(LedgerDamaged, match="entry 300 ") as caught:
        verify_log(Folder(folder), KEY)
    assert caught.value.index == 300
    assert script.main([str(folder), "--key", KEY]) == 1
    assert "entry 300 " in capsys.readouterr().err


def test_a_log_is_verified_over_the_network(served: str) -> None:
    with Web(served + "/") as source:
        assert verify_log(source, KEY).size == 700
        with pytest.raises(MissingFile, match="answered 404") as missing:
            source.read("tile/9/000", 10)
        assert missing.value.place == "tile/9/000"
        with pytest.raises(LedgerDamaged, match=r"^checkpoint has more than 10 bytes") as caught:
            source.read("checkpoint", 10)
        assert caught.value.place == "checkpoint"
        assert len(source.read("tile/0/000", 8192)) == 8192
        assert source._client.timeout == httpx.Timeout(TIMEOUT)
        assert (source._client.follow_redirects, source._client.trust_env) == (False, False)
    assert source._client.is_closed


def test_redirects_are_not_followed_and_failures_are_told() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/moved":
            return httpx.Response(302, headers={"location": "/"})
        raise httpx.ConnectTimeout("too slow")

    source = Web("https://log.example", httpx.Client(transport=httpx.MockTransport(answer)))
    with pytest.raises(MissingFile, match="redirects are not followed") as caught:
        source.read("moved", 10)
    assert caught.value.place == "moved"
    with pytest.raises(MissingFile, match="fetched: ConnectTimeout") as caught:
        source.read("slow", 10)
    assert caught.value.place == "slow"


def test_an_endless_answer_is_cut_off() -> None:
    taken = 0

    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            nonlocal taken
            while True:
                taken += 1
                yield b"x" * 1000

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Endless()))
    with pytest.raises(LedgerDamaged, match="more than 5000 bytes"):
        Web("https://log.example", httpx.Client(transport=transport)).read("checkpoint", 5000)
    assert taken == 6


def test_what_is_no_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not a folder") as caught:
        source_of(str(tmp_path / "absent"))
    assert caught.value.hint == "give a log's folder or its address"
    with pytest.raises(BadInput, match="is not the address of a log") as caught:
        source_of("ftp://log.example")
    assert caught.value.hint == "it begins with https://"
    assert isinstance(source_of(str(tmp_path)), Folder)
    web = source_of("http://log.example/a/")
    assert isinstance(web, Web)
    assert web.url == "http://log.example/a"
    web._client.close()


def test_the_command_verifies(folder: Path) -> None:
    result = CliRunner().invoke(app, ["verify", str(folder), "--key", KEY])
    assert result.exit_code == 0, result.output
    assert f"{ORIGIN}: 700 entries are as they were signed" in result.output
    answer = CliRunner().invoke(app, ["verify", str(folder), "--key", KEY, "--json", "--origin", ORIGIN])
    assert json.loads(answer.stdout) == {
        "origin": ORIGIN, "size": 700, "root": verify_log(Folder(folder), KEY).root.hex(),
    }  # fmt: skip
    flip(folder / "tile/0/001", 0)
    assert isinstance(CliRunner().invoke(app, ["verify", str(folder), "--key", KEY]).exception, LedgerDamaged)


def test_the_script_checks_a_sample(node: Node, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    node.append(300)
    node.store.write(lambda c: node.log.erase(c, [7]))
    node.publish([SIGNER, POST_QUANTUM])
    lines = node.store.read(lambda c: sample(node.log, c, [0, 7, 299]))
    rows = tmp_path / "sample.jsonl"
    arguments = [str(node.folder), "--key", KEY, "--sample", str(rows)]
    rows.write_text(lines + "\n")
    assert script.main(arguments) == 0
    assert "2 statements are what" in capsys.readouterr().out
    for bad in (
        lines.replace("person-1", "person-2"), lines.replace('"index": 0', '"index": 1'),
        lines.replace('"index": 0', '"index": 300'), lines.replace('"index": 0', '"index": -1'),
        lines.replace('"salt": "', '"salt": "00'), "{}\n", "[]\n", "text\n", '{"index":0,"salt":"x","statement":""}\n',
    ):  # fmt: skip
        rows.write_text(bad)
        assert script.main(arguments) == 1, bad
        assert "row 1 of the sample" in capsys.readouterr().err
    rows.unlink()
    assert script.main(arguments) == 2


def test_the_script_stands_alone(folder: Path) -> None:
    """Isolated from every installed package, it checks the signature in plain Python."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), str(folder), "--key", KEY]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "700 entries" in done.stdout
    text = (folder / "checkpoint").read_text("utf-8")
    (folder / "checkpoint").write_text(text.replace("\n700\n", "\n699\n"), "utf-8")
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "not that of its key" in done.stderr
    assert "liaison" not in {line.split()[1] for line in SCRIPT.read_text().splitlines() if "import " in line}


@pytest.mark.parametrize(
    "key", ["", "a+00000000+AQ==", KEY[:-4] + "AAA=", POST_QUANTUM.verifier.vkey, KEY.replace("+", "+0", 1)]
)
def test_the_script_refuses_other_keys(folder: Path, key: str) -> None:
    assert script.main([str(folder), "--key", key]) == 2


def test_the_script_refuses_another_logs_key(folder: Path) -> None:
    assert script.main([str(folder), "--key", vectors("tessera")["vkey"]]) == 1
    with pytest.raises(BadNote):
        verify_log(Folder(folder), parse_vkey(vectors("tessera")["vkey"]).vkey)
