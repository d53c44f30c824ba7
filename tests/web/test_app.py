"""What every answer has in common: headers, errors, sizes, and what is served to machines."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from liaison.model.errors import BadInput, LedgerUnavailable, NotLawful, TooMany
from liaison.model.roles import Role
from liaison.policy.decisions import Reason
from liaison.web import create_app
from liaison.web.context import Visit
from liaison.web.files import files
from liaison.web.forms import Form
from liaison.web.headers import ALWAYS, CONTENT
from liaison.web.routes.health import ROUTES as HEALTH
from liaison.web.routes.health import from_here
from liaison.web.routing import act, call, page
from liaison.web.security import PUBLIC
from tests.web_fixtures import Desk, a_desk

HIDDEN = "Ana Gashi, born 1984"
REASON = Reason(
    rule="grounds", regime="demo", source="LED 4(1)(b)", missing="No purpose is named", remedy="Name one"
)


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body of the API."""

    count: int
    name: str = ""


@page("/fails", audience=PUBLIC)
def fails(visit: Visit) -> str:
    """Fails as nobody foresaw."""
    raise ValueError(HIDDEN)


@page("/unlawful", audience=PUBLIC)
def unlawful(visit: Visit) -> str:
    """Is not lawful."""
    raise NotLawful(reasons=(REASON,))


@page("/often", audience=PUBLIC)
def often(visit: Visit) -> str:
    """Is asked too often."""
    raise TooMany("too many attempts failed", retry_after=42)


@page("/unrecorded", audience=PUBLIC)
def unrecorded(visit: Visit) -> str:
    """Cannot be recorded."""
    raise LedgerUnavailable("the entry could not be written")


@act("/form", audience=PUBLIC)
def with_form(visit: Visit, form: Form) -> str:
    """Takes a form."""
    return form.needed("name")


@call("/body", audience=PUBLIC, tags=["test"])
def with_body(visit: Visit, data: Body) -> Body:
    """Takes a body."""
    if data.count > 9:
        raise BadInput("this is too many", field="count", row=3)
    return data


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("app")) as desk:
        routes = [*HEALTH, fails, unlawful, often, unrecorded, with_form, with_body]
        desk.app = create_app(desk.node, routes)
        yield desk


@pytest.mark.parametrize(
    "path", ["/livez", "/readyz", "/metrics", "/nothing", "/fails", "/unlawful", "/schema/openapi.json"]
)
def test_every_answer_carries_the_strict_headers(desk: Desk, path: str) -> None:
    with desk.browser() as browser:
        answer = browser.get(path)
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers


def test_the_policy_of_content_allows_nothing_inline() -> None:
    assert "unsafe" not in CONTENT
    assert CONTENT.startswith("default-src 'none';")
    assert "frame-ancestors 'none'" in CONTENT


def test_https_is_told_to_be_kept_only_where_it_is_spoken(desk: Desk, tmp_path: Path) -> None:
    with desk.browser() as browser:
        assert "strict-transport-security" not in browser.get("/livez").headers
    with a_desk(tmp_path, public_url="https://node.example") as safe, safe.browser() as browser:
        assert browser.get("/livez").headers["strict-transport-security"].startswith("max-age=63072000")


def test_what_nobody_foresaw_tells_only_its_reference(desk: Desk) -> None:
    with desk.browser() as browser, desk.program() as program:
        page, told = browser.get("/fails"), program.get("/fails")
    assert page.status_code == told.status_code == 500
    for answer in (page, told):
        assert "ValueError" not in answer.text
        assert HIDDEN not in answer.text
        assert "Traceback" not in answer.text
    assert len(told.json()["reference"]) == 16
    assert told.headers["content-type"] == "application/problem+json"
    logged = desk.log.getvalue()
    assert told.json()["reference"] in logged
    assert "test_app:" in logged
    assert HIDDEN not in logged


def test_a_refusal_says_why_and_what_would_make_it_lawful(desk: Desk) -> None:
    with desk.browser() as browser, desk.program() as program:
        page, told = browser.get("/unlawful"), program.get("/unlawful").json()
    assert page.status_code == told["status"] == 403
    assert "No purpose is named" in page.text
    assert "Name one" in page.text
    assert told["reasons"] == [
        {
            "rule": "grounds",
            "regime": "demo",
            "source": "LED 4(1)(b)",
            "missing": "No purpose is named",
            "remedy": "Name one",
        }
    ]
    assert told["type"] == "urn:liaison:problem:notlawful:403"


