import io
import json
import logging
import re

import pytest
from litestar import Litestar, get
from litestar.params import FromPath
from litestar.testing import TestClient

from liaison.node import logs
from liaison.node.metrics import Metrics, observed

PERSON = "Besnik Hoxha"


@pytest.fixture
def out() -> io.StringIO:
    stream = io.StringIO()
    handlers, level = list(logging.getLogger().handlers), logging.getLogger().level
    logs.set_up(stream)
    yield stream
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)
    logs.structlog.reset_defaults()
    logs._write = None


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_logs_go_to_standard_error_once_a_file_of_theirs_is_closed(
    out: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    with io.StringIO() as file, logs.written_to(file):
        logs.log().info("started", port=8400)
        logs.answered("/check", "POST", 200, 0.01, "0123456789abcdef")
        assert len(lines(file)) == 2
    logs.log().info("stopped")
    logs.answered("/check", "POST", 200, 0.01, "0123456789abcdef")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == [
        "stopped",
        "request",
    ]
    assert lines(out) == []


def test_allowed_fields_are_kept(out: io.StringIO) -> None:
    logs.log().info("request", route="/cases/{case_id:str}", status=200, milliseconds=1.25, method="GET")
    (line,) = lines(out)
    time = line.pop("time")
    assert str(time).endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "route": "/cases/{case_id:str}",
        "status": 200,
        "milliseconds": 1.25,
        "method": "GET",
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"name": PERSON},
        {"route": f"/search?q={PERSON}"},
        {"route": f"/people/{PERSON}"},
        {"rules": f"{PERSON}!"},
        {"request": PERSON},
        {"error": PERSON},
        {"status": {"name": PERSON}},
        {"work": PERSON},
    ],
)
def test_what_is_not_of_its_form_is_dropped_and_counted(out: io.StringIO, fields: dict[str, object]) -> None:
    logs.log().info("request", **fields)
    assert "Hoxha" not in out.getvalue()
    assert lines(out)[0]["dropped"] == 1


def test_an_event_that_is_a_sentence_is_dropped(out: io.StringIO) -> None:
    logs.log().info(f"looked for {PERSON}")
    assert lines(out)[0]["event"] == "unnamed"
    assert "Hoxha" not in out.getvalue()


def test_an_error_is_its_class_and_place(out: io.StringIO) -> None:
    try:
        raise ValueError(PERSON)
    except ValueError:
        logs.log().error("work-failed", exc_info=True)
    (line,) = lines(out)
    assert line["error"] == "ValueError"
    assert "test_logs:" in str(line["where"])
    assert "Hoxha" not in out.getvalue()


def test_libraries_do_not_write_their_text(out: io.StringIO) -> None:
    logging.getLogger("sqlalchemy.engine").warning("SELECT %s", PERSON)
    logging.getLogger("httpx").info("GET https://a.example/?name=%s", PERSON)
    assert lines(out)[0]["logger"] == "sqlalchemy.engine"
    assert len(lines(out)) == 1
    assert "Hoxha" not in out.getvalue()


@get("/people/{person:str}", sync_to_thread=False)
def person(person: FromPath[str]) -> str:
    if person == "wrong":
        raise ValueError(PERSON)
    return person


def test_requests_are_counted_and_logged_by_their_template(out: io.StringIO) -> None:
    metrics = Metrics()
    app = observed(Litestar([person], openapi_config=None, logging_config=None), metrics)
    with TestClient(app, raise_server_exceptions=False) as client:
        for path in (f"/people/{PERSON}", "/people/wrong", f"/{PERSON}"):
            client.get(path, params={"q": PERSON})
    counted = metrics.text().decode()
    assert 'liaison_requests_total{method="GET",route="/people/{person}",status="200"} 1.0' in counted
    assert 'liaison_requests_total{method="GET",route="/people/{person}",status="500"} 1.0' in counted
    assert 'route="unmatched",status="404"' in counted
    assert "Hoxha" not in counted
    assert "Hoxha" not in out.getvalue()
    assert [line["route"] for line in lines(out) if line["event"] == "request"] == [
        "/people/{person}",
        "/people/{person}",
        "unmatched",
    ]


def test_the_line_of_a_request_is_the_one_that_the_log_would_write(out: io.StringIO) -> None:
    fields = {"route": "/api/v1/checks", "method": "POST", "status": 201, "request": "0123456789abcdef"}
    logs.answered(**fields, seconds=0.0012346)  # type: ignore[arg-type]
    logs.log().info("request", **fields, milliseconds=1.235)
    short, whole = out.getvalue().splitlines()
    assert re.sub(r'"time":"[^"]*"', "", short) == re.sub(r'"time":"[^"]*"', "", whole)
    times = [str(line["time"]) for line in lines(out)]
    assert all(logs.SHAPES["time"].fullmatch(time) for time in times)


@pytest.mark.parametrize("wrong", [{"route": f"/people/{PERSON}"}, {"method": PERSON}, {"request": PERSON}])
def test_the_line_of_a_request_holds_nothing_but_its_forms(out: io.StringIO, wrong: dict[str, str]) -> None:
    fields = {"route": "/api/v1/checks", "method": "POST", "request": "0123456789abcdef"}
    logs.answered(**(fields | wrong), status=200, seconds=0.1)
    (line,) = lines(out)
    assert (line["event"], line["dropped"]) == ("request", 1)
    assert "Hoxha" not in out.getvalue()


def test_gauges_are_asked_for_when_they_are_read() -> None:
    metrics, numbers = Metrics(), iter([1.0, 2.0])
    metrics.measure(lambda: {"index_size": next(numbers)})
    assert b"liaison_index_size 1.0" in metrics.text()
    assert b"liaison_index_size 2.0" in metrics.text()
