"""One check from question to proof, through the node's own HTTP interface, told line by line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from liaison.demo.agency import INVESTIGATOR, Officer

Say = Callable[[str], None]
PATIENCE = 30.0  # seconds for one answer
CASE = {"reference": "OP-2026-014", "title": "Harbour", "offence": "trafficking-persons"}
GROUNDS = {
    "purpose": "investigation",
    "basis": "task",
    "justification": "A skipper named him as the man who arranged the crossing of 3 March.",
}
ASKED = {"kind": "person", "names": [{"full": "Aleksey Sobolev"}], "born": ["1972-04-12"]}
REASON = "Fingerprints taken at the port agree with those of his conviction of 2019."


def walk(address: str, say: Say) -> str:
    """Walk one check through; the path of the page on which it ends. Raises httpx.HTTPError where the node refuses."""
    with at(address, INVESTIGATOR) as client:
        say(f"{INVESTIGATOR.name} signs in, {INVESTIGATOR.role.lower()}.")
        case = post(client, "/api/v1/cases", CASE)
        say(f"She opens case {case['reference']}, {case['title']!r}.")
        _without_grounds(client, say)
        grounds = post(client, f"/api/v1/cases/{case['id']}/grounds", GROUNDS)
        say(f"She says once why she asks: {grounds['purpose']}, “{GROUNDS['justification']}”")
        check = post(client, "/api/v1/checks", {"subject": ASKED, "grounds": grounds["id"]})
        say("She asks about Aleksey Sobolev, born 12 April 1972.")
        alert = _tell(check, say)
        hit = post(client, f"/api/v1/alerts/{alert['id']}/confirm", {"reason": REASON})
        say(f"She confirms it: “{REASON}”")
        say(f"Now she is told what the owner of the record wants: {hit['instruction']}.")
        _prove(client, check["entry"], say)
    return f"/alerts/{alert['id']}"


def sign_in(client: httpx.Client, officer: Officer) -> None:
    """Open a session with a name and a password."""
    answer = client.post("/sign-in", data={"name": officer.sign_in, "password": officer.password})
    if answer.status_code != 303:
        answer.raise_for_status()
        raise httpx.HTTPStatusError("the sign-in was refused", request=answer.request, response=answer)


@contextmanager
def at(address: str, who: Officer) -> Iterator[httpx.Client]:
    """The client of this officer, signed in."""
    own = {"Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=address, timeout=PATIENCE, headers=own) as client:
        sign_in(client, who)
        yield client


def _without_grounds(client: httpx.Client, say: Say) -> None:
    """What a tool is told that asks like one of yente's clients, and does not say why."""
    query = {"schema": "Person", "properties": {"name": ["Aleksey Sobolev"]}}
    refused = client.post("/match/default", json={"queries": {"q": query}})
    say(f"Without grounds nothing is answered: {refused.status_code}, {refused.json()['title'].lower()}.")


def _tell(check: dict[str, Any], say: Say) -> dict[str, Any]:
    alert: dict[str, Any] = check["alerts"][0]
    held, bits = alert["record"], alert["score"]
    say(
        f"{len(check['alerts'])} alert. {alert['list']} has {held['name']}, born {held['born']}: {bits:.1f} bits."
    )
    for why in alert["reasons"]:
        say(f"   {why['bits']:+6.1f}  {why['words']}")
    return alert


def _prove(client: httpx.Client, entry: int, say: Say) -> None:
    """Wait for the next signed head, and fetch the proof that the check stands under it."""
    for _ in range(50):
        proof = client.get(f"/api/v1/ledger/entries/{entry}/proof")
        if proof.status_code == 200:
            break
        time.sleep(0.2)
    proof.raise_for_status()
    head = client.get("/api/v1/ledger/head").raise_for_status().json()
    say(
        f"The check is entry {entry} of the ledger, {head['size']} entries under the signed head {head['root'][:16]}…"
    )
    hashes = sum(len(line) == 44 for line in proof.text.splitlines())
    say(f"Its proof is {hashes} hashes long, and anybody with the node's key can verify it.")


def post(client: httpx.Client, path: str, body: Any = None) -> dict[str, Any]:
    """What the node answers to this JSON, or to nothing. Raises httpx.HTTPStatusError."""
    answer = client.post(path, json=body) if body is not None else client.post(path)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found
