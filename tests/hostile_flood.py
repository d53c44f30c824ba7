"""A partner that sends as many letters as it can, without regard to what it is told; a process of its own.

    python -m tests.hostile_flood FOLDER ADDRESS THREADS

FOLDER holds its keys, the card of the house (`house.card`) and the body of a call (`flood.body`). The status of each
answer is a line, with what it was told to wait.
"""

from __future__ import annotations

import datetime as dt
import secrets
import sys
import threading
from contextlib import suppress
from pathlib import Path

import httpx

from liaison.partners import own
from liaison.partners.cards import read_card
from liaison.transport.calls import LETTERS
from liaison.transport.channel import client_tls
from liaison.transport.messages import Message, sign_request


def floods(folder: Path, address: str) -> None:
    """One call after another until this process is ended."""
    keys = own.load_keys(folder, 1)
    card = read_card((folder / "house.card").read_text()).card
    body = (folder / "flood.body").read_bytes()
    with httpx.Client(verify=client_tls(keys, [card]), timeout=60, trust_env=False) as http:
        while True:
            message = Message("POST", address + LETTERS, body, {})
            now = dt.datetime.now(dt.UTC)
            sign_request(message, keys.channel, keys.channel_id, now, secrets.token_urlsafe(16))
            with suppress(httpx.HTTPError):
                answer = http.post(message.url, content=body, headers=message.headers)
                sys.stdout.write(f"{answer.status_code} {answer.headers.get('retry-after', '0')}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    given = Path(sys.argv[1]), sys.argv[2]
    threads = [threading.Thread(target=floods, args=given) for _ in range(int(sys.argv[3]))]
    for each in threads:
        each.start()
