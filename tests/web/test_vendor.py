"""What comes from others: as fetched, with its licences, and without what the Crown keeps for itself."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from tools import vendor


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the vendor folder that a test may spoil."""
    return Path(shutil.copytree(vendor.VENDOR, tmp_path / "vendor"))


def test_every_vendored_file_is_as_its_sum_says() -> None:
    assert vendor.faults(vendor.VENDOR) == []


def test_the_fonts_of_papers_are_as_their_sums_say() -> None:
    assert vendor.faults(vendor.FONTS) == []
    assert set(vendor.sums(vendor.FONTS)) == set(vendor.DRAWN_WITH)


def test_the_sums_are_of_the_bytes() -> None:
    name, digest = next(iter(vendor.sums(vendor.VENDOR).items()))
    assert hashlib.sha256((vendor.VENDOR / name).read_bytes()).hexdigest() == digest


def test_a_changed_a_missing_and_an_unknown_file_are_found(copy: Path) -> None:
    (copy / "htmx.min.js").write_text("alert(1)")
    (copy / "frontend.css").unlink()
    (copy / "more.js").write_text("")
    assert vendor.faults(copy) == [
        "frontend.css: missing",
        "htmx.min.js: changed",
        f"more.js: not in {vendor.SUMS}",
    ]


@pytest.mark.parametrize("name", ["images/govuk-crest.svg", "crown.png", "fonts/light.woff2"])
def test_emblems_and_fonts_of_the_crown_are_found(copy: Path, name: str) -> None:
    (copy / name).parent.mkdir(exist_ok=True)
    (copy / name).write_bytes(b"")
    assert f"{name}: may not be shipped" in vendor.faults(copy)


def test_a_style_sheet_in_the_crowns_typeface_is_found(copy: Path) -> None:
    (copy / "frontend.css").write_text('p{font-family:"GDS Transport"}')
    assert "frontend.css: names what may not be shipped" in vendor.faults(copy)


def test_every_package_has_its_licence_said() -> None:
    licences = (vendor.VENDOR / "LICENSES").read_text("utf-8")
    shipped = {
        name: pin for name, pin in vendor.PINS.items() if name not in ("sass", "axe-core", "dejavu-fonts-ttf")
    }
    assert [
        f"{name} {version}" for name, (version, _) in shipped.items() if f"{name} {version}" not in licences
    ] == []


def test_the_style_sheet_asks_for_no_file_that_is_not_there() -> None:
    import re

    sheet = (vendor.VENDOR / "frontend.css").read_text("utf-8")
    asked = re.findall(r"url\(([^)]*)\)", sheet)
    assert asked
    assert [
        name for name in asked if not name.startswith("data:") and not (vendor.VENDOR / name).is_file()
    ] == []


def test_the_accessibility_checker_is_for_tests_only() -> None:
    assert "Mozilla Public License" in (vendor.AXE / "axe.LICENSE").read_text("utf-8")
    assert not list(vendor.VENDOR.rglob("axe*"))
