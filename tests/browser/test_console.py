"""The console in a real browser: load, try, watch, open, with keyboard and in 400 pixels."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from support.serving import serving

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and os.environ.get("CI") != "true",
    reason="no Chromium here: apt-get install chromium",
)
KEY = "local-development-key"
URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations"
HOSTILE = "<img src=x onerror=document.title='owned'>"


def api() -> dict[str, Any]:
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": URI}
    operation = {
        "summary": "Say hello",
        "parameters": [
            {"name": "name", "in": "query", "required": True, "schema": {"type": "string"}}
        ],
        "responses": {"200": {"description": "hello"}, "404": {"description": "nobody"}},
        "security": [{"key": []}],
        "x-amazon-apigateway-integration": integration,
    }
    return {
        "openapi": "3.0.1",
        "info": {"title": "Greetings", "version": "1"},
        "x-amazon-apigateway-request-validators": {"all": {"validateRequestParameters": True}},
        "x-amazon-apigateway-request-validator": "all",
        "paths": {"/hello": {"get": operation}},
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "name": "x-api-key", "in": "header"}}
        },
    }


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("api")
    (folder / "api.json").write_text(json.dumps(api()))
    (folder / "greet.py").write_text(
        "def handler(event, context):\n"
        "    return {'body': 'hello ' + event['queryStringParameters']['name']}\n"
    )
    options = ("--document", "api.json", "--quota", "100/DAY", "--rate", "50")
    with serving(folder, *options, handler="greet.handler") as server:
        yield server.base_url.removesuffix("/prod")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as engine:
        flags = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
        chromium = engine.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture(params=["light", "dark"])
def page(browser: Any, base: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    context = browser.new_context(
        color_scheme=request.param, viewport={"width": 400, "height": 800}
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request",
        lambda sent: sent.url.startswith((base, "data:")) or wrong.append(f"fetched {sent.url}"),
    )
    page.goto(f"{base}/_stage/")
    page.locator("#base", has_text=base).wait_for()
    yield page
    context.close()
    assert not wrong


def narrow(page: Any) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 400, f"{wide} pixels wide"


def shot(page: Any, name: str) -> None:
    """A screenshot, where a folder for them is named."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_request_appears_and_can_be_opened_and_is_never_markup(page: Any, base: str) -> None:
    title = page.title()
    hello = {"x-api-key": KEY, "X-Hostile": HOSTILE}
    assert requests.get(f"{base}/prod/hello?name={HOSTILE}", headers=hello, timeout=10).ok
    row = page.locator("tr.row").first
    row.wait_for()
    assert "/prod/hello" in row.inner_text()
    assert "200" in row.inner_text()
    row.locator("button").focus()
    page.keyboard.press("Enter")
    detail = page.locator("tr.detail")
    detail.get_by_role("heading", name="Event").wait_for()
    assert HOSTILE in detail.inner_text()
    detail.get_by_role("button", name="Replay as curl").click()
    assert "curl -i" in detail.inner_text()
    assert "x-api-key" in detail.inner_text().lower()
    assert page.title() == title
    narrow(page)
    shot(page, "requests")
    page.keyboard.press("Shift+Tab")
    row.locator("button").click()
    assert page.locator("tr.detail").count() == 0


def test_who_refused_is_shown(page: Any, base: str) -> None:
    requests.get(f"{base}/prod/hello?name=a", timeout=10)
    page.get_by_text("gateway (INVALID_API_KEY)").first.wait_for()
    requests.get(f"{base}/prod/hello", headers={"x-api-key": KEY}, timeout=10)
    page.get_by_text("validator (BAD_REQUEST_PARAMETERS)").first.wait_for()


def test_the_documentation_tries_an_operation_through_the_stage(page: Any) -> None:
    page.get_by_role("tab", name="Documentation").click()
    page.locator(".opblock-summary").first.click()
    page.locator("input[placeholder=name]").fill("me")
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
    assert "hello me" in page.locator(".live-responses-table").inner_text()
    shot(page, "documentation")
    page.get_by_role("tab", name="Requests").click()
    assert "name=me" in page.locator("tr.row").first.inner_text() or page.locator("tr.row").count()


def test_tabs_obey_the_keyboard_and_show_coverage_and_meters(page: Any, base: str) -> None:
    headers = {"x-api-key": KEY}
    requests.get(f"{base}/prod/hello?name=a", headers=headers, timeout=10)
    page.get_by_role("tab", name="Requests").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Coverage").get_attribute("aria-selected") == "true"
    page.get_by_role("rowheader", name="GET /hello").wait_for()
    page.get_by_text("200 × ").first.wait_for()
    assert "of what is counted" in page.locator("#covered").inner_text()
    assert page.locator("#coverage .chip.good").count() == 1
    assert page.locator("#coverage .chip", has_text="404, never seen").count() == 1
    page.locator("details[data-list=uncounted] summary").click()
    assert "only a contract says what to expect" in page.locator("#coverage-lists").inner_text()
    narrow(page)
    shot(page, "coverage")
    page.get_by_role("tab", name="Coverage").focus()
    page.keyboard.press("End")
    page.get_by_text("Quota:").wait_for()
    assert page.locator("meter").count() == 2
    narrow(page)
    shot(page, "usage")
