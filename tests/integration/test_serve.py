"""`contract serve`: starts fast, reloads, keeps the last good one, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from support.commands import contract
from support.judging import Judge
from support.serving import KEY, Serving, serving

ROOT = Path(__file__).parents[2]
OPTIONS = ("--env", "TABLE_NAME=items", "--setup", "items.table")


def copied(folder: Path) -> Path:
    """The shipped contract and service, to be changed."""
    shutil.copy(ROOT / "openapi.yaml", folder)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src" / "items", folder / "src" / "items", ignore=ignored)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copied(tmp_path)


@pytest.fixture(scope="module")
def running(
    database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Serving, Path]]:
    folder = copied(tmp_path_factory.mktemp("project"))
    environment = {"AWS_ENDPOINT_URL_DYNAMODB": database}
    with serving(folder, *OPTIONS, environment=environment) as server:
        assert server.base_url
        yield server, folder


@pytest.fixture
def served(running: tuple[Serving, Path]) -> Iterator[tuple[Serving, Path]]:
    """A server and its project, which a test may change: it is served as shipped again after it."""
    server, folder = running
    yield server, folder
    names = ("openapi.yaml", "src/items/operations.py")
    changed = [name for name in names if (folder / name).read_text() != (ROOT / name).read_text()]
    seen = len(server.lines)
    for name in changed:
        shutil.copy(ROOT / name, folder / name)
    if changed:
        server.wait_for("changed: reloaded, 5 operations", after=seen)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def processes_of(session: str) -> list[str]:
    """Command lines of all processes whose environment carries the mark."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if session.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_text().replace("\0", " "))
        except (OSError, ValueError):
            continue
    return found


def wait_for_first_import(pid: int) -> None:
    """Waits until Python itself has started: it catches Ctrl-C from then on, and `contract` gives
    that up before anything else."""
    end = time.monotonic() + 10
    for caught in (True, False):
        while time.monotonic() < end:
            status = Path(f"/proc/{pid}/status").read_text()
            mask = int(status.partition("SigCgt:")[2].split()[0], 16)
            if bool(mask >> (signal.SIGINT - 1) & 1) is caught:
                break


def test_a_change_of_the_contract_is_served_and_named(served: tuple[Serving, Path]) -> None:
    server, project = served
    judge = Judge(project / "openapi.yaml", server.base_url, KEY)
    assert judge("GET", "/items?limit=100").status_code == 200
    seen = len(server.lines)
    change(project / "openapi.yaml", "maximum: 100, default: 20", "maximum: 7")
    server.wait_for(r"^openapi\.yaml changed: reloaded, 5 operations", after=seen)
    assert judge("GET", "/items?limit=100").status_code == 400
    judge.close()


def test_a_change_of_the_service_is_served_and_named(served: tuple[Serving, Path]) -> None:
    server, project = served
    judge = Judge(project / "openapi.yaml", server.base_url, KEY)
    missing = "/items/00000000-0000-4000-8000-000000000000"
    assert judge("GET", missing).json()["detail"].startswith("There is no item")
    seen = len(server.lines)
    change(project / "src/items/operations.py", "There is no item", "Nobody has seen item")
    server.wait_for(r"^src/items/operations\.py changed: reloaded", after=seen)
    assert judge("GET", missing).json()["detail"].startswith("Nobody has seen item")
    judge.close()


