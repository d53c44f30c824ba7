"""Bulk work: one function over many chunks, in this process, in several, or on several machines with Ray.

The results are the same to the byte wherever it is done, and in the chunks' order.
"""

from __future__ import annotations

import os

from liaison.jobs.alone import Alone
from liaison.jobs.pool import Pool
from liaison.model.errors import BadSetting
from liaison.ports import Jobs


def jobs_from(setting: str) -> Jobs:
    """Where a setting says that work is done.

    Empty: this process. A number: so many processes of this machine; `auto`: one for each of its processors.
    `ray`: Ray on this machine. `ray://HOST:PORT`: the Ray cluster whose client port that is. Raises BadSetting.
    """
    if not setting:
        return Alone()
    if setting == "auto":
        return Pool(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    if setting.isascii() and setting.isdigit() and int(setting):
        return Pool(int(setting))
    if setting == "ray" or setting.startswith("ray://"):
        from liaison.jobs.cluster import Cluster

        return Cluster(setting)
    raise BadSetting(
        f"{setting!r} does not say where to work",
        hint="give a number of processes, auto, ray or ray://HOST:PORT",
    )


__all__ = ["Alone", "Pool", "jobs_from"]
