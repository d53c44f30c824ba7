"""What hatchling does beyond copying: a released wheel carries the kernel, compiled for every processor of its kind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import platform_tags


class KernelHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the kernel where LIAISON_RELEASE is set; else the wheel compiles it where it is installed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the kernel and name the platform that it runs on."""
        if version == "standard":
            build_data["force_include"]["tools/verify_log.py"] = "liaison/verify_log.py"  # handed to auditors
        if version != "standard" or not os.environ.get("LIAISON_RELEASE"):
            return
        command = [sys.executable, "-m", "liaison.kernel.build", "--portable"]
        around = os.environ | {"PYTHONPATH": str(Path(self.root) / "src")}
        done = subprocess.run(command, env=around, capture_output=True, text=True, check=True)
        kernel = Path(done.stdout.strip())
        build_data["force_include"][str(kernel)] = f"liaison/kernel/{kernel.name}"
        build_data["pure_python"] = False
        tags = list(platform_tags())
        system = next((tag for tag in tags if not tag.startswith("linux")), tags[0])  # what an index takes
        build_data["tag"] = f"py3-none-{system}"
