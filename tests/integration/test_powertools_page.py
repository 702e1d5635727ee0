"""The files that docs/powertools.md shows work as they are, in the handler and in the stage."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from support.serving import ROOT, Serving, serving

PAGE = ROOT / "docs" / "powertools.md"
_FILE = re.compile(r"^`([\w/.]+\.(?:yaml|toml|py))` .*?\n\n```\w+\n(.*?)^```$", re.M | re.S)
SCRIPT = """
import json, sys
from greetings.handler import handler
class Context:
    def get_remaining_time_in_millis(self): return 1234
for event in json.load(sys.stdin):
    print("RESPONSE " + json.dumps(handler(event, Context())))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    files = _FILE.findall(PAGE.read_text(encoding="utf-8"))
    assert len(files) == 6
    for name, text in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "src" / "greetings" / "__init__.py").touch()
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Serving]:
    guard = ("--function", "staff=greetings.guard.handler")
    with serving(folder, *guard, handler="greetings.handler.handler") as server:
        assert server.base_url
        yield server


def event(name: str, tenant: str) -> dict[str, Any]:
    return {
        "resource": "/greetings/{name}",
        "path": f"/greetings/{name}",
        "httpMethod": "GET",
        "headers": None,
        "multiValueHeaders": None,
        "pathParameters": {"name": name},
        "requestContext": {"requestId": "r-1", "authorizer": {"tenant": tenant}},
        "body": None,
    }


def test_the_handler_does_what_the_page_says(folder: Path) -> None:
    path = os.pathsep.join((str(folder / "src"), str(folder / "build"), str(ROOT / "src")))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": path}
    command = [sys.executable, "-m", "openapi_first", "compile", "-o", "build/compiled.py"]
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    events = [event("Ada", "north"), event("root", "north"), event("Ada", "closed")]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps([*events, event("x" * 41, "north")]),
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    answers, logged = [], []
    for line in done.stdout.splitlines():
        text = line.removeprefix("RESPONSE ")
        (answers if text != line else logged).append(json.loads(text))
    assert [answer["statusCode"] for answer in answers] == [200, 409, 503, 400]
    assert json.loads(answers[0]["body"]) == {
        "text": "Hello, Ada",
        "tenant": "north",
        "milliseconds_left": 1234,
    }
    assert answers[0]["multiValueHeaders"]["X-Tenant"] == ["north"]
    assert json.loads(answers[1]["body"]) == {"title": "root is taken"}
    assert json.loads(answers[2]["body"]) == {"title": "Closed for maintenance"}
    (metric,) = [line for line in logged if "_aws" in line]
    assert (metric["Greetings"], metric["service"]) == ([1.0], "greetings")
    lines = [line for line in logged if "level" in line]
    assert {(line["service"], line["correlation_id"]) for line in lines} == {("greetings", "r-1")}
    assert [line["status"] for line in lines] == [200, 409, 503, 400]


def test_the_stage_does_what_the_page_says(server: Serving) -> None:
    def get(name: str, tenant: str) -> requests.Response:
        return requests.get(
            f"{server.base_url}/greetings/{name}",
            headers={"Authorization": f"Bearer {tenant}"},
            timeout=20,
        )

    answer = get("Ada", "north")
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Tenant"] == "north"
    greeting = answer.json()
    assert (greeting["text"], greeting["tenant"]) == ("Hello, Ada", "north")
    assert 0 < greeting["milliseconds_left"] <= 29_000
    assert (get("root", "north").status_code, get("Ada", "closed").status_code) == (409, 503)
    assert get("x" * 41, "north").status_code == 400
    assert requests.get(f"{server.base_url}/greetings/Ada", timeout=20).status_code == 401
