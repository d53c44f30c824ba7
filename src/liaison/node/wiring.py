"""A node, put together: the only place that knows every adapter."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, func, select

from liaison import officers, policy
from liaison.assistance import background as requests
from liaison.holdings import erasure, retention
from liaison.holdings.live import LiveIndex
from liaison.holdings.retention import SecondClock
from liaison.ledger.heads import last_head
from liaison.ledger.keys import Signer, Verifier, parse_vkey
from liaison.ledger.log import Log, size
from liaison.ledger.notes import Head
from liaison.ledger.publishing import publish
from liaison.ledger.retention import forget
from liaison.ledger.witnesses import Witness
from liaison.model.errors import LiaisonError, StoreUnavailable
from liaison.node.background import Repeated
from liaison.node.clock import ClockWatch, SystemClock, counted
from liaison.node.correspondence import Correspondence
from liaison.node.crosschecking import Crosschecks
from liaison.node.facts import bring_up
from liaison.node.identity import cosigner, signers
from liaison.node.importing import Imports
from liaison.node.limits import Limits
from liaison.node.logs import log
from liaison.node.metrics import Metrics
from liaison.node.private import keep_private
from liaison.node.remembered import Remembered
from liaison.node.sensing import Sensing, reached_at
from liaison.node.settings import Settings, read_settings
from liaison.node.tiles import Tiles, open_tiles
from liaison.office import Office
from liaison.officers.limits import Allowance
from liaison.officers.settings import Lasting, Site
from liaison.partners import service as partnering
from liaison.partners.cards import OwnKeys
from liaison.partners.own import own_keys
from liaison.pictures.reader import Reader
from liaison.ports import Clock
from liaison.screening import documents_seen
from liaison.screening.bulk_runs import Runs, recover
from liaison.screening.checkpoint import kept as scans
from liaison.screening.checkpoint.rules import kept_for
from liaison.screening.flights import checking as manifests
from liaison.screening.flights import masking
from liaison.screening.forgetting import forget_records
from liaison.screening.running import Threads
from liaison.screening.standing_runs import run_standing
from liaison.sensors import patrols, rescue, tracks
from liaison.sensors.taking import Intake
from liaison.sightings import passages
from liaison.sightings.taking import Gate
from liaison.storage import Store
from liaison.storage.keys import KeyRing
from liaison.storage.tables.ledger import HEADS
from liaison.supply import inbound as supply
from liaison.transport.means import Means
from liaison.transport.partnering import CARD

LOCK = "node.lock"
WITNESSED = "witnessed.vkeys"  # verifier keys of the logs that this node witnesses, one on each line
PUBLISH_SOON = 1.0  # seconds after which new entries are looked for
REFRESH = 5.0  # seconds after which changes that another process made are looked for
EXPIRY = 60.0  # seconds after which standing questions that expire are looked for
STALE = 20.0  # seconds after which stale places, and people who wait for help, are looked for
PASSED = 60.0  # seconds after which passages that are past their hours are looked for
HOUR, DAY = 3_600.0, 86_400.0  # seconds
NOTHING: Mapping[str, str] = {}


@erasure.also
def forget_alerts(office: Office, _connection: Connection, holdings: Sequence[str]) -> None:
    """With a record goes what alerts say of it."""
    forget_records(office, holdings)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of a node stand."""

    folder: Path
    database: str
    keys: Path
    ledger: Path
    work: Path

    @classmethod
    def of(cls, folder: Path, settings: Settings) -> Places:
        """The places of the node in `folder`; a setting can put each elsewhere."""
        return cls(
            folder,
            settings.database or f"sqlite:///{folder}/node.db",
            Path(settings.key_folder) if settings.key_folder else folder / "keys",
            Path(settings.ledger_folder) if settings.ledger_folder else folder / "ledger",
            folder / "work",
        )


