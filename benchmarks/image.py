"""Size, cold start and memory of the image, compared with a hand-written Lambda on the same base.

`make bench-image` runs it; it needs a Docker engine and the emulator. The two images start in
turns, so that other load on the machine affects both.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import statistics
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker

from benchmarks import report, targets
from benchmarks.results import Figure, Section, Table, ratio

_INVOKE = "/2015-03-31/functions/function/invocations"
_INIT = re.compile(r"INIT REPORT\(durationMs: ([\d.]+)\)")
_REFUSED = {
    "resource": "/items",
    "path": "/items",
    "httpMethod": "GET",
    "headers": {},
    "multiValueHeaders": {},
    "queryStringParameters": {"limit": "0"},
    "multiValueQueryStringParameters": {"limit": ["0"]},
    "pathParameters": None,
    "requestContext": {"requestId": "6f0a3c1e-4a53-4f2b-9d5e-0c1d2e3f4a5b", "identity": {}},
    "body": None,
    "isBase64Encoded": False,
}


def main(arguments: list[str] | None = None) -> int:
    """Prints the figures with their targets. 0 whatever they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", required=True)
    parser.add_argument("--handwritten", required=True, help="the image to compare with")
    parser.add_argument("--base", required=True, help="the base image of both")
    parser.add_argument("--emulator", type=Path, required=True)
    parser.add_argument("--starts", type=int, default=15, help="default: %(default)s")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="default: %(default)s"
    )
    options = parser.parse_args(arguments)
    engine = docker.from_env()
    mount = {str(options.emulator.resolve().parent): {"bind": "/aws-lambda", "mode": "ro"}}
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(options.starts):
        for name, found in ((options.image, ours), (options.handwritten, theirs)):
            with _container(engine, name, mount) as container:
                _invoke(container, {})
                found.append(_init_ms(container))
    with _container(engine, options.image, mount) as container:
        before = _memory_after(container, 100)
        after = _memory_after(container, 1_000)
    size, compressed = _layers(engine, options.image, options.base)
    init, other = statistics.median(ours), statistics.median(theirs)
    section = Section(
        (
            ratio(targets.IMAGE_INIT, init, other, "ms"),
            Figure(targets.IMAGE_SIZE, size, f"{compressed:g} MB compressed"),
        ),
        (
            Table(
                "Peak memory, MB", ("after 100", "after 1,100"), (("the image", (before, after)),)
            ),
        ),
    )
    sections, found = {"image": section}, options.format == "json"
    print(report.json_of(sections, report.machine()) if found else report.text(sections))
    return 0


@contextmanager
def _container(engine: Any, image: str, mount: Any) -> Iterator[Any]:
    configuration = engine.images.get(image).attrs["Config"]
    container = engine.containers.run(
        image,
        [*configuration["Entrypoint"], configuration["Cmd"][-1]],
        entrypoint=["/aws-lambda/aws-lambda-rie"],
        detach=True,
        environment={
            "TABLE_NAME": "items",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9",
        },
        ports={"8080/tcp": ("127.0.0.1", 0)},
        read_only=True,
        tmpfs={"/tmp": ""},
        volumes=mount,
    )
    try:
        yield container
    finally:
        container.remove(force=True)


def _invoke(container: Any, event: dict[str, Any]) -> bytes:
    deadline = time.monotonic() + 30
    while True:
        container.reload()
        ports = container.ports.get("8080/tcp")
        try:
            if ports:
                connection = http.client.HTTPConnection("127.0.0.1", int(ports[0]["HostPort"]), 30)
                connection.request("POST", _INVOKE, json.dumps(event))
                return connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def _init_ms(container: Any) -> float:
    reports = _INIT.findall(container.logs().decode())
    return float(reports[0])


def _memory_after(container: Any, requests: int) -> float:
    """The peak memory of the runtime in MB, after some more requests."""
    for _ in range(requests):
        response = json.loads(_invoke(container, _REFUSED))
        if response.get("statusCode") != 400:
            raise RuntimeError(f"unexpected response: {response}")
    script = (
        "import pathlib\n"
        "print(max(int(line.split()[1]) for p in pathlib.Path('/proc').glob('[0-9]*/status')\n"
        "  if b'bootstrap' in (p.parent / 'cmdline').read_bytes()\n"
        "  for line in p.read_text().splitlines() if line.startswith('VmHWM')))\n"
    )
    result = container.exec_run(["python3", "-c", script])
    if result.exit_code:
        raise RuntimeError(result.output.decode())
    return round(int(result.output) * 1024 / 1e6, 1)


def _layers(engine: Any, image: str, base: str) -> tuple[float, float]:
    """MB of the layers above the base, plain and compressed as in a registry."""
    above = engine.images.get(image).attrs["Size"] - engine.images.get(base).attrs["Size"]
    container = engine.containers.create(image)
    try:
        stream, _ = container.get_archive("/var/task")
        packer, compressed = zlib.compressobj(6, wbits=31), 0
        for chunk in stream:
            compressed += len(packer.compress(chunk))
        compressed += len(packer.flush())
    finally:
        container.remove()
    return round(above / 1e6, 1), round(compressed / 1e6, 1)


if __name__ == "__main__":
    raise SystemExit(main())
