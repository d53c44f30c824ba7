"""Hostile texts in every field of every form and in the cells of a list: none is run, and nothing breaks.

Each is sent over HTTP to each form, and every answer must be made of the elements and attributes that honest words
bring about. A part of the answers, and the pages on which the texts stand afterwards, are opened in Chromium.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import string
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from liaison.demo import agency
from liaison.demo.agency import Officer
from liaison.demo.walk import sign_in
from tests.browser.conftest import WATCH
from tests.browser.payload_list import payloads
from tools.screens import PAGES, address_of, signed_in

ALL = payloads()
FEW = 30
HONEST = "Plain words, nothing more"
LEFT = (
    "/sign-out",
    "/sign-in",
    "/settings/theme",
    "/settings/language",
    "/settings/security",
)  # they end sessions
ENDS = ("/end", "/close", "/erase", "/remove", "/stop", "/read", "/run")  # they end what others still need
# this house has no camera, and nobody is followed: tests/web/test_cameras.py and test_following.py look at the pages
NOT_THERE = {"/cameras/camera-", "/following/check-"}
TYPED = {"text", "search", "email", "tel", "url", "number", "hidden"}
CANARY = """
window.pwned = 0;
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => { window.pwned = 1; };
"""
HEADERS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html", "Accept-Language": "en"}
Grain = tuple[str, str]


@dataclass(slots=True)
class Sent:
    """A form as a page has it: where it goes, what a person types, and what is sent along."""

    action: str
    typed: list[str] = field(default_factory=list)
    along: dict[str, str] = field(default_factory=dict)
    file: str = ""


class Forms(HTMLParser):
    """The forms of a page, and of what elements and attributes it is made."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Sent] = []
        self.grains: set[Grain] = set()
        self._form: Sent | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.grains |= {(tag, name) for name in given} | {(tag, "")}
        for name in ("href", "src", "action"):
            if re.match(r"\s*(javascript|data|vbscript):", given.get(name, ""), re.IGNORECASE):
                self.grains.add((tag, given[name]))
        if tag == "form":
            post = given.get("method") == "post"
            self._form = Sent(given["action"]) if post else None
            self.forms += [self._form] if self._form else []
        elif self._form is not None:
            self._field(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None

    def _field(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "textarea" or (tag == "input" and kind in TYPED - {"hidden"}):
            self._form.typed.append(name)
        elif tag == "input" and kind == "file":
            self._form.file = name
        elif tag == "select":
            self._select = name
        elif tag == "option" and given.get("value"):
            self._form.along.setdefault(self._select, given["value"])
        elif tag == "input" and kind in ("radio", "checkbox"):
            self._form.along.setdefault(name, given.get("value", "on"))
        elif tag == "input" and kind == "hidden":
            self._form.along[name] = given.get("value", "")


@dataclass(slots=True)
class Field:
    """The demonstration under fire: who sends, which forms there are, and of what their honest answers are made."""

    address: str
    hit: str
    clients: dict[Officer, httpx.Client]
    seats: dict[Officer | None, Any]
    paths: dict[Officer, list[str]]
    forms: list[tuple[Officer, Sent]] = field(default_factory=list)
    honest: set[Grain] = field(default_factory=set)
    answers: list[tuple[Officer, httpx.Response]] = field(default_factory=list)
    stored: dict[str, tuple[Officer, str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def front(demonstration: tuple[str, str], chromium: Any) -> Iterator[Field]:
    """Everybody signed in, every form found, and every form answered once to honest words."""
    address, hit = demonstration
    people = [who for who in dict.fromkeys(shot.who for shot in PAGES) if who is not None]
    contexts = {who: signed_in(chromium, address, who) for who in people}
    for context in contexts.values():
        context.add_init_script(WATCH + CANARY)
    seats = {who: context.new_page() for who, context in contexts.items()}
    clients = {who: httpx.Client(base_url=address, headers=HEADERS, timeout=60) for who in people}
    made = Field(address, hit, clients, seats, {who: [] for who in people})
    for who, client in clients.items():
        sign_in(client, who)
        _survey(made, who)
    _survey_a_list(made)
    yield made
    for client in clients.values():
        client.close()
    for context in contexts.values():
        context.close()


def _survey(front: Field, who: Officer) -> None:
    """Open this officer's pages, note their forms, and answer each with honest words."""
    seen: set[str] = set()
    for shot in PAGES:
        if shot.who is not who or shot.link in NOT_THERE:
            continue
        path = address_of(front.seats[who], shot, front.hit)
        front.paths[who].append(path)
        read = Forms()
        read.feed(front.clients[who].get(path).text)
        front.honest |= read.grains
        for form in read.forms:
            left = form.action.startswith(LEFT) or form.action.endswith(ENDS) or form.action in seen
            if form.typed and not left:
                seen.add(form.action)
                front.forms.append((who, form))
    for officer, form in front.forms:
        if officer is who:
            _send(front, who, form, HONEST, honest=True)
            _send(front, who, form, "2027-01-01", honest=True)


def _survey_a_list(front: Field) -> None:
    """Honest names in a list long enough to be seen in each of its states: it waits for a second person, is approved,
    is checked while its page asks again and again, and is done. What those pages are made of is honest."""
    desk, approver = front.clients[agency.DESK], front.clients[agency.APPROVER]
    order = next(form for who, form in front.forms if who is agency.DESK and form.action == "/lists/new")
    signs = string.ascii_lowercase
    names = [f"Honest, {''.join(name).title()}" for name in itertools.product(signs, signs, signs)]
    place = desk.post(order.action, data=order.along | {"list": "\n".join(names)}).headers["location"]
    waits = desk.get(place)
    approval = re.search(r'href="(/approvals/[^"]+)"', waits.text)
    assert approval is not None
    answer = {"answer": "approve", "reason": "The names are of the same case and are needed."}
    assert approver.post(approval[1], data=answer).status_code == 303
    states = [waits, desk.get(place)]
    assert desk.post(f"{place.partition('?')[0]}/start").status_code == 303
    for _ in range(300):
        states.append(desk.get(place))
        if ("div", "hx-trigger") not in _grains(states[-1]):
            break
        time.sleep(0.2)
    front.honest |= {grain for state in states for grain in _grains(state)}
    assert ("div", "hx-trigger") in front.honest, "the list was done before anybody could look"


def _send(front: Field, who: Officer, form: Sent, text: str, *, honest: bool = False) -> httpx.Response:
    """Send a text in every typed field of a form; the last answer after what it leads to."""
    sent = form.along | dict.fromkeys(form.typed, text)
    file = (
        {form.file: (f"{text[:60]}.csv".replace("\0", ""), f"name,born\n{text}\n".encode())}
        if form.file
        else None
    )
    answer = front.clients[who].post(form.action, data=sent, files=file)
    place = answer.headers.get("location", "")
    if answer.status_code == 303 and place.startswith("/"):
        answer = front.clients[who].get(place)
        front.stored.setdefault(f"{form.action} {len(front.stored) % 3}", (who, place))
    if honest:
        front.honest |= _grains(answer)
    return answer


def _grains(answer: httpx.Response) -> set[Grain]:
    read = Forms()
    read.feed(answer.text)
    return read.grains


def _fire(front: Field, texts: list[str], keep: int) -> None:
    """Send the texts to every form. Every `keep`th answer is kept for Chromium."""
    broken, strange, number = [], {}, 0
    for who, form in front.forms:
        for text in texts:
            answer = _send(front, who, form, text)
            if answer.status_code >= 500:
                broken.append((form.action, text[:60]))
            if new := _grains(answer) - front.honest - _FAULT:
                strange[form.action, text[:60]] = new
            number += 1
            if number % keep == 0:
                front.answers.append((who, answer))
    assert broken == []
    assert strange == {}


_FAULT = {  # what pages that refuse are made of, and honest words did not bring about
    ("section", "role"),
    ("p", "role"),
    ("section", "class"),
    ("section", "aria-label"),
    ("ul", "class"),
    ("ul", "lang"),  # what is unusual of a document
    ("strong", ""),
}


def _unharmed(page: Any, path: str) -> list[str]:
    """Open a page; what it ran, asked for or was kept from."""
    wrong: list[str] = []

    def asked(request: Any) -> None:
        if "evil.invalid" in request.url:
            wrong.append(request.url)

    def shown(dialog: Any) -> None:
        wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.on("request", asked)
    page.on("dialog", shown)
    answer = page.goto(path, wait_until="load")
    if answer.status >= 500:
        wrong.append(f"{path} was answered with {answer.status}")
    ran, blocked = page.evaluate("[window.pwned, window.violations]")
    page.remove_listener("request", asked)
    page.remove_listener("dialog", shown)
    return wrong + [f"{path} was blocked: {each}" for each in blocked] + (["it ran"] if ran else [])


def _replay(answer: httpx.Response) -> Callable[[Any], None]:
    """What gives the browser the answer as it came, with its own policy of content."""
    left = ("content-length", "content-encoding", "transfer-encoding")
    headers = {name: value for name, value in answer.headers.items() if name not in left}

    def handle(route: Any) -> None:
        route.fulfill(status=answer.status_code, headers=headers, body=answer.content)

    return handle


def _opened_again(front: Field) -> list[str]:
    """The answers as they came, header by header, in Chromium; and every page on which the texts may stand now."""
    wrong: list[str] = []
    for number, (who, answer) in enumerate(front.answers):
        page, url = front.seats[who], f"{front.address}/opened-again/{number}"
        page.route(url, _replay(answer))
        wrong += _unharmed(page, url)
        page.unroute(url)
    standing = [(who, path) for who, paths in front.paths.items() for path in paths]
    for who, path in dict.fromkeys(standing + list(front.stored.values())):
        wrong += _unharmed(front.seats[who], path)
    return wrong


def _imported(front: Field, texts: list[str]) -> str:
    """Import a list with the texts in its cells; the page of the import."""
    lines = io.StringIO()
    out = csv.writer(lines)
    out.writerow(
        [
            "record_id",
            "given_names",
            "surname",
            "date_of_birth",
            "nationality",
            "document",
            "category",
            "station",
            texts[0],
        ]
    )
    for number, text in enumerate(texts):
        out.writerow([f"X-{number}", text, text, "1980-01-02", "ALB", text, "suspect", text, text])
        out.writerow([f"Y-{number}", "Xhevdet", "Zymberaj", "1980-01-02", text, "", "suspect", text, text])
    client = front.clients[agency.DESK]
    form = {
        "list_name": f"{texts[0]} list",
        "owner": texts[1],
        "source": texts[2],
        "case": "OP-1",
        "reason": texts[3],
        "category": "suspect",
        "instruction": "call",
        "review": "2027-01-01",
        "retention": "2027-01-02",
    }
    answer = client.post(
        "/holdings/import",
        data=form,
        files={"file": ("list.csv", lines.getvalue().encode("utf-8", "replace"))},
    )
    assert answer.status_code == 303, re.findall(r"error-message[^<]*<[^<]*<[^<]*", answer.text)
    place: str = answer.headers["location"]
    for _ in range(300):
        if 'hx-get="' not in client.get(place).text:
            return place
        time.sleep(0.2)
    raise AssertionError("the import does not end")


def test_there_are_five_hundred_and_more_of_all_kinds() -> None:
    assert len(ALL) >= 500
    assert any("<script" in text for text in ALL[:FEW])
    assert any(".." in text for text in ALL[:FEW])
    assert any(text[:1] == "=" for text in ALL[:FEW])


def test_every_form_with_a_field_is_under_fire(front: Field) -> None:
    actions = {re.sub(r"-[a-z0-9]{26}", "-*", form.action) for _, form in front.forms}
    assert {
        "/check",
        "/cases/new",
        "/lists/new",
        "/holdings/import",
        "/questions/new",
        "/people/new",
    } <= actions
    assert len(actions) >= 12, actions


def test_no_text_in_a_form_is_run_or_breaks_anything(front: Field) -> None:
    _fire(front, ALL[:FEW], keep=40)
    assert _opened_again(front) == []


def test_no_cell_of_an_imported_list_is_run(front: Field) -> None:
    texts = [text for text in ALL if "\0" not in text and "evil" in text][:20]
    place = _imported(front, texts)
    assert _unharmed(front.seats[agency.DESK], place) == []
    assert _unharmed(front.seats[agency.DESK], "/holdings") == []
    seat, client = front.seats[agency.INVESTIGATOR], front.clients[agency.INVESTIGATOR]
    check = _found(client)
    assert _unharmed(seat, check) == []
    alerts = list(dict.fromkeys(re.findall(r'href="(/alerts/alert-[^"]+)"', client.get(check).text)))
    assert len(alerts) >= 10
    for alert in alerts[:12]:
        assert _unharmed(seat, alert) == []
        record = re.search(r'href="(/holdings/holding-[^"]+)"', client.get(alert).text.replace("&amp;", "&"))
        assert record
        assert _unharmed(seat, record[1]) == []


def _found(client: httpx.Client) -> str:
    """The page of a check that finds the imported records, once the index has taken them in."""
    grounds = re.search(r'value="(grounds-[^"]+)"[^>]*>OP-2026-014 Harbour', client.get("/check").text)
    assert grounds
    for _ in range(6):
        asked = {"grounds": grounds[1], "name": "Xhevdet Zymberaj", "born": "1980-01-02"}
        answer = client.post("/check", data=asked)
        assert answer.status_code == 303, re.findall(r"l-refusal__rule[^<]*<", answer.text) or answer.text
        check: str = answer.headers["location"]
        if "/alerts/alert-" in client.get(check).text:
            return check
        time.sleep(3)
    raise AssertionError("no check finds what was imported")


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_none_of_all_the_texts_is_run_or_breaks_anything(front: Field) -> None:
    _fire(front, ALL, keep=10)
    assert _opened_again(front) == []


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_none_of_all_the_texts_is_run_out_of_a_list(front: Field) -> None:
    for start in range(0, len(ALL), 50):
        texts = [text for text in ALL[start : start + 50] if "\0" not in text and len(text) < 120]
        assert _unharmed(front.seats[agency.DESK], _imported(front, texts)) == []


def test_the_watch_sees_what_is_run(front: Field) -> None:
    page, url = front.seats[agency.DESK], f"{front.address}/harmful"
    body = "<script>alert(1)</script><img src='//evil.invalid/x.png'>"
    page.route(url, lambda route: route.fulfill(status=200, content_type="text/html", body=body))
    page.route("**/x.png", lambda route: route.abort())
    found = _unharmed(page, url)
    page.unroute(url)
    page.unroute("**/x.png")
    assert "it ran" in found
    assert any("evil.invalid" in each for each in found)
