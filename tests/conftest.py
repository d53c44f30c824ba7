"""Settings that every test shares."""

from __future__ import annotations

import os

from hypothesis import settings

# How the program was called is no matter of a test, unless it says so.
os.environ.pop("LIAISON_CALLED", None)

# Two shared processors make a deadline for one example a matter of luck; the test's own timeout stands.
settings.register_profile("default", deadline=None)
settings.register_profile("campaign", deadline=None, max_examples=20_000)
settings.load_profile("default")
