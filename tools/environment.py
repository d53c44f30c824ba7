"""The environment that the project is worked on in, and the verbs of ./dev. Standard library only."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "liaison-stamp"
LOCK, CLUSTER, COMPILER = "requirements.lock", "requirements-cluster.lock", "requirements-zig.lock"
PHOTOGRAPHS = "requirements-photographs.lock"
LOCKS = (LOCK, CLUSTER, PHOTOGRAPHS, COMPILER)
SHAPE = ("pyproject.toml", *LOCKS, "tools/environment.py")
WORKERS = "2"  # test processes
Call = Callable[[list[str]], int]


class SetupFailed(Exception):
    """The environment could not be built; the message says why and what to do."""


def say(text: str) -> None:
    """One line to the person at the terminal, kept out of the output that scripts read."""
    print(f"dev: {text}", file=sys.stderr, flush=True)


def surroundings() -> dict[str, str]:
    """The environment variables that programs run in: the virtual environment first, nobody's PYTHONPATH."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    if "PIP_INDEX_URL" in kept:
        kept.setdefault("UV_DEFAULT_INDEX", kept["PIP_INDEX_URL"])
    kept.setdefault("UV_SYSTEM_CERTS", "true")  # agencies' networks have certificates of their own
    path = f"{VENV / 'bin'}{os.pathsep}{kept.get('PATH', os.defpath)}"
    return kept | {"VIRTUAL_ENV": str(VENV), "PATH": path, "LIAISON_CALLED": "./dev run liaison"}


def run(*command: str | Path) -> int:
    """The exit status of a command run in the environment, from the project's folder."""
    return subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=surroundings(), check=False, close_fds=False
    ).returncode


def need(why: str, *command: str | Path) -> None:
    """Run a command that must work. Raises SetupFailed."""
    if status := run(*command):
        raise SetupFailed(f"{why} (exit status {status})")


def base_python() -> str:
    """The interpreter outside any virtual environment that this one stands on."""
    return getattr(sys, "_base_executable", "") or sys.executable


def stamp() -> str:
    """What the environment was made of and where: it is built again when any of this changes."""
    digest = hashlib.sha256()
    for name in SHAPE:
        digest.update((ROOT / name).read_bytes() + b"\0")
    where = f"{sys.version}\n{os.path.realpath(base_python())}\n{ROOT}\n"
    return hashlib.sha256(digest.digest() + where.encode()).hexdigest()


def standing() -> list[str]:
    """The stamp's lines: the digest, then the locks that were added; empty if the build did not finish."""
    try:
        return STAMP.read_text("ascii").split()
    except OSError:
        return []


def write_stamp(lines: Sequence[str]) -> None:
    """Put the stamp in place whole; it comes last, so that an environment without one is a broken one."""
    fresh = STAMP.with_suffix(".new")
    fresh.write_text("\n".join(lines) + "\n", "ascii")
    os.replace(fresh, STAMP)


def sources() -> list[str]:
    """Where packages come from: the folder LIAISON_WHEELS, else what pip or uv is set to."""
    if folder := os.environ.get("LIAISON_WHEELS"):
        path = Path(folder).expanduser().resolve()
        if not path.is_dir():
            raise SetupFailed(f"LIAISON_WHEELS={folder} is not a folder")
        return ["--no-index", "--find-links", str(path)]
    return []


def install(*wanted: str) -> None:
    """Install with uv where it is on the PATH, else, or where that fails, with pip. Raises SetupFailed."""
    if uv := shutil.which("uv"):
        if not run(uv, "pip", "install", "--quiet", "--python", PYTHON, *sources(), *wanted):
            return
        say("uv could not install that; trying pip")
    quiet = ["-qq", "--no-compile", "--disable-pip-version-check", "--no-input"]
    need("the packages could not be installed", PYTHON, "-m", "pip", "install", *quiet, *sources(), *wanted)


def install_lock(name: str) -> None:
    """Install the wheels that a lock file names, each held against its hash, and no other."""
    install(*exactly(name))


def exactly(name: str) -> list[str]:
    """How an installer is told to take the wheels of a lock file. That of photographs leaves out what one of its
    wheels asks for: its models are used, and its program is not."""
    alone = ["--no-deps"] if name == PHOTOGRAPHS else []
    return ["--require-hashes", "--only-binary", ":all:", *alone, "-r", str(ROOT / name)]


