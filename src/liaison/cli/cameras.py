"""`liaison cameras mqtt`: what Frigate reads, from its broker to the node. A program of its own, beside the node."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from liaison.cli.reconcile import LOOPBACK
from liaison.model.errors import BadInput, BadSetting, PartMissing

if TYPE_CHECKING:
    from liaison.cli.sending import Sending

TOPICS = ("frigate/events", "frigate/tracked_object_update")
LARGEST = 1_000_000  # bytes of a payload
REMEMBERED = 2_000  # readings of objects, so that each is sent once
KIND = "application/json"
FIRST, LONGEST = 1, 30  # seconds between two tries to reach the broker
REFUSED = frozenset({"Not authorized", "Bad user name or password", "Banned", "Bad authentication method"})

app = typer.Typer(name="cameras", help="Programs between cameras and a node.", no_args_is_help=True)

Node = Annotated[
    str, typer.Option("--to", metavar="URL", help="The node's address, as https://node.example.")
]
SecretFile = Annotated[
    Path, typer.Option(help="A file with the secret of the feed, readable by you alone.", metavar="FILE")
]
Authorities = Annotated[
    Path | None, typer.Option("--ca", metavar="FILE", help="PEM file of who signed the node's certificate.")
]


@app.callback()
def cameras() -> None:
    """Programs between cameras and a node."""


@app.command()
def mqtt(
    broker: Annotated[
        str, typer.Option(metavar="URL", help="mqtts://HOST:8883, or mqtt://127.0.0.1:1883 on this machine.")
    ],
    to: Node,
    feed_secret_file: SecretFile,
    topic: Annotated[
        list[str] | None,
        typer.Option(help=f"A topic; else {' and '.join(TOPICS)}. May be given several times."),
    ] = None,
    user: Annotated[str, typer.Option(help="The name by which the broker knows this program.")] = "",
    password_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file with its password; else MQTT_PASSWORD.")
    ] = None,
    broker_ca: Annotated[
        Path | None, typer.Option(metavar="FILE", help="PEM file of who signed the broker's certificate.")
    ] = None,
    ca: Authorities = None,
) -> None:
    """Pass on what Frigate reads, until SIGTERM or Ctrl+C. It needs the extra `mqtt`.

    A message without a plate is dropped here; the same reading of the same vehicle is sent once. Where the broker or
    the node is away, it is tried again; reads wait in memory and the oldest are lost when there are too many.
    """
    import os

    from liaison.cli.sending import Sending, secret_of

    secret = secret_of(feed_secret_file, "the secret of the feed")
    password = (
        secret_of(password_file, "the password") if password_file else os.environ.get("MQTT_PASSWORD", "")
    )
    bridge = Bridge(broker, topic or list(TOPICS), (user, password), broker_ca)
    with Sending(to, secret, ca, say=_say) as sending:
        bridge.run(sending)
    typer.echo(f"{sending.sent}; {bridge.dropped:,} messages without a new plate", err=True)
    fault = bridge.fault or sending.fault
    if fault is not None:
        raise fault


def _say(text: str) -> None:
    typer.echo(text, err=True)


class Bridge:
    """A client of a broker, which passes on every message that holds a plate."""

    def __init__(
        self, broker: str, topics: list[str], sign_in: tuple[str, str], authorities: Path | None
    ) -> None:
        """Raises PartMissing without the extra, BadSetting for a broker or certificates that cannot be."""
        try:
            from paho.mqtt import client
        except ImportError as error:
            raise PartMissing(
                "this needs the extra `mqtt`", hint="install it with: pip install 'liaison[mqtt]'"
            ) from error
        self.fault: BadSetting | None = None
        self.dropped = 0
        self._topics, self._known = topics, OrderedDict[tuple[str, str], None]()
        self._host, self._port, secure = place_of(broker)
        self._client = client.Client(client.CallbackAPIVersion.VERSION2)
        if sign_in[0]:
            self._client.username_pw_set(*sign_in)
        if secure:
            self._secure(authorities)
        self._client.reconnect_delay_set(FIRST, LONGEST)
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._gone
        self._client.on_connect_fail = lambda *_: _say("the broker does not answer; it is tried again")
        self._client.on_message = self._came

    def run(self, sending: Sending) -> None:
        """Pass on what comes, until a signal, or until there is no use in going on."""
        from liaison.cli.sending import stopped_by_signals

        self._sending = sending
        with stopped_by_signals():
            try:
                self._client.connect_async(self._host, self._port)
                self._client.loop_forever(retry_first_connection=True)
            except KeyboardInterrupt:
                pass
            except BadSetting as fault:
                self.fault = fault
            finally:
                self._client.disconnect()

    def _secure(self, authorities: Path | None) -> None:
        try:
            self._client.tls_set(ca_certs=str(authorities) if authorities else None)
        except (OSError, ValueError) as error:
            raise BadSetting(f"{authorities} holds no certificates", hint="give a PEM file") from error

    def _connected(self, client: Any, _data: Any, _flags: Any, reason: Any, _more: Any) -> None:
        if reason.is_failure:
            said = str(reason)
            if said in REFUSED:
                self.fault = BadSetting(
                    "the broker does not let this program in", hint="see --user and --password-file"
                )
                client.disconnect()
            else:
                _say("the broker refuses; it is tried again")
            return
        client.subscribe([(each, 1) for each in self._topics])
        _say(f"connected to the broker; listening to {', '.join(self._topics)}")

    def _gone(self, _client: Any, _data: Any, _flags: Any, reason: Any, _more: Any) -> None:
        if reason.is_failure and self.fault is None:
            _say("the broker is gone; it is tried again")

    def _came(self, client: Any, _data: Any, message: Any) -> None:
        body = bytes(message.payload)
        if len(body) > LARGEST or not self._is_new(body):
            self.dropped += 1
            return
        try:
            self._sending.put(KIND, body)
        except BadSetting as fault:
            self.fault = fault
            client.disconnect()

    def _is_new(self, body: bytes) -> bool:
        """Whether a payload holds a plate that was not read of this object before."""
        from liaison.formats import cameras

        try:
            found = cameras.read(KIND, body)
        except BadInput:
            return False
        fresh = [(each.read_id, each.plate) for each in found.reads]
        known = bool(fresh) and all(one[0] and one in self._known for one in fresh)
        self._known |= dict.fromkeys(fresh)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return bool(fresh) and not known


def place_of(broker: str) -> tuple[str, int, bool]:
    """Host, port and whether it is TLS. Raises BadSetting, also where reads would travel in the clear."""
    try:
        parts = urlsplit(broker)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if (
        parts.scheme not in ("mqtt", "mqtts")
        or not parts.hostname
        or parts.path.strip("/")
        or "@" in parts.netloc
    ):
        raise BadSetting(
            "this is no address of a broker",
            hint="give mqtts://HOST:8883, or mqtt://127.0.0.1:1883; the name goes into --user",
        )
    secure = parts.scheme == "mqtts"
    if not secure and parts.hostname not in LOOPBACK:
        raise BadSetting(
            "what cameras read would travel in the clear",
            hint="give the broker as mqtts://, or run this on the broker's own machine",
        )
    return parts.hostname, port or (8883 if secure else 1883), secure
