"""What is set for one node: `node.toml` in its folder, and over it the environment (`LIAISON_PORT=8500`).

Every setting, its default and its meaning stand in `Settings`; what is not one of them is refused with the nearest.
"""

from __future__ import annotations

import difflib
import os
import re
import shlex
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, get_type_hints
from urllib.parse import urlsplit

import msgspec

from liaison.model.errors import BadSetting

FILE = "node.toml"
BACKUP = "manifest.json"  # what the folder of a backup has
PREFIX = "LIAISON_"
# of the program and its tests, not of a node
OTHERS = {
    f"{PREFIX}{name}" for name in ("FOLDER", "WHEELS", "RELEASE", "BENCH_DATA", "TEST_DATABASE", "CALLED")
}
CALLED = f"{PREFIX}CALLED"
ORIGIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:/[a-z0-9._-]+)*")
NOTHING: Mapping[str, str] = {}
WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _says(meaning: str, **bounds: Any) -> msgspec.Meta:
    return msgspec.Meta(description=meaning, **bounds)


Text = str
Seconds = int


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of one node. Sizes are in bytes, spans in the unit their name ends with."""

    name: Annotated[Text, _says("What people call this node.", min_length=1, max_length=80)]
    agency: Annotated[Text, _says("The agency that runs it.", min_length=1, max_length=120)]
    origin: Annotated[
        Text, _says("The name of its ledger, like a host name. It never changes.", max_length=120)
    ]
    regimes: Annotated[
        tuple[str, ...], _says("The rule packs that hold here; the strictest applies.", min_length=1)
    ]
    host: Annotated[Text, _says("The address to listen on.")] = "127.0.0.1"
    port: Annotated[int, _says("The port to listen on; 0 takes a free one.", ge=0, le=65535)] = 8400
    public_url: Annotated[Text, _says("How officers reach the node; empty: where it listens.")] = ""
    tls_certificate: Annotated[Text, _says("PEM file of the certificate chain; empty: no TLS here.")] = ""
    tls_key: Annotated[Text, _says("PEM file of the certificate's key.")] = ""
    metrics_open: Annotated[
        bool,
        _says("Tell /metrics and /readyz to whoever asks, not to this machine and administrators alone."),
    ] = False
    proxies: Annotated[tuple[str, ...], _says("Addresses of proxies whose X-Forwarded-For is believed.")] = ()
    database: Annotated[Text, _says("Database URL; empty: SQLite in the node's folder.")] = ""
    key_folder: Annotated[Text, _says("Where the keys stand; empty: `keys` in the node's folder.")] = ""
    ledger_folder: Annotated[
        Text, _says("Where the ledger's public files stand; empty: `ledger` in the node's folder.")
    ] = ""
    ledger_second_signature: Annotated[bool, _says("Sign the ledger's heads with ML-DSA-44 as well.")] = False
    idle_minutes: Annotated[int, _says("An unused session ends after this.", ge=1, le=480)] = 15
    session_hours: Annotated[int, _says("Every session ends after this.", ge=1, le=24)] = 10
    header_bytes: Annotated[int, _says("The longest request head.", ge=2048, le=131072)] = 32768
    body_bytes: Annotated[int, _says("The longest body of a request.", ge=1024, le=67108864)] = 1048576
    upload_bytes: Annotated[int, _says("The longest file that may be sent.", ge=1024, le=17179869184)] = (
        1073741824
    )
    header_seconds: Annotated[int, _says("A request head is whole after this, or refused.", ge=1, le=60)] = 6
    body_seconds: Annotated[int, _says("A body is whole after this, or refused.", ge=1, le=120)] = 12
    write_seconds: Annotated[int, _says("A reader that takes nothing for this is cut off.", ge=1, le=120)] = (
        12
    )
    drain_seconds: Annotated[int, _says("How long running requests may finish at a stop.", ge=0, le=300)] = 20
    connections: Annotated[int, _says("How many connections there may be.", ge=8, le=65536)] = 1024
    connections_each: Annotated[int, _says("How many from one address, proxies apart.", ge=4, le=65536)] = 256
    requests_each_second: Annotated[
        int, _says("Requests of one person each second, over all their accounts.", ge=1, le=10000)
    ] = 20
    requests_at_once: Annotated[
        int, _says("Requests that one person may make at once, after a pause.", ge=20, le=100000)
    ] = 200
    head_seconds: Annotated[int, _says("The ledger's head is signed at least this often.", ge=1, le=60)] = 30
    languages: Annotated[tuple[str, ...], _says("Languages offered, the usual one first.", min_length=1)] = (
        "en",
        "sq",
        "fr",
    )
    theme: Annotated[Text, _says("auto, light or dark.", pattern="^(auto|light|dark)$")] = "auto"
    zone: Annotated[Text, _says("The time zone that pages show, for example Europe/Tirane.")] = "UTC"
    passkey_domain: Annotated[
        Text, _says("The domain that passkeys are bound to; empty: the host of public_url.")
    ] = ""
    oidc_issuer: Annotated[Text, _says("Address of the OpenID provider; empty: none.")] = ""
    oidc_client: Annotated[Text, _says("This node's client id there.")] = ""
    oidc_secret_file: Annotated[Text, _says("File that holds the client's secret.")] = ""
    federation: Annotated[
        Text,
        _says(
            "The federation of partners: what is signed in one counts in no other.",
            pattern="^[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?$",
        ),
    ] = "liaison"
    partner_host: Annotated[Text, _says("The address on which partners' nodes are listened for.")] = (
        "127.0.0.1"
    )
    partner_port: Annotated[
        int,
        _says(
            "The port that partners' nodes call; 0 takes a free one, -1 listens for none.", ge=-1, le=65535
        ),
    ] = -1
    partner_url: Annotated[
        Text,
        _says("How partners reach this node, https://host:port; empty: they are only reached from here."),
    ] = ""
    sensor_host: Annotated[Text, _says("The address on which drones, boats and teams are listened for.")] = (
        "127.0.0.1"
    )
    sensor_port: Annotated[
        int,
        _says(
            "The port for Cursor on Target over TLS; 0 takes a free one, -1 listens for none.",
            ge=-1,
            le=65535,
        ),
    ] = -1
    sensor_url: Annotated[
        Text,
        _says(
            "How drones, boats and teams reach this node, host:port; empty: where it listens.",
            pattern=r"^(\[[0-9A-Fa-f:.]+\]:\d{1,5}|[A-Za-z0-9.-]+:\d{1,5})?$",
        ),
    ] = ""
    document_hours: Annotated[
        int,
        _says(
            "For so long the pseudonyms of an examined document are kept, to see it in two places or with two"
            " people; 0 keeps none.",
            ge=0,
            le=168,
        ),
    ] = 24
    checkpoint_hours: Annotated[
        int,
        _says(
            "For so long a checkpoint may work from one copy without the node; 0 lets none be made.",
            ge=0,
            le=72,
        ),
    ] = 24
    map_tiles: Annotated[
        Text,
        _says("PMTiles file of a map of the agency's own, drawn under the points; empty: outlines alone."),
    ] = ""
    map_source: Annotated[
        Text, _says("Whose map that is, where its file does not say; it stands on the map.", max_length=300)
    ] = ""
    camera_processes: Annotated[
        int,
        _says(
            "Processes beside the node that take reads of cameras, on PostgreSQL; 0: the node takes them.",
            ge=0,
            le=64,
        ),
    ] = 0
    camera_port: Annotated[
        int, _says("The port of these processes, on `host`; 0 takes a free one.", ge=0, le=65535)
    ] = 8410
    demo: Annotated[bool, _says("Invented records and open sign-ins. Never with real records.")] = False


NAMES = Settings.__struct_fields__
LEARNED = msgspec.json.Decoder(Settings)  # before threads meet it


def read_settings(
    folder: Path, environment: Mapping[str, str] | None = None, over: Mapping[str, str] = NOTHING
) -> Settings:
    """The settings of the node in this folder: the file, over it the environment (the process's own unless given),
    over both what `over` says. Raises BadSetting, naming the setting and where it stands."""
    place = folder / FILE
    try:
        written = tomllib.loads(place.read_text("utf-8"))
    except FileNotFoundError as error:
        raise BadSetting(
            f"there is no node in {folder}", hint=f"make one: {program()} init {shlex.quote(str(folder))}"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{place} cannot be read: {error}", hint="check its permissions") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(
            f"{place} is not TOML: {error}", hint='write lines like: name = "Our node"'
        ) from error
    said = _from_environment(os.environ if environment is None else environment)
    said |= _from_environment({f"{PREFIX}{name.upper()}": value for name, value in over.items()})
    return settings_of(written | said, str(place))


def require_node(folder: Path) -> None:
    """Raises BadSetting for the folder of a backup, which is no node until it is restored."""
    if (folder / BACKUP).exists():
        raise BadSetting(
            f"{folder} is a backup, not a node",
            hint=f"restore it first: {program()} restore {shlex.quote(str(folder))} NEW-FOLDER --keys KEYFILE",
        )


def program() -> str:
    """How the person at the terminal calls this program: ./dev says it where it started it."""
    return os.environ.get(CALLED, "liaison")


def settings_of(values: Mapping[str, Any], place: str = "the settings") -> Settings:
    """Settings from values by name. Raises BadSetting."""
    for name in values:
        if name not in NAMES:
            raise BadSetting(f"{place}: {name} is not a setting", hint=nearest(name))
    try:
        settings = msgspec.convert(dict(values), Settings)
    except msgspec.ValidationError as error:
        raise BadSetting(f"{place}: {error}", hint="see docs/operating.md for every setting") from error
    _agree(settings, place)
    return settings


def nearest(name: str) -> str:
    """A hint with the setting that may have been meant."""
    close = difflib.get_close_matches(name.lower(), NAMES, 1, 0.5)
    return f"did you mean {close[0]}?" if close else "see docs/operating.md for every setting"


def write_settings(folder: Path, settings: Settings) -> None:
    """Write `node.toml` with what differs from the defaults, each under its meaning. Raises FileExistsError."""
    lines = ["# The settings of this node. All of them: docs/operating.md"]
    for field in msgspec.structs.fields(Settings):
        value = getattr(settings, field.name)
        if value != field.default:
            lines += ["", f"# {meaning(field.name)}", f"{field.name} = {_toml(value)}"]
    with (folder / FILE).open("x", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
        out.flush()
        os.fsync(out.fileno())


def meaning(name: str) -> str:
    """What a setting means, in one sentence."""
    described = get_type_hints(Settings, include_extras=True)[name].__metadata__[0]
    return str(described.description)


def reference() -> str:
    """Every setting as a row of a Markdown table: name, default, meaning."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for field in msgspec.structs.fields(Settings):
        default = "required" if field.required else f"`{_toml(field.default)}`"
        rows.append(f"| `{field.name}` | {default} | {meaning(field.name)} |")
    return "\n".join(rows) + "\n"


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """Settings from variables named LIAISON_*; lists are separated by commas."""
    kinds = get_type_hints(Settings)
    values: dict[str, Any] = {}
    for variable, text in environment.items():
        if not variable.startswith(PREFIX) or variable in OTHERS:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in kinds:
            raise BadSetting(f"{variable} is not a setting", hint=nearest(name))
        values[name] = _parsed(variable, text, kinds[name])
    return values


def _parsed(variable: str, text: str, kind: Any) -> Any:
    if kind is bool:
        if text.lower() not in WORDS:
            raise BadSetting(f"{variable} is neither true nor false", hint="write true or false")
        return WORDS[text.lower()]
    if kind is int:
        if not re.fullmatch(r"-?\d{1,12}", text):
            raise BadSetting(f"{variable} is not a whole number", hint="write digits alone")
        return int(text)
    return text if kind is str else [part.strip() for part in text.split(",") if part.strip()]


def _agree(settings: Settings, place: str) -> None:
    """Raises BadSetting for settings that do not go together."""
    if not ORIGIN.fullmatch(settings.origin):
        raise BadSetting(
            f"{place}: origin {settings.origin!r} is not like a host name",
            hint="write a-z, 0-9, dots and hyphens: node.police.example",
        )
    if bool(settings.tls_certificate) != bool(settings.tls_key):
        raise BadSetting(
            f"{place}: tls_certificate and tls_key go together", hint="give both files, or neither"
        )
    if bool(settings.oidc_issuer) != bool(settings.oidc_client):
        raise BadSetting(f"{place}: oidc_issuer and oidc_client go together", hint="give both, or neither")
    if settings.public_url and urlsplit(settings.public_url).scheme not in {"http", "https"}:
        raise BadSetting(f"{place}: public_url is no address", hint="for example https://node.police.example")
    if settings.partner_url and urlsplit(settings.partner_url).scheme != "https":
        raise BadSetting(
            f"{place}: partner_url is not https", hint="for example https://node.police.example:8443"
        )
    if settings.camera_processes and not settings.database.startswith("postgresql"):
        raise BadSetting(
            f"{place}: camera_processes takes a database that several processes may write",
            hint="set database to a PostgreSQL URL, or camera_processes to 0",
        )
    if not (settings.tls_certificate or settings.proxies or _own_machine(settings.host) or settings.demo):
        raise BadSetting(
            f"{place}: {settings.host} is open to others without TLS",
            hint="set tls_certificate and tls_key, or listen on 127.0.0.1 behind a proxy named in proxies",
        )


def _own_machine(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    return "[" + ", ".join(_quoted(str(one)) for one in value) + "]"


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, but for the signs that TOML wants escaped and JSON does not."""
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")
