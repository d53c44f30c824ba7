"""`python -m liaison.policy > docs/policy.md`: the rules in words."""

from __future__ import annotations

import sys

from liaison.policy import NAMES, load_pack, page

if __name__ == "__main__":
    sys.stdout.write(page(tuple(load_pack(name) for name in NAMES)))