@dataclass(slots=True)
class Node:
    """A node that is open: everything that the web and the command line are given."""

    settings: Settings
    places: Places
    office: Office
    signers: list[Signer]
    people: officers.Settings
    metrics: Metrics
    watch: ClockWatch
    live: LiveIndex
    runs: Runs
    means: Means
    answers_at: str = ""  # the address that was taken, once it serves
    publisher: Repeated = field(init=False)
    second: SecondClock = field(init=False)
    correspondence: Correspondence = field(init=False)
    crosschecks: Crosschecks = field(init=False)
    allowance: Allowance = field(init=False)  # requests of each person
    background: list[Repeated] = field(default_factory=list)
    _answered: tuple[int, float] = (-1, 0.0)  # up to which change standing questions were answered, and when
    imports: Imports = field(default_factory=Imports)
    manifests: Threads = field(default_factory=Threads)
    probed: Remembered[str] = field(default_factory=Remembered)
    found: Remembered[list[Any]] = field(default_factory=Remembered)
    pictures: Reader = field(default_factory=Reader)
    gate: Gate = field(init=False)  # of cameras' reads
    tiles: Tiles | None = None  # of the agency's own map, while it serves
    intake: Intake = field(init=False)  # of what drones, boats and teams send
    sensing: Sensing | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        failed = self._failed
        chosen = self.settings
        self.allowance = Allowance(chosen.requests_each_second, chosen.requests_at_once)
        self.publisher = Repeated("ledger", PUBLISH_SOON, self._publish, failed)
        self.second = retention.second_clock(self.office)
        self.gate = Gate(self.office, self.live)
        self.intake = Intake(self.office)
        if chosen.sensor_port >= 0:
            self.sensing = Sensing(self.office, self.intake, chosen, self.metrics)
        self.background += [
            self.publisher,
            Repeated("index", REFRESH, self._look_for_changes, failed),
            Repeated("retention", DAY, self._keep_no_longer, failed),
            Repeated("examined-documents", HOUR, self._forget_documents, failed),
            Repeated("checkpoint", HOUR, self._forget_scans, failed),
            Repeated("passages", PASSED, self._forget_passages, failed),
            Repeated("sensors", STALE, self._follow_sensors, failed),
            Repeated("gateways", HOUR, self._warn_of_gateways, failed),
            Repeated("requests", requests.EVERY, self._go_on_with_requests, failed),
        ]
        following = Repeated("supply", supply.EVERY, self._follow_what_was_supplied, failed)
        self.background.append(following)
        self.live.follow = following.wake
        self.crosschecks = Crosschecks(self.office, self.means, failed)
        self.background += self.crosschecks.background
        self.means.arrived, self.means.refused = self._arrived, self._refused
        self.correspondence = Correspondence(
            self.office,
            self.means,
            self.settings,
            self.places.ledger,
            self.signers,
            cosigner(self.places.keys, self.settings.origin),
            witnessed(self.places.folder),
            self.limits(),
            failed,
        )
        self.background += self.correspondence.background
        self.metrics.measure(self._gauges)
        self.metrics.measure_each("partner", self._letters)

    @property
    def own(self) -> OwnKeys:
        """The node's own keys, of the current generation and those before it."""
        return self.means.own

    @property
    def witness(self) -> Witness:
        """This node as a witness of its partners' logs, and of those that are listed."""
        return self.correspondence.witness()

    @property
    def name(self) -> str:
        """What people call the node."""
        return self.settings.name

    @property
    def public_url(self) -> str:
        """How officers reach the node: as it was set up, or else where it listens, also on a port that was free."""
        listening = self.answers_at or f"http://{self.settings.host}:{self.settings.port}"
        return self.settings.public_url or listening

    def publish_now(self) -> Head | None:
        """Sign a head over every entry that is committed; the head. Raises LedgerDamaged, LedgerUnavailable."""
        self.publisher.now()
        return self.head()

    def head(self) -> Head | None:
        """The last head that was signed; None before the first."""
        keys = [signer.verifier for signer in self.signers]
        return self.office.read(lambda connection: last_head(connection, keys))

    def clock_fault(self) -> str:
        """Why the clock is not trusted; empty where it is."""
        return self.watch.fault(self.office.now(), counted(), self.recorded())

    def recorded(self) -> datetime | None:
        """When the last head was signed."""
        return self.office.read(_last_signed)

    @property
    def sensors_reach(self) -> tuple[str, int] | None:
        """Host and port by which drones, boats and teams reach the node; None where it listens for none."""
        return reached_at(self.settings, self.sensing.port) if self.sensing else None

    def start(self) -> None:
        """Begin the work in the background. Raises BadSetting where partners or drones cannot be listened for, or the
        agency's map cannot be read."""
        self.tiles = open_tiles(self.settings.map_tiles, self.settings.map_source)
        self.correspondence.start()
        if self.sensing:
            self.sensing.start()
        for each in self.background:
            each.start()

    def stop(self) -> None:
        """End the work in the background; what is committed is published first, where that can be done."""
        self.crosschecks.stop()
        if self.tiles is not None:
            self.tiles.close()
            self.tiles = None
        if self.sensing:
            self.sensing.stop()
        for each in reversed(self.background):
            each.stop()
        self.correspondence.stop()
        with suppress(
            LiaisonError
        ):  # what prevents it was told by /readyz, and is met again at the next start
            self.publisher.now()

    def limits(self) -> Limits:
        """The server's limits."""
        chosen = self.settings
        return Limits(
            head_seconds=chosen.header_seconds,
            body_seconds=chosen.body_seconds,
            write_seconds=chosen.write_seconds,
            head_bytes=chosen.header_bytes,
            body_bytes=chosen.body_bytes,
            upload_bytes=chosen.upload_bytes,
            connections=chosen.connections,
            connections_each=chosen.connections_each,
            proxies=frozenset(chosen.proxies),
        )

    def _publish(self) -> None:
        publish(self.office.store, self.places.ledger, self.signers, self.office.now())

    def _look_for_changes(self) -> None:
        """Take changes into the index, then answer standing questions; those that expire, within a minute."""
        self.live.refresh()
        due = time.monotonic() - self._answered[1] > EXPIRY
        if due or self.live.cursor != self._answered[0]:
            cursor = self.live.cursor
            run_standing(self.office, self.live)
            self._answered = cursor, time.monotonic()

    def _keep_no_longer(self) -> None:
        """Erase what is past its retention: in the records, of flights, in the log; then keep an index without it."""
        if retention.run(self.office, self.second).doubt is None:
            masking.run(self.office)
            now = self.office.now()
            before = now - timedelta(days=policy.limits(self.office.regimes).log_days)
            forget(self.office.write, self.office.log, before, retention.JOB, now)
        self.live.save()

    def _forget_documents(self) -> None:
        """Erase the traces of examined documents that are older than the settings let them be."""
        documents_seen.forget(self.office, timedelta(hours=self.settings.document_hours))

    def _forget_scans(self) -> None:
        """Erase which scans were taken, once nobody can send one of them again."""
        chosen = self.settings
        scans.forget(self.office, kept_for(chosen.checkpoint_hours, chosen.document_hours))

    def _forget_passages(self) -> None:
        """Erase where marks on no list passed, once their hours are over, and the keys of their pseudonyms."""
        passages.forget(self.office)

    def _follow_sensors(self) -> None:
        """Erase stale places and old patrols; tell more people of those in need whom nobody takes."""
        rescue.widen(self.office)
        tracks.forget(self.office)
        patrols.forget(self.office)
        rescue.forget(self.office)

    def _warn_of_gateways(self) -> None:
        """Tell the supervisors of legal gateways to partners that end soon."""
        partnering.warn(self.office)

    def _go_on_with_requests(self) -> None:
        """Send what is left to send, check what partners ask about, watch the clocks."""
        requests.run(self.office, self.means, self.live, self.crosschecks.seen)

    def _follow_what_was_supplied(self) -> None:
        """Tell of records that changed, carry out what partners called back, confirm it, ask the silent again."""
        supply.run(self.office, self.means)

    def _arrived(self, kind: str) -> None:
        """Check a partner's request as soon as it is here; know its new card before it calls with it."""
        if kind == CARD:
            self.correspondence.look()
        self.crosschecks.arrived(kind)
        for name, wakes in (("requests", requests.WAKES), ("supply", supply.WAKES)):
            if kind in wakes:
                next(each for each in self.background if each.name == name).wake()

    def _refused(self, origin: str, code: str, count: int) -> None:
        """Letters of a partner counted for nothing: they are counted and logged, and nothing of them is."""
        self.metrics.letters_refused.labels(origin, code).inc(count)
        log().warning("letters-not-counted", partner=origin, code=code, count=count)

    def _failed(self, work: str) -> None:
        self.metrics.failures.labels(work).inc()

    def _gauges(self) -> Mapping[str, float]:
        with suppress(StoreUnavailable):
            entries = self.office.read(size)
            return {
                "ledger_entries": float(entries),
                "ledger_published_age_seconds": min(self.publisher.age(), DAY),
                "index_records": float(len(self.live.index)),
                "index_segments": float(len(self.live.index.segments)),
                "changes_waiting": float(self.office.store.waiting),
            }
        return {}

    def _letters(self) -> Mapping[str, Mapping[str, float]]:
        """Letters that wait for each partner, and the age in seconds of the oldest."""
        with suppress(StoreUnavailable):
            now, ways = self.office.now(), self.correspondence.backlogs()
            ages = {
                each.partner: (now - each.oldest).total_seconds() if each.oldest else 0.0 for each in ways
            }
            waiting = {each.partner: float(each.waiting) for each in ways}
            return {"letters_waiting": waiting, "letters_oldest_seconds": ages}
        return {}


