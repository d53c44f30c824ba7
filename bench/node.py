"""A node under load: checks through its HTTP interface at a fixed rate, from a second process; and a list of many.

The node is made as an agency would make it and served by `liaison serve`. The rules in force are the European pack,
under which nobody may look up more than some dozens of people in a day without a second person: so hundreds of
officers ask, each in a case of their own.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.common import Figures, Task, imported, task

RATE, CONNECTIONS = 250, 32
EACH = 45  # checks of one officer: under the number that needs a second person
WARM = 500  # checks before the measured ones
HELD = 20  # every n-th question is about somebody who is in the list


@dataclass(frozen=True, slots=True)
class Asker:
    """An officer with a token, and grounds of theirs."""

    token: str
    grounds: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A node that was made, its askers, and the tokens of who asks for the list and who approves it."""

    folder: Path
    askers: list[Asker]
    approver: str


def measure(quick: bool) -> list[Figures]:
    """Latency of POST /api/v1/checks under load, and the time of a list through the same interface."""
    made = task(100_000, 250_000, 11) if quick else task(1_000_000, 2_500_000, 7)
    seconds = 10 if quick else 60
    with tempfile.TemporaryDirectory() as folder:
        ready = make(Path(folder) / "node", made, -(-(seconds * RATE + WARM) // EACH))
        with _served(ready.folder) as (address, server):
            return [_checks(ready, made, address, server, seconds), _list(ready, made, address, quick)]


def make(folder: Path, made: Task, askers: int) -> Ready:
    """A node with these records and so many officers, each with a token, a case and grounds."""
    from liaison.model.roles import Role
    from liaison.node.making import make_node
    from liaison.node.settings import Settings
    from liaison.node.wiring import open_node
    from liaison.officers.settings import Argon

    settings = Settings(
        name="Bench", agency="Bench", origin="bench.example", regimes=("eu-2016-680",), port=0
    )
    make_node(folder, settings, _first)
    with open_node(folder, work=False) as node:
        node.people = replace(node.people, argon=Argon(1, 64, 1))  # what is measured is not the hash
        _import(node, made)
        officers = [_officer(node, number, Role.INVESTIGATOR) for number in range(askers)]
        approver = _officer(node, askers, Role.APPROVER)
        found = [Asker(_token(node, one), _grounds(node, one, n)) for n, one in enumerate(officers)]
        ready = Ready(folder, found, _token(node, approver))
        node.live.save()
        node.publish_now()
    return ready


def _first(node: Any) -> str:
    from liaison.officers.service import first_administrator

    return str(first_administrator(node.office, "Admin", "admin", PASSWORD, node.people).person)


PASSWORD = "nine grey herons on a wall"


def _import(node: Any, made: Task) -> None:
    from liaison.model.roles import Role

    officer = _officer(node, 10**6, Role.DESK_OFFICER).actor
    imported(node.office, officer, "bench", made.folder / "watch.csv")
    node.live.refresh()


def _officer(node: Any, number: int, role: Any) -> Any:
    """A new officer, signed in: asked for by the administrator, approved by the first officer, who is a supervisor."""
    from liaison.model.roles import Role
    from liaison.officers import approvals, service, sessions

    by = _signed(node, "admin").actor
    if not service.overseers(node.office):
        _account(node, by, "overseer", Role.SUPERVISOR)
    made, opened = _account(node, by, f"officer{number}", role)
    approval = made.roles.approval
    approvals.decide(node.office, _signed(node, "overseer").actor, approval, True, "works at the bench")
    service.set_roles(node.office, by, made.account, frozenset({role}), approval=approval)
    return sessions.signed_in(node.office, opened.token, node.people)


def _signed(node: Any, name: str) -> Any:
    from liaison.officers import sessions
    from liaison.officers.sign_in import sign_in_password

    opened = sign_in_password(node.office, name, PASSWORD, settings=node.people)
    return sessions.signed_in(node.office, opened.token, node.people)


def _account(node: Any, by: Any, name: str, role: Any) -> tuple[Any, Any]:
    from liaison.officers import invitations, service

    person = service.create_person(node.office, by, service.Newcomer(name.title()))
    made = service.create_account(node.office, by, person, name, frozenset({role}), node.people)
    opened = invitations.accept_with_password(
        node.office, made.invitation.token, PASSWORD, settings=node.people
    )
    return made, opened


def _token(node: Any, signed: Any) -> str:
    from liaison.officers.tokens import create_token

    expires = node.office.now() + dt.timedelta(days=1)
    return str(create_token(node.office, signed, "bench", expires, node.people)[1])


def _grounds(node: Any, signed: Any, number: int) -> str:
    from liaison.model.grounds import Purpose
    from liaison.screening.cases import open_case
    from liaison.screening.grounds import give_grounds

    case = open_case(
        node.office, signed.actor, reference=f"B-{number}", title="Bench", offence="trafficking-persons"
    )
    return give_grounds(
        node.office,
        signed.actor,
        case.id,
        purpose=Purpose.INVESTIGATION,
        basis="task",
        justification="Synthetic people of the benchmark are looked up.",
    )


@contextmanager
def _served(folder: Path) -> Iterator[tuple[tuple[str, int], subprocess.Popen[bytes]]]:
    ready, log = folder / "ready", (folder / "serve.log").open("wb")
    command = [sys.executable, "-m", "liaison.cli", "serve", str(folder), "--ready-file", str(ready)]
    server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        while not ready.exists():
            if server.poll() is not None:
                raise RuntimeError((folder / "serve.log").read_text())
            time.sleep(0.1)
        host, _, port = ready.read_text().strip().removeprefix("http://").partition(":")
        yield (host, int(port)), server
    finally:
        server.terminate()
        server.wait()
        log.close()


def _checks(
    ready: Ready, made: Task, address: tuple[str, int], server: subprocess.Popen[bytes], seconds: int
) -> Figures:
    requests = _requests(ready, made)
    _drive(address, requests[:WARM], WARM / (RATE / 2))
    before = _used(server.pid)
    out = _drive(address, requests[WARM:], seconds)
    used = _used(server.pid) - before
    times = sorted(out["latencies"])
    found = Figures(
        f"POST /api/v1/checks against {made.records:,} records at {RATE} a second for {seconds} s"
    )
    found.add("median", round(1e3 * statistics.median(times), 1), "ms", "< 8")
    found.add("99 of 100 under", round(1e3 * times[int(len(times) * 0.99)], 1), "ms", "< 50")
    found.add("longest", round(1e3 * times[-1], 1), "ms")
    found.add("answers", len(times))
    found.add("answers that were not 201", sum(n for s, n in out["statuses"].items() if s != "201"), "", "0")
    found.add("processor time of the node", round(1e3 * used / len(times), 2), "ms a check")
    found.add("processor time of the load", round(1e3 * out["cpu"] / len(times), 2), "ms a check")
    found.notes.append(f"SQLite, synchronous=FULL; {len(ready.askers)} officers; answers: {out['statuses']}")
    return found


def _requests(ready: Ready, made: Task) -> list[str]:
    others, held = _rows(made.folder / "pax.csv"), _rows(made.folder / "watch.csv")
    count = len(ready.askers) * EACH
    rows = [next(held) if n % HELD == 0 else next(others) for n in range(count)]
    random.Random(1).shuffle(rows)
    return [_request(ready.askers[n % len(ready.askers)], row) for n, row in enumerate(rows)]


def _request(asker: Asker, row: dict[str, str]) -> str:
    person = {
        "kind": "person",
        "names": [{"given": row["given"], "surname": row["surname"]}],
        "born": [row["dob"]] if row["dob"] else [],
        "documents": [row["doc"]] if row["doc"] else [],
    }
    body = json.dumps({"subject": person, "grounds": asker.grounds})
    return (
        "POST /api/v1/checks HTTP/1.1\r\nHost: node\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {asker.token}\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}"
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _drive(address: tuple[str, int], requests: list[str], seconds: float) -> dict[str, Any]:
    rate = min(RATE, len(requests) / seconds)
    options = [address[0], address[1], rate, seconds, CONNECTIONS]
    command = [sys.executable, "-m", "bench.load", *map(str, options)]
    lines = "\n".join(json.dumps(request) for request in requests)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _used(pid: int) -> float:
    """Processor seconds of another process so far."""
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def _list(ready: Ready, made: Task, address: tuple[str, int], quick: bool) -> Figures:
    """A list through the interface: sent as a file, approved by another person, run, and its alerts there."""
    import httpx

    count = 10_000 if quick else 100_000
    rows = itertools.islice(_rows(made.folder / "pax.csv"), count)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("id", "given_names", "surname", "date_of_birth"))
    writer.writerows((n, row["given"], row["surname"], row["dob"]) for n, row in enumerate(rows))
    asker, base = ready.askers[-1], f"http://{address[0]}:{address[1]}"
    own, other = ({"Authorization": f"Bearer {token}"} for token in (asker.token, ready.approver))
    found = Figures(f"A list of {count:,} people through the API against {made.records:,} records")
    with httpx.Client(base_url=base, timeout=120) as client:
        start = time.perf_counter()
        sent = client.post(
            "/lists/new",
            data={"grounds": asker.grounds},
            files={"file": ("list.csv", text.getvalue().encode(), "text/csv")},
            headers=own,
        )
        assert sent.status_code == 303, sent.text[:2000]
        place = f"/api/v1{sent.headers['location'].partition('?')[0]}"
        taken = time.perf_counter() - start
        approval = client.get(place, headers=own).raise_for_status().json()["approval"]
        decision = {"approve": True, "reason": "The whole manifest is to be looked up."}
        client.post(f"/api/v1/approvals/{approval}/decision", json=decision, headers=other).raise_for_status()
        start = time.perf_counter()
        client.post(f"{place}/start", headers=own).raise_for_status()
        while (state := client.get(place, headers=own).raise_for_status().json())["state"] == "running":
            time.sleep(0.1)
        ran = time.perf_counter() - start
        alerts = (
            client.get(f"/api/v1/checks/{state['check']}", headers=own).raise_for_status().json()["alerts"]
        )
    found.add("sent, read and kept", round(taken, 1), "s")
    found.add("looked up, its alerts sealed and on the ledger", round(ran, 1), "s")
    found.add("both", round(taken + ran, 1), "s", "" if quick else "< 30")
    found.add("alerts", alerts)
    found.add("state", state["state"], "", "done")
    return found
