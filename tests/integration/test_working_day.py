"""A day of work in a new project: what the terminal shows at each step helps with the next one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
import requests

from openapi_first.cli.main import main
from support.serving import ROOT, Terminal, served_on_terminal

KEY = {"x-api-key": "local-development-key"}
BERTHS = """\
  /berths/{number}:
    get:
      operationId: getBerth
      summary: Read a berth
      parameters:
        - {name: number, in: path, required: true, schema: {type: integer}, example: 7}
      responses:
        "200":
          description: The berth.
          content: {application/json: {schema: {$ref: "#/components/schemas/Berth"}}}
        default: {$ref: "#/components/responses/Error"}

components:
"""
BERTH = """\
    Berth:
      type: object
      required: [number]
      properties:
        number: {type: integer}
        free: {type: boolean}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, number = tmp_path_factory.mktemp("day"), version("openapi-first-serverless")
    wheel = folder / f"openapi_first_serverless-{number}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"openapi_first_serverless-{number}.dist-info/METADATA", "")
    assert main(["init", str(folder / "harbour"), "--wheel", str(wheel)]) == 0
    harbour = folder / "harbour"
    git(harbour, "init", "--quiet")
    git(harbour, "add", ".")
    git(harbour, "commit", "--quiet", "-m", "start")
    return harbour


@pytest.fixture(scope="module")
def terminal(project: Path) -> Iterator[Terminal]:
    with served_on_terminal(project, "--debug", "0", colours=True) as found:
        yield found


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


def git(folder: Path, *arguments: str) -> str:
    command = ("git", "-c", "user.name=me", "-c", "user.email=me@example.com", *arguments)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def test_a_day_from_the_first_request_to_the_commit(project: Path, terminal: Terminal) -> None:
    contract, operations = project / "openapi.yaml", project / "src/harbour/operations.py"

    # The first request is the one that the terminal shows.
    url = terminal.wait_for(r"Base URL +(\S+)")[1]
    command = terminal.wait_for(r"\n  (curl [^\r\n]+)")[1]
    assert f"{url}/greetings/Ada" in command
    shown = subprocess.run(["sh", "-c", f"{command} -s"], capture_output=True, text=True)
    assert "HTTP/1.1 200" in shown.stdout, shown.stdout + shown.stderr
    terminal.wait_for(r"GET /prod/greetings/Ada \x1b\[32m200\x1b\[0m \(lambda, \d+ ms\)\r\n")

    # A typo: file and line, and the last good version answers.
    change(contract, "  version: 0.1.0\n", "  version: [0.1.0\n")
    terminal.wait_for(r"openapi\.yaml:\d+: ")
    terminal.wait_for("not reloaded; the last working version keeps running")
    assert requests.get(f"{url}/greetings/Ada", headers=KEY, timeout=10).status_code == 200
    change(contract, "  version: [0.1.0\n", "  version: 0.1.0\n")
    terminal.wait_for("reloaded, 2 operations")

    # A new operation has no function yet.
    text = contract.read_text().replace("components:\n", BERTHS, 1)
    contract.write_text(text.replace("    Problem:\n", f"{BERTH}    Problem:\n", 1))
    suggested, reloaded = "or run `contract stubs`", "reloaded, 3 operations"
    terminal.wait_for(f"(?s){suggested}.*{reloaded}|{reloaded}.*{suggested}")
    unfinished = requests.get(f"{url}/berths/7", headers=KEY, timeout=10)
    assert unfinished.status_code == 501
    assert "def get_berth(number)" in unfinished.text
    done = run(project, "openapi_first", "stubs")
    assert done.returncode == 0, done.stderr
    terminal.wait_for("reloaded, 3 operations")

    # A breakpoint stops here, and the request goes on.
    text = operations.read_text()
    start = text.index("def get_berth")
    body = '    found = {"number": number}\n    breakpoint()\n    return found\n'
    signature = text[start:].partition("\n")[0]
    operations.write_text(f"{text[:start]}{signature}\n{body}")
    terminal.wait_for("operations.py changed: reloaded")
    answers: list[requests.Response] = []
    request = threading.Thread(
        target=lambda: answers.append(requests.get(f"{url}/berths/7", headers=KEY, timeout=30))
    )
    request.start()
    terminal.wait_for(r"\(pdb\) ")
    terminal.write("p found")
    terminal.wait_for(r"\{'number': 7\}")
    terminal.write("c")
    request.join(10)
    assert [each.json() for each in answers] == [{"number": 7}]
    change(operations, "    breakpoint()\n", "")
    terminal.wait_for("operations.py changed: reloaded")

    # An error: the traceback starts in the user's own code.
    change(operations, 'found = {"number": number}', 'found = {"number": 1 // (number - number)}')
    terminal.wait_for("operations.py changed: reloaded")
    assert requests.get(f"{url}/berths/7", headers=KEY, timeout=10).status_code == 500
    trace = terminal.wait_for(r"Traceback[^\r]*\r\n[ |]*File \"([^\"]+)\", line \d+, in (\w+)")
    assert (trace[1], trace[2]) == (str(operations), "get_berth")
    terminal.wait_for(r"GET /prod/berths/7 \x1b\[31m500")

    # A refused body has the validator's reason.
    refused = requests.post(f"{url}/quotes", headers=KEY, json={"items": [{}]}, timeout=10)
    assert "required properties" in refused.text
    assert "/items/0/name" not in refused.text
    terminal.wait_for(r"/quotes \x1b\[33m400\x1b\[0m \(BAD_REQUEST_BODY, \d+ ms\)\r\n    Request")
    terminal.wait_for(r"\r\n    /items/0/name is missing\r\n")

    # Nothing was printed twice, and no frame of the engine.
    lines = [line for line in terminal.text.split("\r\n") if "changed: reloaded" in line]
    assert len(lines) <= 7, terminal.text
    assert "openapi_first/" not in terminal.text
    assert "request served" not in terminal.text


def test_a_failing_test_of_the_project_shows_the_assertion(project: Path) -> None:
    text = (project / "tests/test_operations.py").read_text()
    (project / "tests/test_operations.py").write_text(
        f"{text}\n\ndef test_it_fails() -> None:\n    assert 'one' == 'two'\n"
    )
    done = run(project, "pytest", "-q", "-p", "no:cacheprovider", "tests/test_operations.py")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "test_it_fails" in done.stdout
    assert "1 failed" in done.stdout


def test_the_diff_before_a_commit_shows_what_breaks_clients(project: Path) -> None:
    contract = project / "openapi.yaml"
    change(contract, "quantity: {type: integer, minimum: 1, maximum: 1000}",
           "quantity: {type: integer, minimum: 1, maximum: 12}")  # fmt: skip
    (project / "build").mkdir(exist_ok=True)
    (project / "build/committed.yaml").write_text(git(project, "show", "HEAD:openapi.yaml"))
    done = run(project, "openapi_first", "diff", "build/committed.yaml", "openapi.yaml")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "maximum" in done.stdout
    assert "POST /quotes" in done.stdout
