"""An open-loop load on a node: requests leave on a schedule, whether or not earlier ones were answered.

Each latency counts from the moment at which the request was due, so that a server that falls behind cannot hide it
(coordinated omission). Run as a process of its own: python -m bench.load HOST PORT RATE SECONDS CONNECTIONS < requests,
one JSON string a line; it prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field

LATE = 30.0  # seconds after which an answer is no longer waited for


@dataclass
class Outcome:
    """Latencies in seconds of the answers, and what was not an answer of 200 or 201."""

    latencies: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)


async def answer(reader: asyncio.StreamReader) -> int:
    """The status of one answer; its body is read and left."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    if "content-length" in headers:
        await reader.readexactly(int(headers["content-length"]))
    else:
        while size := int((await reader.readline()).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(lines[0].split()[1])


async def sender(
    address: tuple[str, int], due: asyncio.Queue[tuple[float, bytes] | None], out: Outcome
) -> None:
    """One kept connection: it sends what is due, one request after another."""
    reader, writer = await asyncio.open_connection(*address)
    while (task := await due.get()) is not None:
        at, request = task
        try:
            writer.write(request)
            status = str(await asyncio.wait_for(answer(reader), LATE))
        except (OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError) as error:
            status = type(error).__name__
            writer.close()
            reader, writer = await asyncio.open_connection(*address)
        out.latencies.append(time.perf_counter() - at)
        out.statuses[status] = out.statuses.get(status, 0) + 1
    writer.close()


async def drive(
    address: tuple[str, int], requests: list[bytes], rate: float, seconds: float, connections: int
) -> Outcome:
    """Send `rate` requests a second for `seconds`, taking `requests` in turn."""
    out, due = Outcome(), asyncio.Queue[tuple[float, bytes] | None]()
    workers = [asyncio.create_task(sender(address, due, out)) for _ in range(connections)]
    start = time.perf_counter()
    for number in range(int(rate * seconds)):
        at = start + number / rate
        if (wait := at - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        due.put_nowait((at, requests[number % len(requests)]))
    for _ in workers:
        due.put_nowait(None)
    await asyncio.gather(*workers)
    return out


def main() -> None:
    """Read requests, send them, print what came of it."""
    host, port, rate, seconds, connections = sys.argv[1:6]
    requests = [json.loads(line).encode() for line in sys.stdin]
    out = asyncio.run(drive((host, int(port)), requests, float(rate), float(seconds), int(connections)))
    print(json.dumps({"latencies": out.latencies, "statuses": out.statuses, "cpu": time.process_time()}))


if __name__ == "__main__":
    main()