@contextmanager
def open_node(
    folder: Path, clock: Clock | None = None, *, work: bool = True, over: Mapping[str, str] = NOTHING
) -> Iterator[Node]:
    """The node in `folder`, brought up to date, its background work running; closed at the end.

    `over` are settings as text that stand over the file and the environment.

    Raises BadSetting, StoreUnavailable for one that another process has open, and what its parts raise.
    """
    keep_private()
    folder = folder.resolve()
    settings = read_settings(folder, over=over)
    places = Places.of(folder, settings)
    with ExitStack() as stack:
        stack.enter_context(_held(folder))
        keys = KeyRing(places.keys)
        stack.callback(keys.close)
        chosen = signers(places.keys, settings.origin, settings.ledger_second_signature)
        store = Store(places.database)
        stack.callback(store.close)
        clock = clock or SystemClock()
        regimes = tuple(policy.load_pack(name) for name in settings.regimes)
        office = Office(settings.agency, store, Log(keys), keys, clock, regimes)
        bring_up(office, chosen[0])
        recover(office)
        manifests.recover(office)
        live = LiveIndex(office, places.work / "index", background=True)
        stack.callback(live.close)
        node = Node(
            settings,
            places,
            office,
            chosen,
            people_of(settings),
            Metrics(),
            ClockWatch(clock.now(), counted()),
            live,
            Runs(),
            Means(settings.federation, settings.origin, own_keys(places.keys, office)),
        )
        if work:
            node.start()
            stack.callback(_kept, live)
            stack.callback(node.stop)
        yield node


