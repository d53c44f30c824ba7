"""The house rules that no ready tool checks. Each rule takes the project's folder and returns its faults as text.

Run as `python tools/house.py`; exit status 1 where a rule is broken.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
LONGEST_MODULE = 500  # lines
LONGEST_MEDIAN = 10  # lines of the median function
PAGE = (60, 600)  # lines, words
CODE = {".py", ".c", ".h"}
PROSE = {"", ".py", ".c", ".h", ".md", ".toml", ".lock", ".sh", ".yml", ".yaml", ".cfg", ".in"}
PURE = ("src/liaison/model", "src/liaison/matching", "src/liaison/policy")
LEARNS = "src/liaison/model/canonical.py"  # makes decoders by one thread at a time
DECODES = {f"msgspec.{form}.decode" for form in ("json", "msgpack", "toml", "yaml")}
DECODERS = {"msgspec.json.Decoder", "msgspec.msgpack.Decoder"}
CONNECTS = {"aiohttp", "ftplib", "http.client", "httpx", "requests", "smtplib", "socket", "urllib.request"}
MAY_CONNECT = {  # each of these opens connections, or has a socket, for the reason that is said
    "src/liaison/transport/channel.py": "to partners",
    "src/liaison/node/server.py": "listens, for officers and for partners",
    "src/liaison/node/sensing.py": "listens, for drones, boats and teams with a certificate",
    "src/liaison/cli/sensors.py": "from a receiver on this machine to the node whose address a person gives",
    "src/liaison/officers/provider.py": "to the agency's identity provider",
    "src/liaison/ledger/sources.py": "to a ledger that a person names on the command line",
    "src/liaison/cli/reconcile.py": "to the node whose address a person gives",
    "src/liaison/cli/sending.py": "the same, with reads of cameras",
    "src/liaison/cli/serve.py": "listens, for the processes that take reads of cameras",
    "src/liaison/crosscheck/function/frames.py": "to a process of its own, by a pair of sockets without an address",
    "src/liaison/crosscheck/function/keyholder.py": "the same",
    "src/liaison/crosscheck/function/keyprocess.py": "the same",
    "src/liaison/pictures/plates/film.py": "to a camera whose address a person gives, by OpenCV",
    "src/liaison/demo/drone.py": "to the demo's own node",
    "src/liaison/demo/making.py": "looks for a free port",
    "src/liaison/demo/road.py": "to the demo's own node",
    "src/liaison/demo/walk.py": "to the demo's own node",
}
OPENS = {"VideoCapture", "create_connection", "create_server", "open_connection", "start_server"}
EMPTY_NAMES = re.compile(r"(?:^|_)(?:manager|handler|helper|util|utils|info)s?(?:_|$)")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|NotImplemented" + r"Error)\b")
MACHINE_PATH = re.compile(r"(?<![\w.})$*-])/(?:root|home|Users|work|opt|mnt|srv|tmp)/\w[\w./-]*")
ADDRESS = re.compile(r"[a-z][a-z0-9+]*://(?:[^/\s@\"']+@)?([\w.-]+)", re.IGNORECASE)
OWN_HOSTS = re.compile(
    r"\.+|[A-Z]+|localhost|host|169\.254\.169\.254|127\.0\.0\.1|0\.0\.0\.0|(?:[\w-]+\.)*example(?:\.(?:org|com|net))?"
)
PRIVATE_HOST = re.compile(
    r"[^.]*|[\d.]+|.*\.(?:internal|local|lan|corp|intra)|.*(?:pypi|mirror|proxy|registry).*"
)
WRITING_TOOLS = re.compile(r"co-authored-by|anthropic|chatgpt|openai|claude[- ]code|copilot", re.IGNORECASE)
CHANCE = {"now", "utcnow", "today", "urandom", "uuid1", "uuid4", "getrandbits", "default_rng", "perf_counter"}


@cache
def tracked(root: Path) -> tuple[Path, ...]:
    """The project's files: git's, with new ones that it does not ignore; without git, all outside hidden folders."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, check=True)
        files = [root / name.decode() for name in done.stdout.split(b"\0") if name]
    except (OSError, subprocess.CalledProcessError):
        files = [
            path
            for path in root.rglob("*")
            if not any(p.startswith(".") for p in path.relative_to(root).parts)
        ]
    return tuple(sorted(path for path in files if path.is_file() and not path.is_symlink()))


def texts(root: Path, endings: set[str]) -> Iterator[tuple[str, str]]:
    """Name and text of each file with one of these endings."""
    for path in tracked(root):
        if path.suffix in endings and path.name != "house.py":
            try:
                yield path.relative_to(root).as_posix(), path.read_text("utf-8")
            except UnicodeDecodeError:
                continue


