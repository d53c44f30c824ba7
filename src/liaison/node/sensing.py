"""Where drones, boats and teams send Cursor on Target: over TLS, with the certificate of a registered feed alone.

Connections that have not shown a certificate are counted apart: where there are too many of an address, or in all, the
one that has been silent longest gives way, so that silence locks nobody out.

A connection has a thread. What it sends is handed over as it is read: who sends faster than the node takes has to
wait, by itself. Nothing of a message is logged; a connection that is cut is counted by its reason.
"""

from __future__ import annotations

import socket
import ssl
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from ipaddress import ip_address, ip_network

from liaison.formats.tracks import cot_writing
from liaison.formats.tracks.cot_stream import Refusal, Stream
from liaison.formats.tracks.opening import Found
from liaison.model.errors import BadSetting, NotSignedIn
from liaison.node.logs import log
from liaison.node.metrics import Metrics
from liaison.node.settings import Settings
from liaison.office import Office
from liaison.sensors import certificates
from liaison.sensors.taking import Intake

PIECE = 64 << 10  # bytes read at once
SHAKES, IDLE = 6.0, 300.0  # seconds: for the handshake, and in which a client says something
SENDS = 5.0  # seconds in which a client takes an answer
HELD = 5.0  # seconds for which one that floods is not read
MOST, EACH = 256, 4  # connections that have shown a certificate, and of one certificate
WAITING, WAITING_EACH = 64, 8  # connections that have not, and of one address
ASKS = 1.0  # seconds after which it is asked anew whether who sends pings alone may still send
PING, PONG_LASTS = "t-x-c-t", timedelta(seconds=20)
LOOK = 0.5  # seconds after which the end is noticed
ENDS = SHAKES  # seconds in which a connection ends


