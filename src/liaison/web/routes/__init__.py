"""The routes, a module for each part of the screen; a new module that says `ROUTES` is found by itself."""

from __future__ import annotations

import importlib
import pkgutil

from litestar.types import ControllerRouterHandler

from liaison.web.files import static_file


def every_route() -> list[ControllerRouterHandler]:
    """The routes of every module of this package, in the order of the modules' names."""
    found: list[ControllerRouterHandler] = [static_file]
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda each: each.name):
        found += importlib.import_module(f"{__name__}.{module.name}").ROUTES
    return found