def trees(root: Path, *folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Name and syntax tree of each Python file in these folders."""
    for name, text in texts(root, {".py"}):
        if name.startswith(tuple(f"{folder}/" for folder in folders)):
            yield name, ast.parse(text, name)


def long_modules(root: Path) -> list[str]:
    """Modules that have outgrown one idea."""
    counts = ((name, text.count("\n")) for name, text in texts(root, CODE))
    return [
        f"{name}: {count} lines, over {LONGEST_MODULE}" for name, count in counts if count > LONGEST_MODULE
    ]


def long_functions(root: Path) -> list[str]:
    """A warning where half the functions are too long to be seen at a glance."""
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for _, tree in trees(root, "src")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    middle = median(lengths or [0])
    return [f"src: the median function has {middle:g} lines"] if middle >= LONGEST_MEDIAN else []


def chance(root: Path) -> list[str]:
    """Calls in pure code that read the clock or draw lots."""
    return [
        f"{name}:{node.lineno}: {node.func.attr}() in pure code; let the caller pass its result in"
        for name, tree in trees(root, *PURE)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANCE
    ]


def connections(root: Path) -> list[str]:
    """Modules that could open a network connection and are not among those that may."""
    return [
        f"{name}:{line}: {what} opens connections; see MAY_CONNECT in tools/house.py"
        for name, tree in trees(root, "src")
        if name not in MAY_CONNECT
        for node in ast.walk(tree)
        for line, what in _connecting(node)
    ]


def _connecting(node: ast.AST) -> Iterator[tuple[int, str]]:
    """What of this node takes a module that connects, or calls what does; with its line."""
    if isinstance(node, ast.Import):
        yield from ((node.lineno, each.name) for each in node.names if each.name in CONNECTS)
    elif isinstance(node, ast.ImportFrom):
        taken = {node.module or "", *(f"{node.module}.{each.name}" for each in node.names)}
        yield from ((node.lineno, name) for name in sorted(taken & CONNECTS))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in OPENS:
        yield node.lineno, node.func.attr


def late_decoders(root: Path) -> list[str]:
    """Types that threads may meet first, and at once, on which msgspec crashes: decoders are made at import."""
    faults = []
    for name, tree in trees(root, "src"):
        if name == LEARNS:
            continue
        inside = {id(node) for each in _functions(tree) for node in ast.walk(each)}
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and id(node) in inside]
        learned = "Decoder(" in "".join(
            ast.unparse(node) for node in tree.body if isinstance(node, ast.Assign)
        )
        for call in calls:
            said = ast.unparse(call.func)
            typed = said in DECODES and any(keyword.arg == "type" for keyword in call.keywords)
            if typed or said in DECODERS or (said == "msgspec.convert" and not learned):
                faults.append(f"{name}:{call.lineno}: {said}() meets its type late; make a decoder at import")
    return faults


def _functions(tree: ast.Module) -> Iterator[ast.AST]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def empty_names(root: Path) -> list[str]:
    """Modules, classes and functions named for nothing in the field."""
    faults = []
    for name, tree in trees(root, "src"):
        found = [(1, Path(name).stem)]
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                found.append((node.lineno, node.name))
        snake = ((line, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word).lower()) for line, word in found)
        faults += [f"{name}:{line}: {word} names nothing" for line, word in snake if EMPTY_NAMES.search(word)]
    return faults


def unfinished(root: Path) -> list[str]:
    """Marks of work left undone in the source."""
    return [
        f"{name}:{line}: {mark}"
        for name, text in texts(root, CODE)
        if name.startswith("src/")
        for line, mark in _found(text, UNFINISHED)
    ]


def strange_names(root: Path) -> list[str]:
    """Machine paths, private hosts and tools of one workplace, which mean nothing to anyone else."""
    faults = []
    for name, text in texts(root, PROSE):
        faults += [f"{name}:{line}: path of one machine, {path}" for line, path in _found(text, MACHINE_PATH)]
        faults += [f"{name}:{line}: {mark}" for line, mark in _found(text, WRITING_TOOLS)]
        for line, host in _found(text, ADDRESS):
            if name.endswith(".lock") or (PRIVATE_HOST.fullmatch(host) and not OWN_HOSTS.fullmatch(host)):
                faults.append(f"{name}:{line}: address of one workplace, {host}")
    return faults


def long_decisions(root: Path) -> list[str]:
    """Decision records that are over a page, misnamed, or share a number."""
    faults, numbers = [], set[str]()
    for name, text in texts(root, {".md"}):
        if not name.startswith("docs/decisions/"):
            continue
        number = Path(name).name[:4]
        lines, words = text.count("\n"), len(text.split())
        if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", Path(name).name):
            faults.append(f"{name}: the name is not NNNN-title.md")
        if number in numbers:
            faults.append(f"{name}: the number {number} is taken")
        if lines > PAGE[0] or words > PAGE[1]:
            faults.append(f"{name}: {lines} lines and {words} words, over a page of {PAGE[0]} and {PAGE[1]}")
        numbers.add(number)
    return faults


def _found(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    for match in pattern.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(match.lastindex or 0)


RULES = (
    long_modules,
    chance,
    connections,
    late_decoders,
    empty_names,
    unfinished,
    strange_names,
    long_decisions,
)
WARNINGS = (long_functions,)


def main() -> int:
    """Print every fault; 1 where there is one."""
    for fault in (fault for rule in WARNINGS for fault in rule(ROOT)):
        print(f"warning: {fault}")
    faults = [f"{fault}  [{rule.__name__}]" for rule in RULES for fault in rule(ROOT)]
    print("\n".join(faults) or "house rules: kept")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
