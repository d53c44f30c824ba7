"""Bulk work on several machines with Ray (extra `cluster`).

Ray carries chunks to the machines and results back, and tells of workers that were lost; which chunk is run again,
and how often, is decided here. The shared file is broadcast once; each machine keeps one copy, which its workers map
into memory together. Ray's reports of use to its makers are switched off.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from liaison import __version__
from liaison.jobs.labour import Losses, Order, answer
from liaison.model.errors import BadSetting
from liaison.ports import Chunk, Result, Shared, Work

AHEAD = 4  # chunks for each processor that may be out or waiting for an earlier one
PART = 1 << 26  # bytes of the shared file that travel together


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A file on its way to every machine: where it stands on the first, what it is, and its bytes in Ray's store."""

    path: str
    identity: tuple[int, int, int]  # inode, size, time of change in ns
    digest: str
    parts: list[Any]


def _ray() -> Any:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError:
        raise BadSetting(
            "Ray is not installed", hint="install liaison[cluster], or run ./dev setup --cluster"
        ) from None
    return ray


NOT_STARTED = "Starting Ray client server failed"  # its fork met a thread of gRPC: the next one seldom does
TRIES = 4


class Cluster:
    """Ray on this machine (`ray`), or the cluster that a client port leads to (`ray://HOST:PORT`).

    Every machine of a cluster has this version of Liaison installed. Raises BadSetting where Ray is absent or does
    not answer.
    """

    def __init__(self, setting: str) -> None:
        self.ray = _ray()
        address = "local" if setting == "ray" else setting
        quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
        if address == "local":
            quiet["include_dashboard"] = False
        for left in reversed(range(TRIES)):
            try:
                self.ray.init(address, **quiet)
                break
            except (ConnectionError, TimeoutError, RuntimeError, ValueError) as error:
                if left and NOT_STARTED in str(error):
                    continue
                raise BadSetting(
                    f"no Ray cluster answers at {setting}: {error}",
                    hint="see that it runs and that the port is the client's",
                ) from error
        self.remote = self.ray.remote(max_retries=0, num_cpus=1)(labour)
        self.broadcasts: dict[tuple[str, tuple[int, int, int]], Broadcast] = {}

    def map_chunks(
        self,
        work: Work[Shared, Chunk, Result],
        chunks: Iterable[Chunk],
        progress: Callable[[int], None] | None = None,
    ) -> Iterator[Result]:
        """The results in the chunks' order, each once. progress(done) is called with the number of chunks done.

        What the function raises is raised here. Raises JobLost for a chunk whose worker was lost too often.
        """
        run = Run(self, self.broadcast(work.shared), work, iter(chunks))
        try:
            for done, leaving in enumerate(run.results(), start=1):
                if progress is not None:
                    progress(done)
                yield from leaving
        finally:
            for reference in run.out:
                self.ray.cancel(reference, force=True)

    def broadcast(self, path: Path) -> Broadcast:
        """The file in Ray's store, put there once."""
        identity = _identity(path)
        key = (str(path.resolve()), identity)
        if key not in self.broadcasts:
            digest, parts = hashlib.sha256(), []
            with path.open("rb") as file:
                while part := file.read(PART):
                    digest.update(part)
                    parts.append(self.ray.put(part))
            self.broadcasts[key] = Broadcast(*key, digest.hexdigest(), parts)
        return self.broadcasts[key]

    def slots(self) -> int:
        """The processors of the cluster as it stands."""
        return max(1, int(self.ray.cluster_resources().get("CPU", 1)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ray.shutdown()


class Run:
    """One pass over chunks."""

    def __init__(
        self, cluster: Cluster, shared: Broadcast, work: Work[Any, Any, Any], chunks: Iterator[Any]
    ) -> None:
        self.ray, self.cluster, self.shared, self.work, self.chunks = (
            cluster.ray,
            cluster,
            shared,
            work,
            chunks,
        )
        self.out: dict[Any, tuple[int, bytes]] = {}  # by Ray's reference: the chunk's number and bytes
        self.ahead = AHEAD * cluster.slots()
        self.taken = 0
        self.losses, self.order = Losses(), Order()

    def results(self) -> Iterator[list[Any]]:
        """For each chunk that is done, the results that can leave. Raises JobLost, and what the function raises."""
        while self.send_out():
            ready, _ = self.ray.wait(list(self.out), num_returns=1)
            for reference in ready:
                yield from self.receive(reference)

    def send_out(self) -> bool:
        """Hand Ray as many chunks as may be out; whether any is."""
        while self.taken - self.order.next < self.ahead:
            for chunk in self.chunks:
                packed = pickle.dumps((self.work.open, self.work.function, chunk), protocol=5)
                self.submit(self.taken, packed)
                self.taken += 1
                break
            else:
                break
        return bool(self.out)

    def submit(self, number: int, packed: bytes) -> None:
        """Hand Ray one chunk."""
        self.out[self.cluster.remote.remote(self.shared, packed, __version__)] = number, packed

    def receive(self, reference: Any) -> Iterator[list[Any]]:
        """What came of a chunk: its result, or a loss, after which it is handed over again."""
        number, packed = self.out.pop(reference)
        try:
            good, result = pickle.loads(self.ray.get(reference))
        except self.ray.exceptions.RayTaskError:
            raise
        except self.ray.exceptions.RayError as error:
            self.losses.add(number, f"{type(error).__name__}: {error}".split("\n")[0])
            self.submit(number, packed)
            return
        if not good:
            raise result
        yield self.order.add(number, result)


def labour(shared: Broadcast, packed: bytes, version: str) -> bytes:
    """In a worker: whether the function worked, and its result or error, as bytes.

    Bytes in and bytes out, so that arrays arrive as they do from a process of the same machine.
    """
    try:
        if version != __version__:
            raise BadSetting(
                f"a machine of the cluster has Liaison {__version__}, not {version}",
                hint="install one version on all",
            )
        opener, function, chunk = pickle.loads(packed)
        done = True, answer(local_copy(shared, _ray().get), opener, function, chunk)
    except Exception as error:
        done = False, error
    return pickle.dumps(done, protocol=5)


def local_copy(shared: Broadcast, get: Callable[[Any], bytes]) -> Path:
    """The shared file on this machine: the first machine's own, else one copy that all workers here use.

    get(part) fetches a part's bytes. Raises OSError where there is no room for the copy.
    """
    path = Path(shared.path)
    if path.exists() and _identity(path) == shared.identity:
        return path
    folder = Path(tempfile.gettempdir()) / f"liaison-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    copy = folder / shared.digest
    if not copy.exists():
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as fresh:
            for part in shared.parts:
                fresh.write(get(part))
        os.replace(fresh.name, copy)
    return copy


def _identity(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
