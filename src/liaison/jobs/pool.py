"""Bulk work in several processes of one machine.

Each worker is a fresh interpreter with a pipe of its own, so that one that dies is noticed at once and takes
nothing but its own chunk with it.
"""

from __future__ import annotations

import multiprocessing
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Self

from liaison.jobs.labour import Losses, Order, answer
from liaison.ports import Chunk, Result, Shared, Work

SPAWN = multiprocessing.get_context("spawn")  # a fork would copy threads' locks in whatever state they are
PATIENCE = 5.0  # seconds that a worker whose pipe is closed has to end
AHEAD = 4  # chunks for each worker that may be out or waiting for an earlier one


def labour(pipe: Connection) -> None:
    """A worker's life: a chunk comes, its result or error goes, until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it and closes the pipe
    while True:
        try:
            order = pipe.recv()
        except (EOFError, ConnectionError):
            return
        except Exception as error:  # the function cannot be imported here
            pipe.send((False, error))
            continue
        try:
            done = True, answer(*order)
        except Exception as error:
            error.add_note("in a worker:\n" + traceback.format_exc())
            done = False, error
        _send(pipe, done)


def _send(pipe: Connection, done: tuple[bool, Any]) -> None:
    try:
        pipe.send(done)
    except (AttributeError, TypeError, ValueError) as error:  # what pickle raises for what it cannot carry
        pipe.send((False, TypeError(f"a result could not be sent: {error}; it was {done[1]!r:.200}")))


class Worker:
    """One process and the chunk it is busy with."""

    def __init__(self) -> None:
        self.pipe, theirs = SPAWN.Pipe()
        self.process = SPAWN.Process(target=labour, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()
        self.chunk: int | None = None

    def stop(self) -> None:
        """End the process, at once where it is busy."""
        self.pipe.close()
        if self.chunk is not None:
            self.process.kill()
        self.process.join()

    def fate(self) -> str:
        """How the process ended, in words."""
        self.process.join(PATIENCE)
        code = self.process.exitcode or 0
        return (
            f"its worker was killed by signal {-code}" if code < 0 else f"its worker ended with status {code}"
        )


class Pool:
    """`size` processes, started when there is work for them and kept for the next."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.workers: list[Worker] = []

    def map_chunks(
        self,
        work: Work[Shared, Chunk, Result],
        chunks: Iterable[Chunk],
        progress: Callable[[int], None] | None = None,
    ) -> Iterator[Result]:
        """The results in the chunks' order, each once. progress(done) is called with the number of chunks done.

        What the function raises is raised here. Raises JobLost for a chunk whose worker was lost too often.
        """
        run = Run(self, work, iter(chunks))
        try:
            for done, leaving in enumerate(run.results(), start=1):
                if progress is not None:
                    progress(done)
                yield from leaving
        finally:
            self.drop([worker for worker in self.workers if worker.chunk is not None])

    def full(self) -> bool:
        """Whether every worker there may be has a chunk."""
        return len(self.workers) == self.size and all(worker.chunk is not None for worker in self.workers)

    def idle(self) -> Worker:
        """A worker without a chunk, a new one where the others have one."""
        for worker in self.workers:
            if worker.chunk is None:
                return worker
        self.workers.append(Worker())
        return self.workers[-1]

    def drop(self, workers: list[Worker]) -> None:
        """Stop these workers; others take their places when there is work."""
        for worker in workers:
            self.workers.remove(worker)
            worker.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drop(list(self.workers))


class Run:
    """One pass over chunks."""

    def __init__(self, pool: Pool, work: Work[Any, Any, Any], chunks: Iterator[Any]) -> None:
        self.pool, self.work, self.chunks = pool, work, chunks
        self.out: dict[int, Any] = {}  # chunks that a worker has, or that must be run again
        self.again: deque[int] = deque()
        self.taken = 0
        self.losses, self.order = Losses(), Order()

    def results(self) -> Iterator[list[Any]]:
        """For each chunk that is done, the results that can leave. Raises JobLost, and what the function raises."""
        while self.send_out():
            for pipe in wait([worker.pipe for worker in self.pool.workers if worker.chunk is not None]):
                worker = next(worker for worker in self.pool.workers if worker.pipe is pipe)
                yield from self.receive(worker)

    def send_out(self) -> bool:
        """Give every idle worker a chunk; whether any is out."""
        while not self.pool.full() and (number := self.next_chunk()) is not None:
            worker = self.pool.idle()
            worker.chunk = number
            try:
                work = self.work
                worker.pipe.send((work.shared, work.open, work.function, self.out[number]))
            except OSError:
                self.lose(worker)
        return bool(self.out)

    def next_chunk(self) -> int | None:
        """The number of the chunk to be run next; None where none is left or too many wait for an earlier one."""
        if self.again:
            return self.again.popleft()
        if self.taken - self.order.next >= AHEAD * self.pool.size:
            return None
        for chunk in self.chunks:
            self.out[self.taken] = chunk
            self.taken += 1
            return self.taken - 1
        return None

    def receive(self, worker: Worker) -> Iterator[list[Any]]:
        """What a worker has to say: a result, an error, or nothing more because it is gone."""
        try:
            good, result = worker.pipe.recv()
        except (EOFError, OSError):
            self.lose(worker)
            return
        number, worker.chunk = worker.chunk, None
        if not good:
            raise result
        assert number is not None
        del self.out[number]
        yield self.order.add(number, result)

    def lose(self, worker: Worker) -> None:
        """Run a lost worker's chunk again. Raises JobLost where that was done too often."""
        number, why = worker.chunk, worker.fate()
        assert number is not None
        self.pool.drop([worker])
        self.losses.add(number, why)
        self.again.append(number)