def make_venv() -> None:
    """An empty virtual environment on the base interpreter. Raises SetupFailed."""
    if VENV.is_symlink():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(VENV)
    done = subprocess.run(
        [base_python(), "-I", "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SetupFailed(
            f"{base_python()} -m venv failed:\n{done.stdout}{done.stderr}\n"
            "Debian and Ubuntu keep this part of Python in the package python3-venv."
        )


def build_kernel() -> None:
    """Compile the kernel, with the compiler of the ziglang wheel where the machine has none that works."""
    command = [str(PYTHON), "-m", "liaison.kernel.build"]
    first = subprocess.run(command, cwd=ROOT, env=surroundings(), capture_output=True, text=True, check=False)
    if not first.returncode:
        return
    sys.stderr.write(first.stderr)
    say("no C compiler here works; adding the one in the ziglang wheel (411 MB on disk)")
    install_lock(COMPILER)
    need("the kernel could not be compiled", *command)


def build(extras: Sequence[str]) -> None:
    """Build the whole environment. Raises SetupFailed."""
    say(f"building .venv with Python {sys.version.split()[0]}; this happens once")
    make_venv()
    install_lock(LOCK)
    for name in extras:
        install_lock(name)
    install("--no-build-isolation", "--no-deps", "--editable", str(ROOT))
    build_kernel()
    write_stamp([stamp(), *extras])


def setup(extras: Sequence[str] = ()) -> None:
    """The environment as the lock files say, built now unless it stands. Raises SetupFailed."""
    with (ROOT / "pyproject.toml").open("rb") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)  # a second ./dev waits for the first one's build,
        os.set_inheritable(gate.fileno(), True)  # and for an installer that outlived its ./dev
        lines = standing()
        wanted = sorted({*lines[1:], *extras})
        if lines[:1] != [stamp()]:
            build(wanted)
        elif missing := [name for name in wanted if name not in lines]:
            for name in missing:
                install_lock(name)
            write_stamp([lines[0], *wanted])


def verb_setup(arguments: list[str]) -> int:
    """build the environment; --cluster adds Ray, --photographs what reads pictures"""
    known = argparse.ArgumentParser(prog="./dev setup")
    known.add_argument("--cluster", action="store_true", help="add Ray, for bulk work beyond one machine")
    known.add_argument("--photographs", action="store_true", help="add what reads documents in photographs")
    chosen = known.parse_args(arguments)
    setup([CLUSTER] * chosen.cluster + [PHOTOGRAPHS] * chosen.photographs)
    return 0


def verb_demo(arguments: list[str]) -> int:
    """run the main job on synthetic people"""
    setup()
    return run(VENV / "bin" / "liaison", "demo", *arguments)


def pytest(*arguments: str) -> int:
    """The exit status of the tests."""
    return run(PYTHON, "-m", "pytest", *arguments)


def verb_test(arguments: list[str]) -> int:
    """run the tests; what follows goes to pytest"""
    setup()
    if arguments:
        return pytest("-m", "not campaign", *arguments)
    spread = ("-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder")
    together = pytest("-m", "not campaign and not alone", *spread)
    alone = pytest("-m", "alone and not campaign")
    return together or alone


CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("format", ("ruff", "format", "--check", ".")),
    ("lint", ("ruff", "check", ".")),
    ("types", ("mypy",)),
    ("layers", ("lint-imports",)),
    ("house rules", ("python", "tools/house.py")),
)


def verb_check(arguments: list[str]) -> int:
    """format, lint, types, layers, house rules, tests"""
    setup()
    failed = []
    for name, (program, *rest) in CHECKS:
        say(name)
        if run(VENV / "bin" / program, *rest):
            failed.append(name)
    say("tests")
    if verb_test(arguments):
        failed.append("tests")
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return bool(failed)


def verb_bench(arguments: list[str]) -> int:
    """measure; see docs/figures.md"""
    setup()
    return run(PYTHON, "-m", "bench.run", *arguments)


def verb_run(arguments: list[str]) -> int:
    """run a program in the environment, in the folder you stand in"""
    setup()
    if not arguments:
        raise SetupFailed("say what to run: ./dev run PROGRAM [ARGUMENT...]")
    around = surroundings()
    try:
        os.execvpe(arguments[0], arguments, around)
    except OSError as error:
        raise SetupFailed(f"{arguments[0]} cannot be run: {error.strerror}") from error


