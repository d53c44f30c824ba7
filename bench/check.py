"""The main task, files in to alerts out, beside the floor of parsing both files and joining them exactly."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.common import SHARED, Figures, Run, Task, liaison, run, task

BUDGET = 22  # alerts per 1,000 passengers: 20 false ones and the planted people
FLOOR = """
import sys, polars as pl
w, p = (pl.read_csv(f, infer_schema=False) for f in sys.argv[1:])
name = lambda d: d.with_columns((pl.col("given") + " " + pl.col("surname")).str.to_uppercase().alias("name"))
a = p.filter(pl.col("doc").is_not_null()).join(w.filter(pl.col("doc").is_not_null()), on="doc").height
b = name(p).join(name(w), on=["name", "dob"]).height
p.write_csv("/dev/null"); print(a, b)
"""


def measure(quick: bool) -> list[Figures]:
    """Recall at three budgets of false alerts, by kind of damage, and what the run cost."""
    made = task(100_000, 250_000, 11) if quick else task(1_000_000, 2_500_000, 7)
    with tempfile.TemporaryDirectory() as folder:
        alerts = Path(folder) / "alerts.csv"
        floor = run(
            [sys.executable, "-c", FLOOR, str(made.folder / "watch.csv"), str(made.folder / "pax.csv")]
        )
        done = run(
            [*liaison(), "check", str(made.folder / "pax.csv"), "--against", str(made.folder / "watch.csv"),
             "-o", str(alerts), "--alerts-per-1000", str(BUDGET)]
        )  # fmt: skip
        return [_recall(made, alerts), _cost(made, done, floor)]


def _score(made: Task, alerts: Path, by: str) -> dict[str, object]:
    command = [
        sys.executable,
        str(SHARED / "bench" / "score_alerts.py"),
        str(made.folder / "truth.csv"),
        str(alerts),
    ]
    text = subprocess.run(
        [*command, str(made.passengers), "--by", by, "--json"], check=True, capture_output=True, text=True
    ).stdout
    return dict(json.loads(text))


def _recall(made: Task, alerts: Path) -> Figures:
    found = Figures(
        f"Recall of planted people, {made.passengers:,} passengers against {made.records:,} records"
    )
    names, births = _score(made, alerts, "name_pert"), _score(made, alerts, "dob_pert")
    for budget, target in (("0.3", ">= 0.80"), ("2", ">= 0.87"), ("20", ">= 0.94")):
        found.add(
            f"recall at {budget} false alerts per 1,000",
            round(float(str(names[f"recall_at_{budget}"])), 4),
            "",
            target,
        )
    found.add(
        "distinct scores in the strongest 10,000", round(float(str(names["distinct_scores_in_top_10000"])), 4)
    )
    for budget in ("0.3", "2", "20"):
        for title, scored in (("name", names), ("dob", births)):
            parts = dict(scored[f"by_{title}_pert_at_{budget}"])  # type: ignore[call-overload]
            found.notes.append(
                f"at {budget} by {title}: " + ", ".join(f"{key} {value}" for key, value in parts.items())
            )
    return found


def _cost(made: Task, done: Run, floor: Run) -> Figures:
    full = made.records >= 1_000_000
    found = Figures(
        f"Cost of {made.passengers:,} x {made.records:,}, files in to alerts out, index build included"
    )
    found.add("wall", round(done.wall, 1), "s", "<= 20" if full else "")
    found.add("processor", round(done.cpu, 1), "CPU-s", "<= 38" if full else "")
    found.add("peak memory", round(done.peak_gb, 2), "GB", "< 2.5" if full else "")
    found.add("floor: parse and join exactly", round(floor.cpu, 1), "CPU-s")
    found.add("ratio to the floor", round(done.cpu / floor.cpu, 1), "x")
    return found