def test_an_error_in_the_contract_is_reported_with_its_line_and_the_last_one_keeps_running(
    served: tuple[Serving, Path],
) -> None:
    server, project = served
    judge = Judge(ROOT / "openapi.yaml", server.base_url, KEY)
    contract = project / "openapi.yaml"
    before = contract.read_text().partition("operationId: createItem")[0]
    line = before.count("\n") + 1
    seen = len(server.lines)
    change(contract, "operationId: createItem", "operationId: listItems")
    server.wait_for(rf"openapi\.yaml:{line}: the operationId listItems is already used", after=seen)
    server.wait_for("openapi.yaml changed: not reloaded; the last working version", after=seen)
    assert judge("POST", "/items", {"name": "still here"}).status_code == 201
    seen = len(server.lines)
    change(contract, "      operationId: listItems\n      summary: Create", "     operationId: [\n")
    server.wait_for(r"openapi\.yaml:\d+: is not YAML", after=seen)
    seen = len(server.lines)
    shutil.copy(ROOT / "openapi.yaml", contract)
    server.wait_for("reloaded, 5 operations", after=seen)
    assert judge("POST", "/items", {"name": "again"}).status_code == 201
    judge.close()


def test_an_error_in_the_service_is_reported_and_the_last_one_keeps_running(
    served: tuple[Serving, Path],
) -> None:
    server, project = served
    judge = Judge(ROOT / "openapi.yaml", server.base_url, KEY)
    assert judge("GET", "/items").status_code == 200
    seen = len(server.lines)
    change(project / "src/items/operations.py", "def delete_item(", "def delete_item((")
    server.wait_for("operations.py", after=seen)
    server.wait_for("the last working version keeps running", after=seen)
    assert judge("GET", "/items").status_code == 200
    assert judge("DELETE", "/items/00000000-0000-4000-8000-000000000000").status_code == 204
    judge.close()


def test_functions_that_do_not_match_are_listed_and_their_operations_answer_501(
    project: Path, database: str
) -> None:
    operations = project / "src/items/operations.py"
    change(operations, "def delete_item(", "def remove_item(")
    change(operations, "limit: int, cursor: str | None", "limit: int, page: str | None")
    environment = {"AWS_ENDPOINT_URL_DYNAMODB": database}
    with serving(project, *OPTIONS, environment=environment) as server:
        base, headers = server.base_url, {"x-api-key": KEY}
        for words in (
            r"has no function delete_item: write `def delete_item\(id, if_match\)`",
            "remove_item serves no operation",
            "list_items does not take cursor",
            "list_items requires page",
        ):
            server.wait_for(words)
        assert not any("Traceback" in line for line in server.lines)
        item = f"{base}/items/00000000-0000-4000-8000-000000000000"
        refused = requests.delete(item, headers=headers, timeout=10)
        assert refused.status_code == 501
        assert "write `def delete_item(id, if_match)`" in refused.json()["detail"]
        assert requests.get(f"{base}/items", headers=headers, timeout=10).status_code == 501
        assert requests.get(item, headers=headers, timeout=10).status_code == 404
        assert requests.get(f"{item}?x=1", timeout=10).status_code == 403


def test_a_contract_with_errors_does_not_start_and_is_reported_without_a_traceback(
    project: Path, database: str
) -> None:
    change(project / "openapi.yaml", "operationId: getItem\n", "operationId: listItems\n")
    environment = {"AWS_ENDPOINT_URL_DYNAMODB": database}
    with serving(project, *OPTIONS, environment=environment) as server:
        said = server.ended()
        assert server.process.returncode == 2
    assert "the operationId listItems is already used" in said
    assert "Traceback" not in said


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serving(ROOT, *OPTIONS, "--port", str(port)) as server:
            assert f"port {port} on 127.0.0.1 is in use" in server.ended()
            assert server.process.returncode == 2


def test_ctrl_c_ends_everything_at_once() -> None:
    mark = f"MARK_OF_{os.getpid()}_{time.monotonic_ns()}"
    with serving(ROOT, *OPTIONS, "--env", f"{mark}=1", environment={mark: "1"}) as server:
        answer = requests.get(f"{server.base_url}/items", headers={"x-api-key": KEY}, timeout=10)
        assert answer.status_code == 200
        assert len(processes_of(mark)) >= 3
        assert server.interrupt() < 2
        assert server.process.returncode == 0
    assert processes_of(mark) == []


