"""Takes the pictures of the README, docs/images/*.png, from the running sample: `make screenshots`.

The report is that of a service with a bug, so that it has a finding to show.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import requests

from mutants.mutation import KEY, ROOT, mutants, serving_mutant
from openapi_first.stage import dynamodb
from support.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

IMAGES = ROOT / "docs" / "images"
LARGEST_BYTES = 200_000
_BUG = "lost-update"
_WIDTH = 1280
_MARGIN = 8


def console(picture: Path) -> None:
    """The requests of a session, with the reasons why the validator has refused the first."""
    with serving() as stage:
        items = f"{stage.base_url}/items"
        key = {"x-api-key": KEY}
        requests.post(items, headers=key, json={"name": 5}, timeout=30)
        created = requests.post(items, headers=key, json={"name": "Serverless Guide"}, timeout=30)
        item = f"{items}/{created.json()['id']}"
        old = {**key, "If-Match": '"old"'}
        requests.get(items, params={"limit": 10}, headers=key, timeout=30)
        requests.put(item, headers=key, json={"name": "Second edition"}, timeout=30)
        requests.put(item, headers=old, json={"name": "Third"}, timeout=30)
        requests.get(items, params={"limit": 0}, headers=key, timeout=30)
        requests.get(items, timeout=30)
        requests.delete(item, headers=key, timeout=30)

        def reason(page: Page) -> Locator:
            page.locator("tr.row").last.locator("button").click()
            return page.locator("tr.detail pre").nth(1)

        url = f"{stage.base_url.removesuffix('/prod')}/_stage/"
        _take(url, picture, reason)


def report(picture: Path) -> None:
    """The report of a run that has found the bug, with the finding opened."""
    (bug,) = (each for each in mutants() if each.name == _BUG)
    with tempfile.TemporaryDirectory() as name, dynamodb.start() as database:
        page_file = Path(name, "report.html")
        with serving_mutant(bug, database.endpoint_url, Path(name, "service")) as stage:
            command = [sys.executable, "-m", "openapi_first", "test", stage.base_url]
            command += ["--api-key", KEY, "--html", str(page_file)]
            subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL, timeout=300)
        _take(page_file.as_uri(), picture, lambda page: page.locator("article").first)


def _take(url: str, picture: Path, last: Callable[[Page], Locator]) -> None:
    """A picture of the page down to the element that `last` returns.

    Raises ValueError if it is too large for a README.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox"],
        )
        page = browser.new_page(color_scheme="light", viewport={"width": _WIDTH, "height": 1600})
        page.goto(url)
        box = last(page).bounding_box()
        assert box
        height = box["y"] + box["height"] + _MARGIN
        clip = {"x": 0, "y": 0, "width": _WIDTH, "height": height}
        page.screenshot(path=picture, clip=clip)
        browser.close()
    size = picture.stat().st_size
    if size > LARGEST_BYTES:
        raise ValueError(f"{picture} has {size} bytes; at most {LARGEST_BYTES} are allowed")


if __name__ == "__main__":
    console(IMAGES / "console.png")
    report(IMAGES / "report.png")
