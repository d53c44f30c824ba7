"""A photograph in Chromium: chosen, read, shown with its lines outlined; nothing breaks the content security policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from liaison.demo.agency import DESK
from tests.browser.conftest import AXE, RULES, WATCH
from tests.pictures.specimens import PASSPORT, file, needs_extra, page
from tools.screens import signed_in

DRAWN = """
async (address) => {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  return picture.naturalWidth;
}
"""
LOOK = f"""
async () => (await axe.run(document, {{ runOnly: {{ type: "tag", values: {RULES} }} }})).violations.map(
  (each) => each.id + ": " + each.nodes.map((node) => node.html).join(" ")
)
"""


@needs_extra
@pytest.mark.parametrize("width", [1280, 390])
def test_a_photograph_is_read_shown_and_compared(
    demonstration: tuple[str, str], chromium: Any, tmp_path: Path, width: int
) -> None:
    (tmp_path / "page.jpg").write_bytes(file(page()))
    context = signed_in(chromium, demonstration[0], DESK)
    context.add_init_script(WATCH)
    shown = context.new_page()
    shown.set_viewport_size({"width": width, "height": 900})
    shown.goto("/documents")
    shown.fill("#place", "Morina")
    shown.set_input_files("#photograph", str(tmp_path / "page.jpg"))
    with shown.expect_navigation():
        shown.click("button[formaction='/documents/read']")
    assert shown.input_value("#mrz") == PASSPORT
    assert shown.input_value("#place") == "Morina"
    assert shown.locator("svg.l-photograph polygon").count() == 2
    assert shown.evaluate(DRAWN, shown.get_attribute("svg.l-photograph image", "href")) > 1000
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.evaluate("window.violations") == []
    shown.evaluate(AXE.read_text("utf-8"))
    assert shown.evaluate(LOOK) == []
    context.close()
