"""The service that docs/powertools.md shows, and what it does by what the page says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import requests

from support.console.pages import File, read_page
from support.console.reader import write
from support.serving import ROOT

PAGE = ROOT / "docs" / "powertools.md"
HANDLER = "greetings.handler.handler"
GUARD = ("--function", "staff=greetings.guard.handler")


def write_page(folder: Path) -> Path:
    """The folder, with the page's files as they are."""
    files = [step for step in read_page(PAGE).steps if isinstance(step, File)]
    assert len(files) == 6
    for file in files:
        write(file, folder, PAGE.name)
    (folder / "src" / "greetings" / "__init__.py").touch()
    return folder


def compile_page(folder: Path) -> Mapping[str, str]:
    """Writes build/compiled.py; returns the environment in which the handler can be imported."""
    path = os.pathsep.join((str(folder / "src"), str(folder / "build"), str(ROOT / "src")))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": path}
    command = [sys.executable, "-m", "openapi_first", "compile", "-o", "build/compiled.py"]
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return environment


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


EVENTS = [
    event("Ada", "north"),
    event("root", "north"),
    event("Ada", "closed"),
    event("x" * 41, "north"),
]
STATUSES = [200, 409, 503, 400]


def check_answers(answers: Sequence[Mapping[str, Any]]) -> int:
    """Checks the handler's answers to EVENTS; returns the milliseconds that were left."""
    assert [answer["statusCode"] for answer in answers] == STATUSES
    greeting: dict[str, Any] = json.loads(answers[0]["body"])
    left: int = greeting.pop("milliseconds_left")
    assert greeting == {"text": "Hello, Ada", "tenant": "north"}
    assert answers[0]["multiValueHeaders"]["X-Tenant"] == ["north"]
    assert json.loads(answers[1]["body"]) == {"title": "root is taken"}
    assert json.loads(answers[2]["body"]) == {"title": "Closed for maintenance"}
    return left


def check_log(lines: Sequence[Mapping[str, Any]]) -> None:
    """Checks the lines that the page's own Logger and Metrics write for EVENTS."""
    (metric,) = [line for line in lines if "_aws" in line]
    assert (metric["Greetings"], metric["service"]) == ([1.0], "greetings")
    served = [line for line in lines if "level" in line and line.get("service") == "greetings"]
    assert {line["correlation_id"] for line in served} == {"r-1"}
    assert [line["status"] for line in served] == STATUSES


def check_stage(base_url: str) -> None:
    """Checks a stage in front of the handler and its authorizer."""

    def get(name: str, tenant: str) -> requests.Response:
        return requests.get(
            f"{base_url}/greetings/{name}",
            headers={"Authorization": f"Bearer {tenant}"},
            timeout=30,
        )

    answer = get("Ada", "north")
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Tenant"] == "north"
    greeting = answer.json()
    assert (greeting["text"], greeting["tenant"]) == ("Hello, Ada", "north")
    assert 0 < greeting["milliseconds_left"] <= 29_000
    assert (get("root", "north").status_code, get("Ada", "closed").status_code) == (409, 503)
    assert get("x" * 41, "north").status_code == 400
    assert requests.get(f"{base_url}/greetings/Ada", timeout=30).status_code == 401
