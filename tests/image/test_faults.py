"""What a function does wrong in its container is what API Gateway makes of it, and passes.

gateway-facts: an error of the function, its timeout and its death are all 502 at the gateway; only
a function that outlives the integration's own timeout would be 504.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from image.conftest import ROOT, Image
from support.serving import KEY, Serving, serving

HANDLER = """
import json, os, time

COUNT = 0


def handler(event, context):
    global COUNT
    COUNT += 1
    wish = (event["queryStringParameters"] or {}).get("cursor")
    if wish == "raise":
        raise LookupError("as asked")
    if wish == "sleep":
        time.sleep(30)
    if wish == "nap":
        time.sleep(1)
    if wish == "exit":
        os._exit(7)
    if wish == "malformed":
        return {"errorMessage": 5, "statusCode": 200}
    if wish == "quote":
        return {"statusCode": 200, "body": json.dumps({"errorMessage": "quoted"})}
    body = {"count": COUNT, "pid": os.getpid(), "host": os.uname().nodename, "uid": os.getuid()}
    return {"statusCode": 200, "body": json.dumps(body)}
"""


@pytest.fixture(scope="module", params=["image", "url"])
def stage(
    request: pytest.FixtureRequest, image: Image, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serving]:
    """The stage in front of the handler above: in containers, and in one emulator by URL."""
    if request.param == "image":
        tag = image.with_files(
            f"{image.name}-faults",
            "COPY faults.py /var/task/",
            'CMD ["faults.handler"]',
            **{"faults.py": HANDLER},
        )
        function: tuple[str, ...] = ("--image", tag, "--emulator", str(image.emulator))
        with serving(ROOT, "--env", "AWS_LAMBDA_FUNCTION_TIMEOUT=3", function=function) as server:
            yield server
        return
    folder = tmp_path_factory.mktemp("task")
    (folder / "faults.py").write_text(HANDLER)
    with (
        emulator_on_host(image.emulator, folder) as url,
        serving(ROOT, function=("--lambda-endpoint-url", url)) as server,
    ):
        yield server


@contextlib.contextmanager
def emulator_on_host(emulator: Path, folder: Path) -> Iterator[str]:
    port, inner = free_port(), free_port()
    process = subprocess.Popen(
        [
            emulator,
            f"--runtime-interface-emulator-address=127.0.0.1:{port}",
            f"--runtime-api-address=127.0.0.1:{inner}",
            sys.executable,
            "-m",
            "openapi_first.runtime.bootstrap",
            "faults.handler",
        ],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{folder}",
            "AWS_LAMBDA_FUNCTION_TIMEOUT": "3",
        },
        start_new_session=True,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(stage: Serving, wish: str = "") -> requests.Response:
    query = f"?cursor={wish}" if wish else ""
    return requests.get(f"{stage.base_url}/items{query}", headers={"x-api-key": KEY}, timeout=30)


def test_twenty_invocations_one_after_another_reuse_one_environment(stage: Serving) -> None:
    answers = [ask(stage).json() for _ in range(20)]
    assert len({(answer["host"], answer["pid"]) for answer in answers}) == 1
    counts = [answer["count"] for answer in answers]
    assert counts == list(range(counts[0], counts[0] + 20))


@pytest.mark.parametrize("wish", ["raise", "sleep", "exit", "malformed"])
def test_a_fault_is_502_and_the_next_request_is_answered(stage: Serving, wish: str) -> None:
    started = time.monotonic()
    answer = ask(stage, wish)
    assert answer.status_code == 502, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "as asked" not in answer.text, "what went wrong inside is for the log alone"
    if wish == "sleep":
        assert 2.5 < time.monotonic() - started < 8
    assert ask(stage).status_code == 200


def test_a_reply_that_quotes_an_error_is_a_reply(stage: Serving) -> None:
    answer = ask(stage, "quote")
    assert (answer.status_code, answer.json()) == (200, {"errorMessage": "quoted"})


def test_requests_at_a_time_wait_for_their_turn_or_get_an_environment_each(stage: Serving) -> None:
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: ask(stage, "nap"), range(3)))
    assert [answer.status_code for answer in answers] == [200] * 3


def test_it_ends_soon_and_leaves_no_container(image: Image, function: tuple[str, ...]) -> None:
    before = {container.id for container in image.engine.containers.list(all=True)}
    with serving(
        ROOT, "--env", "TABLE_NAME=items", "--setup", "items.table", function=function
    ) as server:
        assert ask(server).status_code == 200
        assert {container.id for container in image.engine.containers.list()} - before
        assert server.interrupt() < 5
    assert {container.id for container in image.engine.containers.list(all=True)} <= before


def test_an_image_of_another_contract_is_refused(
    image: Image, tmp_path: Path, function: tuple[str, ...]
) -> None:
    other = tmp_path / "openapi.yaml"
    other.write_text((ROOT / "openapi.yaml").read_text() + "\n# changed\n")
    with serving(ROOT, str(other), function=function) as server:
        assert server.process.wait(30) == 2
        server.wait_for("was built from another contract")


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (("--image", "no-such-image"), "no image no-such-image"),
        (("--lambda-endpoint-url", "127.0.0.1:9000"), "is not an endpoint"),
        (("--image", "items", "--handler", "items.handler.handler"), "not allowed with"),
        (("--image", "items", "--emulator", "nowhere"), "no such file"),
    ],
)
def test_what_cannot_be_invoked_is_said_at_start(function: tuple[str, ...], words: str) -> None:
    with serving(ROOT, function=function) as server:
        assert server.process.wait(30) == 2
        server.wait_for(words)


def test_an_endpoint_where_nothing_listens_is_500() -> None:
    with serving(
        ROOT, function=("--lambda-endpoint-url", f"http://127.0.0.1:{free_port()}")
    ) as server:
        assert ask(server).status_code == 500
