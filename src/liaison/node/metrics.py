"""What a node counts about itself: by route, status and rule; never by person, case or record."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from liaison.node import logs

LATENCIES = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The counters of one node; each node has its own registry."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "liaison_requests", "Requests answered", ["route", "method", "status"], registry=self.registry
        )
        self.latency = Histogram(
            "liaison_request_seconds",
            "Time to answer",
            ["route"],
            buckets=LATENCIES,
            registry=self.registry,
        )
        self.checks = Histogram(
            "liaison_check_seconds",
            "Time of a check of one person",
            buckets=LATENCIES,
            registry=self.registry,
        )
        self.counted = lru_cache(1024)(self._counted)
        self.refusals = Counter("liaison_refusals", "Refusals by rule", ["rule"], registry=self.registry)
        self.failures = Counter(
            "liaison_work_failures", "Background work that failed", ["work"], registry=self.registry
        )
        self.letters_refused = Counter(
            "liaison_letters_refused",
            "Letters of a partner that counted for nothing",
            ["partner", "code"],
            registry=self.registry,
        )
        self.sensors_refused = Counter(
            "liaison_sensor_connections_refused",
            "Connections of drones, boats and teams that were cut",
            ["reason"],
            registry=self.registry,
        )
        self.ready = Gauge("liaison_ready", "1 where a part is ready", ["check"], registry=self.registry)

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answer, and the time it took."""
        requests, latency = self.counted(route, method, status)
        requests.inc()
        latency.observe(seconds)

    def _counted(self, route: str, method: str, status: int) -> tuple[Counter, Histogram]:
        """The counters of such an answer: to find them by their labels takes longer than to count."""
        return self.requests.labels(route, method, str(status)), self.latency.labels(route)

    def refused(self, rules: Iterable[str]) -> None:
        """Count a refusal under each of its rules, once."""
        for rule in dict.fromkeys(filter(None, rules)):
            self.refusals.labels(rule).inc()

    def measure(self, gauges: Callable[[], Mapping[str, float]]) -> None:
        """Have `gauges()` (name to number) asked whenever the metrics are read."""
        self.registry.register(_Asked(gauges))

    def measure_each(self, label: str, gauges: Callable[[], Mapping[str, Mapping[str, float]]]) -> None:
        """Have `gauges()` (name to label's value to number) asked whenever the metrics are read."""
        self.registry.register(_AskedEach(label, gauges))

    def text(self) -> bytes:
        """The metrics in Prometheus' text format (CONTENT_TYPE)."""
        return generate_latest(self.registry)


class _Asked:
    """Gauges that are asked for when they are read. One that fails is left out."""

    def __init__(self, gauges: Callable[[], Mapping[str, float]]) -> None:
        self.gauges = gauges

    def describe(self) -> Iterable[Metric]:
        """Nothing in advance."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The gauges now."""
        for name, value in self.gauges().items():
            yield GaugeMetricFamily(f"liaison_{name}", name.replace("_", " "), value=value)


class _AskedEach:
    """As _Asked, with a number for each value of a label."""

    def __init__(self, label: str, gauges: Callable[[], Mapping[str, Mapping[str, float]]]) -> None:
        self.label, self.gauges = label, gauges

    def describe(self) -> Iterable[Metric]:
        """Nothing in advance."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The gauges now."""
        for name, values in self.gauges().items():
            family = GaugeMetricFamily(f"liaison_{name}", name.replace("_", " "), labels=[self.label])
            for value, number in values.items():
                family.add_metric([value], number)
            yield family


def observed(app: Any, metrics: Metrics) -> Any:
    """The application, with each request counted and logged by its route's template, never by its address.

    `scope["state"]["request"]` is an id that stands in the log, for a person to quote.
    """

    async def run(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        status, began = 500, time.perf_counter()
        named(scope)

        async def noted(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, noted)
        finally:
            note(metrics, scope, status, time.perf_counter() - began)

    return run


def named(scope: Any) -> None:
    """Give a request the id under which it stands in the log."""
    scope.setdefault("state", {})["request"] = secrets.token_hex(8)


def note(metrics: Metrics, scope: Any, status: int, seconds: float) -> None:
    """Count an answer, and write its line in the log."""
    route = _route(str(scope.get("path_template") or "unmatched"))
    method = scope["method"] if scope["method"] in METHODS else "other"
    metrics.answered(route, method, status, seconds)
    logs.answered(route, method, status, seconds, scope["state"]["request"])


@lru_cache(1024)
def _route(template: str) -> str:
    """The template as logs may have it."""
    return template if logs.SHAPES["route"].fullmatch(template) else "unmatched"
