"""The ledger over HTTP: own acts, others' acts, proofs, public files, and the auditor's seat."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.ledger.published import verify_proof
from liaison.ledger.statements import leaf
from liaison.ledger.tree import inclusion, leaf_hash, node_hash, span
from liaison.model.roles import Role
from liaison.officers import recording
from liaison.web.tree_picture import picture, sides
from liaison.web.verbs import VERBS
from tests.web.scene import a_case
from tests.web_fixtures import Desk, Officer, a_desk

VERIFIER = Path(__file__).parents[2] / "tools" / "verify_log.py"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("ledger")) as desk:
        yield desk


@pytest.fixture(scope="module")
def auditor(desk: Desk) -> Officer:
    return desk.enrol("Ilir Marku", Role.AUDITOR)


@pytest.fixture(scope="module")
def officer(desk: Desk) -> Officer:
    return desk.enrol("Vera Kola", Role.INVESTIGATOR)


def entries(program: httpx.Client, **sought: str) -> list[dict[str, object]]:
    return list(program.get("/api/v1/ledger/entries", params=sought).json()["items"])


def test_an_officer_sees_their_own_acts_alone(desk: Desk, officer: Officer, auditor: Officer) -> None:
    with desk.program(officer) as program:
        seen = entries(program)
        assert {each["who"] for each in seen} == {officer.person}
        assert {each["who"] for each in entries(program, who=auditor.person)} == {officer.person}


def test_anothers_entry_is_not_there(desk: Desk, officer: Officer) -> None:
    with desk.program(officer) as program, desk.browser(officer) as browser:
        foreign, absent = (
            program.get("/api/v1/ledger/entries/0"),
            program.get("/api/v1/ledger/entries/999999"),
        )
        assert foreign.status_code == absent.status_code == 404
        assert foreign.content == absent.content
        assert browser.get("/ledger/entries/0").content == browser.get("/ledger/entries/999999").content


def test_an_auditor_searches_and_the_search_is_recorded(
    desk: Desk, officer: Officer, auditor: Officer
) -> None:
    with desk.program(auditor) as program:
        found = entries(program, what="sign-in", who=officer.person)
        assert {(each["what"], each["who"]) for each in found} == {("sign-in", officer.person)}
        own = entries(program, what="ledger-searched")
        assert own[0]["detail"] == {"what": "sign-in", "who": officer.person}


def test_pages_go_on_to_the_beginning_of_the_log(desk: Desk, auditor: Officer) -> None:
    with desk.program(auditor) as program:
        indexes: list[int] = []
        cursor = ""
        while True:
            page = program.get("/api/v1/ledger/entries", params={"limit": 7, "cursor": cursor}).json()
            indexes += [each["index"] for each in page["items"]]
            cursor = page["next"]
            if not cursor:
                break
        assert indexes[-1] == 0
        assert indexes == sorted(indexes, reverse=True)
        assert len(indexes) == len(set(indexes))


def test_a_proof_verifies_with_nothing_but_the_key(desk: Desk, auditor: Officer) -> None:
    desk.node.publish_now()
    with desk.program(auditor) as program:
        entry = program.get("/api/v1/ledger/entries/3").json()
        proof = program.get("/api/v1/ledger/entries/3/proof").text
        head = program.get("/api/v1/ledger/head").json()
    assert entry["state"] == "sealed"
    keys = [signer.verifier for signer in desk.node.signers]
    opened = desk.office.read(lambda connection: desk.office.log.open(connection, 3))
    assert entry["salt"] == opened.salt.hex()
    committed = leaf(opened.salt, opened.written)
    assert leaf_hash(committed).hex() == entry["leaf_hash"]
    shown = verify_proof(proof, committed, desk.node.settings.origin, keys)
    assert shown.root.hex() == head["root"]


def test_the_page_of_an_entry_draws_its_proof(desk: Desk, auditor: Officer) -> None:
    desk.node.publish_now()
    with desk.browser(auditor) as browser:
        page = browser.get("/ledger/entries/3")
        assert page.status_code == 200
        assert "<svg" in page.text
        assert "style=" not in page.text
        download = browser.get("/ledger/entries/3/proof")
        assert download.headers["content-disposition"] == 'attachment; filename="entry-3.tlog-proof"'


def test_an_entry_that_waits_for_a_head_says_so(desk: Desk, auditor: Officer) -> None:
    head = desk.node.publish_now()
    assert head is not None
    with desk.browser(auditor) as browser:
        browser.get("/ledger")
        page = browser.get(f"/ledger/entries/{head.checkpoint.size}")
        assert "waits for the next signed head" in page.text
        assert browser.get(f"/ledger/entries/{head.checkpoint.size}/proof").status_code == 404


@pytest.mark.parametrize(
    ("sought", "field"), [({"since": "yesterday"}, "since"), ({"until": "2026-13-01"}, "until")]
)
def test_a_wrong_filter_is_told_beside_its_field(
    desk: Desk, auditor: Officer, sought: dict[str, str], field: str
) -> None:
    with desk.browser(auditor) as browser:
        page = browser.get("/ledger", params=sought)
        assert page.status_code == 400
        assert f'href="#{field}"' in page.text


def test_the_last_day_of_the_calendar_is_no_bound(desk: Desk, auditor: Officer) -> None:
    with desk.browser(auditor) as browser:
        assert browser.get("/ledger", params={"until": "9999-12-31"}).status_code == 200


def test_the_public_files_are_a_log_that_verifies(desk: Desk, tmp_path: Path) -> None:
    head = desk.node.publish_now()
    assert head is not None
    size = head.checkpoint.size
    with desk.browser() as browser:
        for name in ("checkpoint", f"tile/0/000.p/{size}", f"tile/entries/000.p/{size}"):
            answer = browser.get(f"/ledger/{name}")
            assert answer.status_code == 200, name
            place = tmp_path / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(answer.content)
            assert "immutable" in answer.headers["cache-control"] or name == "checkpoint"
        assert browser.get("/ledger/checkpoint").headers["cache-control"] == "no-cache"
    vkey = desk.node.signers[0].verifier.vkey
    done = subprocess.run(
        [sys.executable, str(VERIFIER), str(tmp_path), "--key", vkey], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["tile/0/999", "tile/../../node.toml", "tile/x", "tile/0/000.p/0"])
def test_no_other_file_of_the_ledger_is_served(desk: Desk, name: str) -> None:
    with desk.browser() as browser:
        assert browser.get(f"/ledger/{name}").status_code == 404


def test_a_node_that_witnesses_nobody_signs_nothing(desk: Desk) -> None:
    with desk.browser(**{"sec-fetch-site": "cross-site"}) as browser:
        assert browser.post("/add-checkpoint", content=b"old 0\n\n").status_code == 404
        assert browser.post("/add-checkpoint", content=b"x" * 10_000_000).status_code == 413


def test_the_auditors_seat(desk: Desk, auditor: Officer, officer: Officer) -> None:
    with desk.browser(auditor) as browser:
        assert browser.get("/audit").status_code == 200
        none = browser.post("/audit", data={"since": "2020-01-01", "until": "2020-02-01", "size": "5"})
        assert none.status_code == 400
        assert "nobody asked anything in that time" in none.text
        figures = browser.get("/audit/figures")
        assert figures.status_code == 200
        script = browser.get("/audit/verify_log.py")
        assert script.content == VERIFIER.read_bytes()
    with desk.browser(officer) as browser:
        for path in ("/audit", "/audit/figures", "/audit/sample-absent"):
            assert browser.get(path).status_code == 404


@given(st.integers(1, 300).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))))
def test_the_picture_joins_the_hashes_up_to_the_root(place: tuple[int, int]) -> None:
    index, size = place
    leaves = [leaf_hash(str(each).encode()) for each in range(size)]

    def node(level: int, at: int) -> bytes:
        if level == 0:
            return leaves[at]
        return node_hash(node(level - 1, 2 * at), node(level - 1, 2 * at + 1))

    proof = inclusion(node, index, size)
    drawn = picture(leaves[index], index, size, proof)
    root = span(node, 0, size)
    top = min((box for box in drawn.boxes if box.own), key=lambda box: box.y)
    assert top.text == f"{root.hex()[:12]}…"
    assert len(sides(index, size, len(proof))) == drawn.levels == len(proof)
    assert len(drawn.lines) == 2 * len(proof)
    assert all(box.x >= 0 and 0 <= box.y < drawn.height for box in drawn.boxes)


def test_entries_are_told_in_words_of_the_reader(desk: Desk, officer: Officer) -> None:
    with desk.browser(officer) as browser:
        assert ">Somebody signed in</a></h2>" in browser.get("/ledger?what=sign-in").text
        assert 'value="sign-in" selected>Somebody signed in<' in browser.get("/ledger?what=sign-in").text
        french = browser.get("/ledger?what=sign-in", headers={"accept-language": "fr"}).text
        assert ">Quelqu’un s’est connecté</a></h2>" in french
        assert 'value="of-another-day" selected' in browser.get("/ledger?what=of-another-day").text


def test_every_act_about_people_has_words() -> None:
    assert VERBS.keys() >= recording.VERBS


def test_a_case_has_its_reference_where_the_reader_sees_it(desk: Desk, auditor: Officer) -> None:
    worker = desk.enrol("Besim Doka", Role.INVESTIGATOR)
    case, _ = a_case(desk, worker, "Q-2026-77")
    with desk.browser(worker) as browser, desk.browser(auditor) as other:
        own = browser.get("/ledger?what=grounds-given").text
        assert f"Q-2026-77 ({case})" in own
        entry = re.search(r"/ledger/entries/(\d+)", own)
        assert entry is not None
        assert f"Q-2026-77 ({case})" in browser.get(entry[0]).text
        seen = other.get("/ledger?what=grounds-given").text
        assert case in seen
        assert "Q-2026-77" not in seen