def test_too_many_says_when_to_come_back(desk: Desk) -> None:
    with desk.browser() as browser:
        answer = browser.get("/often")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "42")


def test_what_cannot_be_recorded_is_refused(desk: Desk) -> None:
    with desk.program() as program:
        answer = program.get("/unrecorded")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.json()["title"] == "The ledger cannot be written"


def test_nothing_found_is_one_answer_without_the_address(desk: Desk) -> None:
    with desk.browser() as browser, desk.program() as program:
        one, other = browser.get("/nothing/abc"), browser.get("/else/xyz?q=1")
        assert one.status_code == 404
        assert one.content == other.content
        assert program.get("/api/v1/abc").content == program.get("/api/v1/xyz").content
        assert "abc" not in one.text


def test_a_method_that_is_not_taken_says_which_are(desk: Desk) -> None:
    with desk.program() as program:
        answer = program.post("/livez")
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"]


def test_a_body_that_is_no_form_is_refused(desk: Desk) -> None:
    with desk.browser() as browser:
        answer = browser.post("/form", json={"name": "x"})
        assert answer.status_code == 415


def test_a_body_over_the_limit_is_refused(desk: Desk) -> None:
    with desk.browser() as browser:
        answer = browser.post("/form", data={"name": "x" * (desk.node.settings.body_bytes + 1)})
        assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"name=%ff", b"name=\xff", b"name=a%00b", b"&".join([b"a=1"] * 600)])
def test_a_form_that_cannot_be_read_is_refused(desk: Desk, body: bytes) -> None:
    with desk.browser(**{"content-type": "application/x-www-form-urlencoded"}) as browser:
        assert browser.post("/form", content=body).status_code == 400


def test_a_bad_body_names_the_field_and_not_the_value(desk: Desk) -> None:
    with desk.program(**{"sec-fetch-site": "none"}) as program:
        wrong = program.post("/api/v1/body", json={"count": "a secret name"})
        assert wrong.status_code == 400
        assert wrong.json()["invalid"][0]["field"] == "count"
        assert "secret" not in wrong.text
        unknown = program.post("/api/v1/body", json={"count": 1, "more": 2})
        assert unknown.status_code == 400
        broken = program.post("/api/v1/body", content=b"{", headers={"content-type": "application/json"})
        assert broken.status_code == 400
        deep = b'{"count":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
        nested = program.post("/api/v1/body", content=deep, headers={"content-type": "application/json"})
        assert (nested.status_code, nested.json()["detail"]) == (400, "the body is nested too deeply")
        refused = program.post("/api/v1/body", json={"count": 10}).json()
        assert (refused["field"], refused["row"]) == ("count", 3)