def people_of(settings: Settings) -> officers.Settings:
    """What the settings say about people: sessions, and where passkeys belong."""
    url = settings.public_url or f"http://localhost:{settings.port}"
    site = Site(settings.passkey_domain or urlsplit(url).hostname or "localhost", (url,), settings.name)
    lasting = Lasting(timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.session_hours))
    return replace(officers.Settings(), site=site, lasting=lasting)


def _kept(live: LiveIndex) -> None:
    """Keep the index for the next start; one that cannot be kept is made anew then."""
    with suppress(OSError, LiaisonError):
        live.save()


def witnessed(folder: Path) -> dict[str, list[Verifier]]:
    """The logs that this node witnesses besides its partners', by the keys in WITNESSED. Raises BadInput."""
    listed = folder / WITNESSED
    if not listed.exists():
        return {}
    keys = [parse_vkey(line.strip()) for line in listed.read_text("utf-8").splitlines() if line.strip()]
    return {key.name: [key] for key in keys}


def _last_signed(connection: Connection) -> datetime | None:
    signed: datetime | None = connection.execute(select(func.max(HEADS.c.signed))).scalar()
    return signed


@contextmanager
def _held(folder: Path) -> Iterator[IO[bytes]]:
    """Nobody else runs this node. Raises StoreUnavailable."""
    with (folder / LOCK).open("wb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreUnavailable(
                f"the node in {folder} is open in another process", hint="stop it first"
            ) from error
        yield held