class Sensing:
    """The listener: a thread that accepts, and one for each connection."""

    def __init__(self, office: Office, intake: Intake, settings: Settings, metrics: Metrics) -> None:
        self._office, self._intake, self._settings, self._metrics = office, intake, settings, metrics
        self._connections: set[ssl.SSLSocket] = set()
        self._waiting: dict[
            ssl.SSLSocket, str
        ] = {}  # before they have shown a certificate, oldest first: the address
        self._connected: Counter[bytes] = Counter()
        self._threads: list[threading.Thread] = []  # of connections
        self._lock, self._over = threading.Lock(), threading.Event()
        self._listening: socket.socket | None = None
        self._thread = threading.Thread(target=self._accept, name="sensors", daemon=True)
        self.cut: Counter[str] = Counter()  # since the start, by reason
        self.port = 0

    def start(self) -> None:
        """Listen. Raises BadSetting where that cannot be."""
        chosen = self._settings
        family = socket.AF_INET6 if ":" in chosen.sensor_host else socket.AF_INET
        try:
            self._listening = socket.create_server((chosen.sensor_host, chosen.sensor_port), family=family)
        except OSError as error:
            raise BadSetting(
                f"drones cannot be listened for on {chosen.sensor_host}:{chosen.sensor_port}: {error.strerror}",
                hint="set sensor_host and sensor_port to an address of this machine that is free",
            ) from error
        self.port = self._listening.getsockname()[1]
        self._listening.settimeout(LOOK)
        self._tls = self._context()
        self._thread.start()
        log().info("sensors-listening", port=self.port)

    def stop(self) -> None:
        """Cut every connection, and stop."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._listening:
            self._listening.close()
        with self._lock:
            held = list(self._connections)
        for each in held:
            with suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(ENDS)

    @property
    def open(self) -> int:
        """How many clients are connected."""
        with self._lock:
            return sum(self._connected.values())

    def _context(self) -> ssl.SSLContext:
        """TLS for clients with a certificate of this node's authority; clients in the field speak 1.2 as well."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_mode = ssl.CERT_REQUIRED
        context.num_tickets = 0
        context.load_verify_locations(cadata=certificates.authority(self._office).pem.decode())
        host = reached_at(self._settings, self.port)[0]
        names = [host, self._settings.sensor_host, "localhost", "127.0.0.1"]
        with tempfile.NamedTemporaryFile(suffix=".pem") as file:  # the library reads keys from files alone
            file.write(certificates.server_pem(self._office, names))
            file.flush()
            context.load_cert_chain(file.name)
        return context

    def _accept(self) -> None:
        assert self._listening is not None
        while not self._over.is_set():
            try:
                plain, peer = self._listening.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            plain.settimeout(SHAKES)
            try:
                connection = self._tls.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
            except (OSError, ValueError):  # gone already
                plain.close()
                continue
            self._admit(connection, network_of(str(peer[0])))
            self._threads = [each for each in self._threads if each.is_alive()]
            self._threads.append(threading.Thread(target=self._serve, args=(connection,), daemon=True))
            self._threads[-1].start()

    def _admit(self, connection: ssl.SSLSocket, address: str) -> None:
        """Let a connection in that has shown no certificate yet; one that has been silent for longer gives way."""
        with self._lock:
            same = [each for each, other in self._waiting.items() if other == address]
            gives = same if len(same) >= WAITING_EACH else list(self._waiting)
            if len(same) >= WAITING_EACH or len(self._waiting) >= WAITING:
                del self._waiting[gives[0]]
                with suppress(OSError):
                    socket.socket.shutdown(gives[0], socket.SHUT_RDWR)
            self._waiting[connection] = address
            self._connections.add(connection)

    def _serve(self, connection: ssl.SSLSocket) -> None:
        """One connection, from its handshake to its end."""
        digest = b""
        try:
            connection.do_handshake()
            connection.settimeout(IDLE)
            digest = certificates.fingerprint(connection.getpeercert(binary_form=True) or b"")
            feed = self._intake.by_certificate(digest)
            with self._counted(digest) as (many, all_):
                self._waits_no_more(connection)
                if many > EACH or all_ > MOST:
                    self._cut("too-many")
                else:
                    self._read(connection, feed, digest)
        except NotSignedIn:
            self._cut("unknown")
        except (OSError, ValueError) as error:
            gave_way = not digest and not self._waits_no_more(connection)
            self._cut("too-many" if gave_way else _why(error, shaken=bool(digest)))
        except Exception as error:  # the ledger or the database, as a rule; its text may hold what came
            self._cut("unavailable")
            log().error("sensor-hand-over-failed", error=type(error).__name__)
        finally:
            self._waits_no_more(connection)
            with self._lock:
                self._connections.discard(connection)
            with suppress(OSError):
                connection.close()

    @contextmanager
    def _counted(self, digest: bytes) -> Iterator[tuple[int, int]]:
        """How many connections of a certificate there are, and of all, with this one, which counts until the end."""
        with self._lock:
            self._connected[digest] += 1
            many = self._connected[digest], sum(self._connected.values())
        try:
            yield many
        finally:
            with self._lock:
                self._connected[digest] -= 1

    def _waits_no_more(self, connection: ssl.SSLSocket) -> bool:
        """Count a connection no more among those that have shown no certificate; whether it was one of them."""
        with self._lock:
            return self._waiting.pop(connection, None) is not None

    def _read(self, connection: ssl.SSLSocket, feed: str, digest: bytes) -> None:
        stream, asked = Stream(), time.monotonic()
        while not self._over.is_set() and not stream.over:
            piece = connection.recv(PIECE)
            if not piece:
                return
            found = stream.feed(piece, self._office.now())
            if time.monotonic() - asked >= ASKS:
                self._intake.by_certificate(digest)
                asked = time.monotonic()
            if any(_pings(each) for each in found):
                self._answer(connection)
            told = [each for each in found if not _pings(each)]
            if told and self._intake.take(feed, told, digest).floods:
                self._over.wait(HELD)
        if stream.over:
            self._cut("protobuf")

    def _answer(self, connection: ssl.SSLSocket) -> None:
        """Say that the node is there: a client that hears nothing for long connects anew."""
        now = self._office.now()
        connection.settimeout(SENDS)
        connection.sendall(cot_writing.pong(now, now + PONG_LASTS))
        connection.settimeout(IDLE)

    def _cut(self, reason: str) -> None:
        with self._lock:
            self.cut[reason] += 1
        self._metrics.sensors_refused.labels(reason).inc()
        log().warning("sensor-connection-cut", reason=reason)


def reached_at(settings: Settings, port: int) -> tuple[str, int]:
    """Host and port by which clients reach the listener."""
    host, _, said = settings.sensor_url.rpartition(":")
    return (host.strip("[]"), int(said)) if host else (settings.sensor_host, port)


def network_of(address: str) -> str:
    """What counts as one address: of IPv6, the 64 bits that one site has."""
    found = ip_address(address.partition("%")[0])
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def _pings(found: Found) -> bool:
    return not isinstance(found, Refusal) and found.ignored.startswith(f"{PING}:")


def _why(error: Exception, *, shaken: bool) -> str:
    """The reason for which a connection is cut that broke."""
    if isinstance(error, ssl.SSLError) and _about_certificate(error):
        return "certificate"
    if isinstance(error, TimeoutError):
        return "silent" if shaken else "handshake"
    return "handshake" if isinstance(error, ssl.SSLError) and not shaken else "broken"


def _about_certificate(error: ssl.SSLError) -> bool:
    return isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE" in (error.reason or "")
