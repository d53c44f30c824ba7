"""A photograph over HTTP: its zone goes into the form, to be compared; nothing is looked up, and nothing kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from liaison.formats.mrz import Doubt
from liaison.model.errors import TooMany
from liaison.model.roles import Role
from liaison.pictures import reader as module
from liaison.pictures.answers import Found, Reading
from liaison.storage.tables.ledger import ENTRIES
from liaison.web.language import LANGUAGES
from tests.pictures.specimens import CARD, PASSPORT, file, needs_extra, page
from tests.pictures.test_headers import picture
from tests.web.scene import Scene, a_case, a_scene
from tests.web_fixtures import Officer

CORNERS = ((10.0, 20.0), (300.0, 20.0), (300.0, 40.0), (10.0, 40.0))
PLAIN = picture("jpeg")
FORM, API = "/documents/read", "/api/v1/documents/read"


def zone(text: str = PASSPORT, *doubts: Doubt, consistent: bool = True) -> Found:
    return Found(text, consistent, doubts, (CORNERS, CORNERS))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("photographs")) as scene:
        yield scene


@pytest.fixture
def officer(scene: Scene) -> Officer:
    return scene.owners[Role.INVESTIGATOR]


@pytest.fixture
def read(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> list[Reading]:
    """Put a reading here, and it is what the process answers; what was sent is not looked at."""
    answers = list[Reading]()
    monkeypatch.setattr(module, "can_read", lambda: True)
    monkeypatch.setattr("liaison.web.routes.documents.can_read", lambda: True)
    monkeypatch.setattr(module, "_asked", lambda content, patience: answers[-1])
    return answers


def reading(*zones: Found, why: str = "") -> Reading:
    return Reading(400, 300, zones, why, b"\xff\xd8\xffpicture")


def entries(scene: Scene) -> int:
    return int(
        scene.desk.office.read(
            lambda connection: connection.execute(select(func.count()).select_from(ENTRIES)).scalar_one()
        )
    )


def sent(content: bytes = PLAIN, name: str = "page.jpg") -> dict[str, Any]:
    return {"photograph": (name, content, "image/jpeg")}


def test_the_zone_goes_into_the_field_with_all_that_was_typed(
    scene: Scene, officer: Officer, read: list[Reading]
) -> None:
    _, grounds = a_case(scene.desk, officer, "PH-1")
    read.append(reading(zone()))
    before = entries(scene)
    with scene.desk.browser(officer) as browser:
        typed = {"grounds": grounds, "place": "Morina", "page_surname": "Specimen", "mrz": "OLD"}
        answer = browser.post(FORM, data=typed, files=sent())
    assert answer.status_code == 200
    assert f">\n{PASSPORT.replace('<', '&lt;')}</textarea>" in answer.text
    assert f'value="{grounds}" selected' in answer.text
    assert 'value="Morina"' in answer.text
    assert 'value="Specimen"' in answer.text
    assert "Nothing has been examined yet" in answer.text
    assert 'href="data:image/jpeg;base64,' in answer.text
    assert answer.text.count('<polygon points="10,20 300,20 300,40 10,40"') == 2
    assert entries(scene) == before, "reading a picture looks up nothing"


def test_a_zone_that_runs_out_of_the_picture_is_said_at_the_photograph_alone(
    scene: Scene, officer: Officer, read: list[Reading]
) -> None:
    read.append(Reading(9, 9, (), "cut", PLAIN))
    with scene.desk.browser(officer) as browser:
        answer = browser.post(FORM, files=sent())
    assert answer.status_code == 400
    assert "the zone runs out of the picture, or its end is covered" in answer.text
    assert "photograph it whole, with some room on every side" in answer.text
    assert "this is needed" not in answer.text, "the zone was to be read from the picture"


def test_signs_that_were_not_read_surely_are_marked(
    scene: Scene, officer: Officer, read: list[Reading]
) -> None:
    read.append(reading(zone(PASSPORT, Doubt("unclear", "E was not read surely: compare it", "names", 1, 8))))
    with scene.desk.browser(officer) as browser:
        shown = browser.post(FORM, files=sent()).text
    assert "P&lt;UTOSP<mark>E</mark>CIMEN" in shown
    assert "look closely" in shown
    assert "E was not read surely: compare it</span> · line 1, column 8" in " ".join(shown.split())


def test_a_line_that_is_doubtful_as_a_whole_is_marked_whole(
    scene: Scene, officer: Officer, read: list[Reading]
) -> None:
    doubt = Doubt("unclear", "line 1 was read with 43 signs of 44: compare all of it", "", 1)
    read.append(reading(zone(PASSPORT, doubt)))
    with scene.desk.browser(officer) as browser:
        shown = browser.post(FORM, files=sent()).text
    assert re.search(r"<mark>P&lt;UTO[^/]*</mark>", shown)


def test_readings_of_a_number_that_would_agree_are_offered(
    scene: Scene, officer: Officer, read: list[Reading]
) -> None:
    other = PASSPORT.replace("XK7654321", "XK7654B21").replace("XK7654B21", "XK76S4321")
    read.append(reading(zone(other, consistent=False)))
    with scene.desk.browser(officer) as browser:
        shown = browser.post(FORM, files=sent()).text
    assert "Check digits do not agree" in shown
    assert '<code class="l-ident">XK7654321</code>' in shown
    with scene.desk.program(officer) as program:
        assert program.post(API, files=sent()).json()["zones"][0]["numbers"] == ["XK7654321"]


def test_of_several_documents_the_first_is_taken_and_all_are_shown(
    scene: Scene, officer: Officer, read: list[Reading]
) -> None:
    read.append(reading(zone(PASSPORT), zone(CARD)))
    with scene.desk.browser(officer) as browser:
        shown = browser.post(FORM, files=sent()).text
    assert "Document 2" in shown
    assert "examine the others after it" in shown
    assert shown.count("QUERFELDT") == 1
    assert f">\n{PASSPORT.replace('<', '&lt;')}</textarea>" in shown


@pytest.mark.parametrize(
    ("why", "advice"),
    [("none", "the whole page"), ("small", "go closer"), ("dark", "better light"), ("unclear", "page flat")],
)
def test_what_could_not_be_read_says_what_to_do(
    scene: Scene, officer: Officer, read: list[Reading], why: str, advice: str
) -> None:
    read.append(reading(why=why))
    with scene.desk.browser(officer) as browser:
        answer = browser.post(FORM, data={"mrz": "KEPT"}, files=sent())
    assert answer.status_code == 400
    assert advice in answer.text
    assert 'href="#photograph"' in answer.text
    assert ">\nKEPT</textarea>" in answer.text
    with scene.desk.program(officer) as program:
        told = program.post(API, files=sent()).json()
    assert (told["zones"], told["why"]) == ([], why)
    assert advice in told["advice"]


def test_the_interface_tells_the_zone_its_place_and_every_doubt(
    scene: Scene, officer: Officer, read: list[Reading]
) -> None:
    doubt = Doubt("unclear", "E was not read surely: compare it", "names", 1, 8)
    read.append(reading(zone(PASSPORT, doubt)))
    with scene.desk.program(officer) as program:
        before = entries(scene)
        told = program.post(API, files=sent()).json()
    ((one),) = told["zones"]
    assert (one["mrz"], one["consistent"], one["sure"]) == (PASSPORT, True, False)
    assert one["doubts"] == [
        {"kind": "unclear", "words": doubt.words, "field": "names", "line": 1, "column": 8}
    ]
    assert one["corners"][0] == [list(point) for point in CORNERS]
    assert "shown" not in json.dumps(told)
    assert entries(scene) == before


@pytest.mark.parametrize(
    ("files", "status", "words"),
    [
        (None, 400, "no file was chosen"),
        (sent(b""), 400, "empty"),
        (sent(b"GIF89a" + bytes(99)), 400, "a GIF"),
        (sent(PLAIN[:200]), 400, "cut off"),
        (sent(PLAIN + bytes(20_300_000)), 413, ""),
    ],
)
def test_what_is_no_picture_is_refused_at_the_field(
    scene: Scene, officer: Officer, read: list[Reading], files: Any, status: int, words: str
) -> None:
    with scene.desk.browser(officer) as browser:
        answer = browser.post(FORM, data={"mrz": ""}, files=files)
        assert (answer.status_code, words in answer.text) == (status, True)
    with scene.desk.program(officer) as program:
        answer = program.post(API, data={"x": ""}, files=files)
        assert (answer.status_code, words in answer.text) == (status, True)
        assert not words or answer.json()["field"] == "photograph"


def test_the_interface_takes_a_form_alone(scene: Scene, officer: Officer) -> None:
    with scene.desk.program(officer) as program:
        assert program.post(API, json={"photograph": "AAAA"}).status_code == 415


def test_when_too_many_wait_the_next_is_told_when_to_come_back(
    scene: Scene, officer: Officer, read: list[Reading], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(content: bytes, patience: float) -> Reading:
        raise TooMany("other pictures are being read", retry_after=5)

    monkeypatch.setattr(module, "_asked", busy)
    with scene.desk.program(officer) as program:
        answer = program.post(API, files=sent())
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")
    with scene.desk.browser(officer) as browser:
        assert browser.post(FORM, files=sent()).status_code == 429


def test_without_the_extra_the_page_says_so_and_the_rest_works(
    scene: Scene, officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "can_read", lambda: False)
    monkeypatch.setattr("liaison.web.routes.documents.can_read", lambda: False)
    with scene.desk.browser(officer) as browser:
        form = browser.get("/documents")
        assert "Photographs of documents are not read on this node" in form.text
        assert "./dev setup --photographs" in form.text
        assert "pip install &#39;liaison[photographs]&#39;" in form.text.replace("'", "&#39;")
        assert "Then the node has to be started again." in form.text
        assert 'type="file"' not in form.text
        assert browser.post(FORM, files=sent()).status_code == 409
    with scene.desk.program(officer) as program:
        assert program.post(API, files=sent()).status_code == 409


def test_a_field_takes_a_picture_of_the_camera(scene: Scene, officer: Officer, read: list[Reading]) -> None:
    with scene.desk.browser(officer) as browser:
        form = browser.get("/documents").text
    field = re.search(r'<input[^>]*type="file"[^>]*>', form)
    assert field
    assert 'accept="image/jpeg,image/png,image/webp"' in field[0]
    assert 'capture="environment"' in field[0]
    button = re.search(r'<button[^>]*formaction="/documents/read"[^>]*>', form)
    assert button
    assert 'formenctype="multipart/form-data"' in button[0]
    first = re.search(r"<form[^>]*action=\"/documents\".*?<button[^>]*>", form, re.S)
    assert first
    assert "formaction" not in first[0], "Enter in a field examines, and reads no photograph"


def test_nothing_of_a_picture_is_logged_or_kept_on_the_disk(
    scene: Scene, officer: Officer, read: list[Reading]
) -> None:
    read.append(reading(zone()))
    with scene.desk.browser(officer) as browser:
        browser.post(FORM, files=sent(name="OBERMULLER.jpg"))
    assert "OBERMULLER" not in scene.desk.log.getvalue()
    assert "SPECIMEN" not in scene.desk.log.getvalue()
    for path in scene.desk.node.places.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"XK7654321" not in content, path
            assert PLAIN[200:400] not in content, path


def test_the_zone_is_shown_upright_and_larger(scene: Scene, officer: Officer, read: list[Reading]) -> None:
    upside_down = tuple((400 - x, 300 - y) for x, y in CORNERS)
    read.append(reading(Found(PASSPORT, True, (), (upside_down, upside_down))))
    with scene.desk.browser(officer) as browser:
        shown = browser.post(FORM, files=sent()).text
    strip = re.search(
        r'viewBox="([^"]+)"[^>]*><use href="#photograph-read" transform="rotate\(([-\d.]+)', shown
    )
    assert strip
    assert abs(abs(float(strip[2])) - 180) < 0.01
    left, top, wide, high = map(float, strip[1].split())
    assert (left, top, wide, high) == pytest.approx((94.2, 254.2, 301.6, 31.6))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_it_is_drawn_in_every_language(
    scene: Scene, officer: Officer, read: list[Reading], language: str
) -> None:
    read.append(reading(zone()))
    with scene.desk.browser(officer, **{"accept-language": language}) as browser:
        page_ = browser.post(FORM, files=sent())
    assert page_.status_code == 200
    assert ("Nothing has been examined yet" in page_.text) == (language == "en")


@needs_extra
def test_a_drawn_page_is_read_and_then_examined(scene: Scene, officer: Officer) -> None:
    _, grounds = a_case(scene.desk, officer, "PH-2")
    with scene.desk.browser(officer) as browser:
        shown = browser.post(FORM, data={"grounds": grounds}, files=sent(file(page()))).text
        assert "read surely" in shown
        field = re.search(r'<textarea[^>]*name="mrz"[^>]*>\n(.*?)</textarea>', shown, re.S)
        assert field
        text = field[1].replace("&lt;", "<")
        assert text == PASSPORT
        done = browser.post("/documents", data={"mrz": text, "grounds": grounds, "photograph": "page.jpg"})
        assert done.status_code == 200
        assert "SPECIMEN, NOBODY MARIA" in done.text
