"""Logs with an allow-list: a field that is not on it, or whose value is not of its form, never reaches a log.

No name, number, address of a person or free text can be in a log, whoever writes the line: what is let through is
shaped (ids of requests, routes as templates, codes, counts, times), and everything else is dropped and counted.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TextIO, cast

import msgspec
import structlog

Fields = MutableMapping[str, Any]
WORD = re.compile(r"[a-z][a-z0-9-]{0,63}")
SHAPES: dict[str, re.Pattern[str]] = {
    "event": WORD,
    "level": WORD,
    "time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"),
    "route": re.compile(r"(?:/(?:[a-z0-9._-]{1,40}|\{[a-z_]+(?::[a-z]+)?\}))+/?|/|unmatched"),
    "method": re.compile(r"GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|other"),
    "status": re.compile(r"[1-5]\d\d"),
    "milliseconds": re.compile(r"\d{1,9}(?:\.\d{1,3})?"),
    "request": re.compile(r"[0-9a-f]{16}"),
    "rules": re.compile(r"[A-Za-z0-9.:_, -]{0,200}"),
    "error": re.compile(r"[A-Za-z_.]{1,80}"),
    "logger": re.compile(r"[A-Za-z_.]{1,80}"),
    "where": re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,120}:\d{1,6}"),
    "work": WORD,
    "check": WORD,
    "code": WORD,
    "count": re.compile(r"\d{1,18}"),
    "size": re.compile(r"\d{1,18}"),
    "seconds": re.compile(r"\d{1,9}(?:\.\d{1,6})?"),
    "partner": re.compile(r"[a-z0-9](?:[a-z0-9./_-]{0,118}[a-z0-9])?"),  # the origin of a node
    "fault": re.compile(r"[A-Za-z][A-Za-z0-9 ,:'-]{0,199}"),  # of a delivery: a sentence of the program
    "port": re.compile(r"\d{1,5}"),
    "revision": re.compile(r"[0-9a-f]{1,12}"),
    "version": re.compile(r"[0-9a-z.+-]{1,32}"),
}

FEW = frozenset({"event", "level", "route", "method", "status"})  # whose values are few and come again


def keep_allowed(_logger: Any, _name: str, fields: Fields) -> Fields:
    """The fields that may be logged; `dropped` counts the others."""
    kept = {name: value for name, value in fields.items() if _allowed(name, value)}
    kept.setdefault("event", "unnamed")
    if len(kept) < len(fields):
        kept["dropped"] = len(fields) - len(kept)
    return kept


def _allowed(name: str, value: Any) -> bool:
    if name not in SHAPES or not isinstance(value, str | int | float):
        return False
    return _known(name, str(value)) if name in FEW else _fits(name, str(value))


def _fits(name: str, text: str) -> bool:
    return bool(SHAPES[name].fullmatch(text))


_known = lru_cache(1024)(_fits)


def with_time(_logger: Any, _name: str, fields: Fields) -> Fields:
    """The time in UTC, with its zone."""
    fields["time"] = _now()
    return fields


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def with_error(_logger: Any, _name: str, fields: Fields) -> Fields:
    """An exception as its class and the line that raised it: its message may quote what somebody wrote."""
    raised = fields.pop("exc_info", None)
    error = sys.exc_info()[1] if raised is True else raised
    if isinstance(error, BaseException):
        fields["error"] = type(error).__name__
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is not None:
            fields["where"] = f"{trace.tb_frame.f_globals.get('__name__', 'unknown')}:{trace.tb_lineno}"
    return fields


class Plain(logging.Handler):
    """What libraries log: the logger's name, the level and the class of an error, never their text."""

    def __init__(self, write: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self.write = write

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        fields: Fields = {"event": "library", "logger": record.name, "level": record.levelname.lower()}
        if record.exc_info:
            fields["exc_info"] = record.exc_info[1]
        for step in STEPS:
            fields = step(None, "", fields)
        self.write(_rendered(None, "", fields))


def _rendered(_logger: Any, _name: str, fields: Fields) -> str:
    return msgspec.json.encode(fields, order="sorted").decode()


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """The line of a request that was answered, its fields in the order of every line. It is written hundreds of times
    a second, so it is not put together field by field; what it holds is of the forms of SHAPES."""

    event: str = "request"
    level: str = "info"
    method: str
    milliseconds: float
    request: str
    route: str
    status: int
    time: str


def answered(route: str, method: str, status: int, seconds: float, request: str) -> None:
    """Write the line of a request, as `log().info("request", ...)` would."""
    line = Answered(
        method=method,
        milliseconds=round(seconds * 1000, 3),
        request=request,
        route=route,
        status=status,
        time=_now(),
    )
    fits = _known("route", route) and _known("method", method) and _fits("request", request)
    if _write is None or not fits:
        log().info("request", **_plain(line))
        return
    _write(LINE.encode(line).decode())


def _plain(line: Answered) -> dict[str, Any]:
    """The fields that are not the same in every such line, and not added to each."""
    given = msgspec.structs.asdict(line)
    return {name: given[name] for name in given if name not in ("event", "level", "time")}


LINE = msgspec.json.Encoder()
_write: Callable[[str], None] | None = None  # once logs are set up
STEPS = (with_time, with_error, keep_allowed)


class StandardError:
    """Standard error as it is when a line is written: who set up the logs may have had another."""

    def write(self, text: str) -> int:
        """Write to it; how many characters."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush it."""
        sys.stderr.flush()


STANDARD_ERROR = cast(TextIO, StandardError())


@contextmanager
def written_to(out: TextIO) -> Iterator[None]:
    """Logs go to `out` until the end, and to standard error from then on."""
    set_up(out)
    try:
        yield
    finally:
        set_up()


def set_up(out: TextIO | None = None) -> None:
    """Send every log of this process to `out` (standard error), one JSON object on each line."""
    global _write
    stream = out or STANDARD_ERROR

    def write(line: str) -> None:
        stream.write(line + "\n")
        stream.flush()

    _configure(stream)
    _write = write
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(Plain(write))
    root.setLevel(logging.WARNING)
    for name in list(logging.root.manager.loggerDict):
        chatty = logging.getLogger(name)
        chatty.handlers.clear()
        chatty.propagate = True


def _configure(stream: TextIO) -> None:
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, *STEPS, _rendered],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )


def log() -> Any:
    """The log: `log().info("started", port=8400)`. The event is a word, the fields are those of SHAPES.

    A process that set no log up has it on standard error, in the same form: never with the content of variables.
    """
    if not structlog.is_configured():
        _configure(STANDARD_ERROR)
    return structlog.get_logger()