def test_readiness_names_the_part_that_is_not_ready(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk, desk.browser() as browser:
        desk.node.publish_now()
        answer = browser.get("/readyz").json()
        assert {part["name"] for part in answer["parts"]} >= {"database", "ledger", "keys", "disk"}
        assert (answer["ready"], answer["status"]) == (True, "ok")
        secret = desk.node.places.keys / "node.seed"
        desk.node.office.keys.close()  # type: ignore[attr-defined]
        desk.node.found.last = None
        answer = browser.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["status"] == "unready"
        unready = [part for part in answer.json()["parts"] if not part["ready"]]
        assert "keys" in {part["name"] for part in unready}
        assert all(part["hint"] for part in unready)
        assert secret.name not in answer.text


def test_the_database_being_gone_is_told_as_such(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk, desk.browser() as browser:
        desk.office.store.close()
        answer = browser.post("/sign-in", data={"name": "ada", "password": "something"})
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
        assert sqlite3.__name__ not in answer.text


def test_metrics_count_nobody(desk: Desk) -> None:
    with desk.browser() as browser:
        text = browser.get("/metrics").text
    assert "liaison_ledger_entries" in text
    assert desk.administrator.person not in text


def test_a_file_with_its_digest_is_kept_for_ever(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk, desk.browser() as browser:
        digest = files()["liaison.js"].digest
        kept = browser.get(f"/static/liaison.js?v={digest[:12]}")
        assert "immutable" in kept.headers["cache-control"]
        assert kept.headers["content-type"] == "text/javascript; charset=utf-8"
        assert browser.get("/static/liaison.js?v=000000000000").headers["cache-control"] == "no-cache"
        tag = browser.get("/static/liaison.js").headers["etag"]
        again = browser.get("/static/liaison.js", headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name",
    ["../app.py", "%2e%2e/app.py", "..%2fapp.py", "vendor/../../app.py", "nothing.js", "%00", "vendor"],
)
def test_no_other_file_can_be_asked_for(tmp_path: Path, name: str) -> None:
    with a_desk(tmp_path) as desk, desk.browser() as browser:
        assert browser.get(f"/static/{name}").status_code == 404


def test_the_schema_tells_every_call(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk, desk.browser() as browser:
        schema = browser.get("/schema/openapi.json").json()
    assert {"/api/v1/me", "/api/v1/people", "/api/v1/ledger/entries"} <= set(schema["paths"])
    assert not any("/settings" in path for path in schema["paths"])
    refusal = schema["paths"]["/api/v1/me"]["get"]["responses"]["403"]["content"]
    assert "application/problem+json" in refusal


def test_no_address_keeps_what_a_page_may_tell(desk: Desk) -> None:
    officer = desk.enrol("Besa Hoxha", Role.INVESTIGATOR)
    with desk.browser(officer) as browser:
        answer = browser.get("/nothing", headers={"accept-language": "fr"})
        assert "Besa" not in answer.text


TOLD = {200, 503}  # a node that is not ready says so
ELSEWHERE = [
    {"x-forwarded-for": "198.51.100.7"},
    {"x-forwarded-for": "127.0.0.1, 198.51.100.7"},
    {"x-forwarded-for": ""},
    {"x-real-ip": "127.0.0.1"},
    {"forwarded": "for=127.0.0.1"},
    {"via": "1.1 proxy"},
]


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_the_rhythm_of_the_work_is_nothing_to_an_outsider(
    desk: Desk, path: str, headers: dict[str, str]
) -> None:
    officer = desk.enrol(f"Officer{abs(hash((path, str(headers))))} One", Role.INVESTIGATOR)
    with desk.program(**headers) as outside, desk.program(officer, **headers) as inside:
        for each in (outside, inside):
            told, nothing = each.get(path), each.get("/nothing-at-all")
            assert (told.status_code, nothing.status_code) == (404, 404)
            assert told.json().keys() == nothing.json().keys()
        assert outside.get("/livez").status_code == 200
    with desk.browser(desk.administrator, **headers) as browser:
        assert browser.get(path).status_code in TOLD
    with desk.program(**{"x-forwarded-for": "127.0.0.1, ::1"}) as here:
        assert here.get(path).status_code in TOLD


@pytest.mark.parametrize(
    ("remote", "near"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("::ffff:127.0.0.1", True)]
    + [(text, False) for text in ("10.0.0.1", "198.51.100.7", "::ffff:10.0.0.1", "fe80::1", "", "localhost")],
)
def test_only_a_loopback_address_is_this_machine(remote: str, near: bool) -> None:
    assert from_here(remote, {}) is near


def test_counts_are_told_to_everyone_where_the_settings_say_so(tmp_path: Path) -> None:
    with a_desk(tmp_path, metrics_open=True) as desk, desk.program(**ELSEWHERE[0]) as outside:
        assert outside.get("/metrics").status_code == 200
        assert outside.get("/readyz").status_code in TOLD


def test_asking_often_whether_the_node_is_ready_writes_one_row(desk: Desk) -> None:
    def probes() -> object:
        return desk.office.read(
            lambda connection: connection.exec_driver_sql(
                "SELECT value FROM node_facts WHERE fact = 'last-probe'"
            ).scalar()
        )

    with desk.program() as program:
        first = program.get("/readyz").content
        before = probes()
        desk.clock.forward(minutes=1)
        for _ in range(5):
            assert program.get("/readyz").content == first
    assert probes() == before