def test_a_start_that_is_interrupted_leaves_nothing_behind() -> None:
    mark = f"MARK_OF_{os.getpid()}_{time.monotonic_ns()}"
    for seconds in (0, 0.4, 0.8, 1.2):
        with serving(ROOT, *OPTIONS, "--env", f"{mark}=1", environment={mark: "1"}) as server:
            wait_for_first_import(server.process.pid)
            time.sleep(seconds)
            server.interrupt()
            assert "Traceback" not in "".join(server.lines)
        time.sleep(0.3)
        assert processes_of(mark) == []


def test_a_terminal_that_closes_ends_everything_and_leaves_no_file(tmp_path: Path) -> None:
    with serving(ROOT, function=("--mock",), environment={"TMPDIR": str(tmp_path)}) as at:
        assert at.base_url
        assert list(tmp_path.iterdir())
        at.process.send_signal(signal.SIGHUP)
        assert at.process.wait(10) == 0
    assert not list(tmp_path.iterdir())


def test_a_key_that_aws_would_refuse_is_refused() -> None:
    done = contract("serve", "--handler", "x.y.z", "--api-key", "short")
    assert done.returncode == 2
    assert "20 to 128 characters" in done.stderr
    assert "short" not in done.stderr


def test_an_operation_written_before_its_function_is_served_once_there_is_one(
    served: tuple[Serving, Path],
) -> None:
    server, project = served
    ping = '  /ping:\n    get:\n      operationId: ping\n      responses:\n        "200":\n'
    ping += "          description: pong\n          content: {application/json: {}}\n"
    assert requests.get(server.base_url, timeout=10).status_code == 404
    seen = len(server.lines)
    change(project / "openapi.yaml", "\ncomponents:\n", f"\n{ping}\ncomponents:\n")
    server.wait_for("has no function ping", after=seen)
    server.wait_for("reloaded, 6 operations", after=seen)
    assert requests.get(f"{server.base_url}/ping", timeout=10).status_code == 501
    seen = len(server.lines)
    operations = project / "src/items/operations.py"
    operations.write_text(operations.read_text() + "\n\ndef ping():\n    return 'pong'\n")
    server.wait_for("reloaded, 6 operations", after=seen)
    assert requests.get(f"{server.base_url}/ping", timeout=10).json() == "pong"


def test_what_api_gateway_would_refuse_is_reported_and_can_be_fixed(
    served: tuple[Serving, Path],
) -> None:
    server, project = served
    contract = project / "openapi.yaml"
    validator = "x-amazon-apigateway-request-validator: "
    assert requests.get(server.base_url, timeout=10).status_code == 404
    seen = len(server.lines)
    change(contract, f"{validator}all", f"{validator}nope")
    server.wait_for(r"openapi\.yaml:\d+: there is no request validator nope", after=seen)
    seen = len(server.lines)
    change(contract, f"{validator}nope", f"{validator}all")
    server.wait_for("reloaded, 5 operations", after=seen)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--port", "99999"), "'99999' is not a port number (0-65535)"),
        (("--port", "abc"), "'abc' is not a port number (0-65535)"),
        (("--stage", "a/b"), "'a/b' is not a stage name"),
        (("--concurrency", "0"), "'0' is not a count (a whole number, 1 or more)"),
        (("--host", "nohost.invalid"), "contract: cannot listen on nohost.invalid: "),
        (("--host", "192.0.2.1"), "contract: cannot listen on 192.0.2.1: "),
        (("--handler", "items"), "package.module.function"),
        (("--handler", "nowhere.handler.handler"), "there is no module 'nowhere'"),
    ],
)
def test_a_wrong_argument_is_reported_in_one_line(
    database: str, options: tuple[str, ...], words: str
) -> None:
    serve = ("serve", "--handler", "items.handler.handler", "--port", "0", *OPTIONS)
    done = contract(*serve, *options, environment={"AWS_ENDPOINT_URL_DYNAMODB": database})
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert words in line
