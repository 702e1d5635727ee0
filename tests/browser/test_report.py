"""The report's page in a real browser."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from openapi_first.conformance.reports.html import html_page
from support.report_runs import SCRIPT, run_of


@pytest.mark.parametrize("width", [400, 1280])
def test_the_page_opens_by_keyboard_and_runs_nothing_it_was_told(
    tmp_path: Path, width: int
) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing: the report is not looked at")
        pytest.skip("no Chromium here")
    from playwright.sync_api import sync_playwright

    page_file = tmp_path / "report.html"
    page_file.write_text(html_page(run_of(SCRIPT, SCRIPT.encode())), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": width, "height": 800})
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto(page_file.as_uri())
        page.locator("td summary").first.focus()
        page.keyboard.press("Enter")
        assert page.get_by_text("404: never seen").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.get_by_label("Filter").fill("no such text")
        page.locator("#shown", has_text="0 of ").wait_for()
        assert page.locator("article").first.is_hidden()
        page.get_by_label("Filter").fill("GET /A 404")
        assert page.locator("#coverage ~ .wide tbody tr").first.is_visible()
        page.get_by_label("Filter").fill("")
        page.get_by_role("button", name="Expand all").click()
        assert page.locator("details:not([open])").count() == 0
        aligned = "(all) => all.map((each) => getComputedStyle(each).textAlign)"
        assert set(page.locator(".number").evaluate_all(aligned)) == {
            "left" if width == 400 else "right"
        }
        assert said == []
        browser.close()