def verb_campaign(arguments: list[str]) -> int:
    """the long tests, and every property test on many more examples; what follows goes to pytest"""
    setup()
    return pytest("--hypothesis-profile", "campaign", "--timeout", "3600", *arguments)


def verb_lock(arguments: list[str]) -> int:
    """renew the lock files with uv; --upgrade takes newer versions"""
    uv = shutil.which("uv")
    if not uv:
        raise SetupFailed("./dev lock needs uv on the PATH")
    common = ["pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
    common += ["--no-header", "--only-binary", ":all:", "pyproject.toml", *arguments]
    extras = [
        "--extra",
        "tables",
        "--extra",
        "postgresql",
        "--extra",
        "bench",
        "--extra",
        "boats",
        "--extra",
        "mqtt",
        "--group",
        "dev",
    ]
    need("locking failed", uv, *common, *extras, "-o", LOCK)
    need("locking failed", uv, *common, "--extra", "cluster", "-c", LOCK, "-o", CLUSTER)
    need("locking failed", uv, *common, "--extra", "photographs", "-c", LOCK, "-o", PHOTOGRAPHS)
    need(
        "locking failed",
        uv,
        "pip",
        "compile",
        *common[2:8],
        "--group",
        "compiler",
        *arguments,
        "-o",
        COMPILER,
    )
    for name in LOCKS:
        if "://" in (ROOT / name).read_text("utf-8"):
            raise SetupFailed(f"{name} names an address; it must hold names, versions and hashes alone")
    return 0


def verb_wheels(arguments: list[str]) -> int:
    """fetch every wheel into a folder, for LIAISON_WHEELS on a machine without a network"""
    if len(arguments) != 1:
        raise SetupFailed("say where to: ./dev wheels FOLDER")
    setup()
    for name in LOCKS:
        fetch = ["-m", "pip", "download", "--quiet", *exactly(name)]
        need(f"{name} could not be fetched", PYTHON, *fetch, "-d", Path(arguments[0]).resolve())
    return 0


def verb_release(arguments: list[str]) -> int:
    """build the wheel of this platform, the kernel in it, into a folder"""
    if len(arguments) != 1:
        raise SetupFailed("say where to: ./dev release FOLDER")
    setup()
    folder = Path(arguments[0]).resolve()
    os.environ["LIAISON_RELEASE"] = "1"
    return run(PYTHON, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)


def tool(name: str, what: str) -> Call:
    """The verb that runs a program of tools/ in the environment."""

    def verb(arguments: list[str]) -> int:
        setup()
        return run(PYTHON, ROOT / "tools" / f"{name}.py", *arguments)

    verb.__doc__ = what
    return verb


def verb_help(arguments: list[str]) -> int:
    """this list"""
    print("usage: ./dev VERB [ARGUMENT...]\n")
    for name, verb in VERBS.items():
        print(f"  {name:<10} {verb.__doc__}")
    print(
        "\nPYTHON=/path/to/python3 chooses the interpreter; LIAISON_WHEELS=folder installs from there alone."
    )
    return 0


VERBS: dict[str, Call] = {
    "setup": verb_setup,
    "demo": verb_demo,
    "test": verb_test,
    "check": verb_check,
    "bench": verb_bench,
    "run": verb_run,
    "campaign": verb_campaign,
    "lock": verb_lock,
    "wheels": verb_wheels,
    "release": verb_release,
    "vendor": tool("vendor", "renew the components of others that the pages stand on; needs npm"),
    "catalogues": tool("catalogues", "renew the catalogues of messages from the pages"),
    "migration": tool("migration", "write the migration that brings a database to the tables as they are"),
    "screens": tool("screens", "photograph every page into docs/screens; needs Chromium"),
    "mutants": tool("mutants", "break policy and ledger in many ways, and count what the tests notice"),
    "help": verb_help,
}


def main(arguments: list[str]) -> int:
    """Run one verb; its exit status. 2 where the environment cannot be built or the verb is not known."""
    name, *rest = arguments or ["help"]
    verb = VERBS.get({"-h": "help", "--help": "help"}.get(name, name))
    if verb is None:
        say(f"there is no verb {name!r}")
        verb_help([])
        return 2
    try:
        return verb(rest)
    except (SetupFailed, OSError) as error:
        say(str(error))
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
