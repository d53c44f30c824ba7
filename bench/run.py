"""./dev bench [NAME ...] [--quick] [--json] [--write]: measure, print each figure beside its target, renew
docs/figures.md."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from dataclasses import asdict

from bench.common import ROOT, Absent, Figures, machine

NAMES = (
    "check",
    "single",
    "plates",
    "plates_read",
    "manifests",
    "feeds",
    "reads",
    "maps",
    "mrz",
    "photographs",
    "pairs",
    "candidates",
    "fairness",
    "holdings",
    "desk",
    "operation",
    "booth",
    "node",
    "ledger",
    "assistance",
    "transport",
    "crosscheck_keys",
    "crosscheck",
    "crosscheck_nodes",
    "withdrawal",
)
PAGE = ROOT / "docs" / "figures.md"


def main() -> int:
    """Run the benchmarks asked for; 2 when one is unknown."""
    options = _options()
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        print(f"there is no benchmark {unknown[0]!r}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    measured: dict[str, list[Figures]] = {}
    for name in options.names or NAMES:
        start = time.perf_counter()
        try:
            measured[name] = importlib.import_module(f"bench.{name}").measure(options.quick)
        except Absent as missing:
            print(f"{name}: left out, {missing}", file=sys.stderr)
            continue
        if not options.json:
            print(_text(name, measured[name]), f"({time.perf_counter() - start:.0f} s)\n", flush=True)
    if options.json:
        print(
            json.dumps(
                {
                    "machine": machine(),
                    **{name: [asdict(f) for f in several] for name, several in measured.items()},
                }
            )
        )
    if options.write:
        _write(measured)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--quick", action="store_true", help="a smaller task, under a minute in all")
    parser.add_argument("--json", action="store_true", help="for scripts")
    parser.add_argument("--write", action="store_true", help="renew these figures in docs/figures.md")
    options = parser.parse_args()
    if options.write and options.quick:
        parser.error("--write takes the full task")
    return options


def _value(value: float | str) -> str:
    return f"{value:,}" if isinstance(value, (int, float)) else value


def _text(name: str, several: list[Figures]) -> str:
    lines = []
    for figures in several:
        lines.append(f"{name}: {figures.title}")
        for figure in figures.figures:
            target = f"   target {figure.target}" if figure.target else ""
            lines.append(f"  {figure.what:<58} {_value(figure.value):>12} {figure.unit}{target}")
        lines += [f"    {note}" for note in figures.notes]
    return "\n".join(lines)


def _section(name: str, several: list[Figures]) -> str:
    parts = [
        f"<!-- {name} -->",
        f"## {name}",
        f"`./dev bench {name}` on {machine()}, {time.strftime('%Y-%m-%d')}.",
    ]
    for figures in several:
        rows = [f"| {f.what} | {_value(f.value)} {f.unit} | {f.target} |" for f in figures.figures]
        parts.append(
            "\n".join([f"**{figures.title}**", "", "| what | measured | target |", "|---|---|---|", *rows])
        )
        parts += [f"- {note}" for note in figures.notes]
    return "\n\n".join(parts).replace("\n\n- ", "\n- ") + f"\n<!-- end {name} -->\n"


def _write(measured: dict[str, list[Figures]]) -> None:
    """Put each section in its place; sections that were not measured now stay as they are."""
    text = (
        PAGE.read_text("utf-8")
        if PAGE.exists()
        else "# Figures\n\nWritten by `./dev bench --write`; each section says when and where.\n"
    )
    for name, several in measured.items():
        section, start, end = _section(name, several), f"<!-- {name} -->", f"<!-- end {name} -->\n"
        if start in text:
            text = text[: text.index(start)] + section + text[text.index(end) + len(end) :]
        else:
            text += "\n" + section
    PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
