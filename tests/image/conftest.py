"""The engine, the image under test, and containers of it that are gone when a test ends."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import DockerException, ImageNotFound
from docker.models.containers import Container

ROOT = Path(__file__).parents[2]
INVOKE = "/2015-03-31/functions/function/invocations"


@dataclass(frozen=True)
class Image:
    name: str
    engine: Any
    emulator: Path

    @property
    def mount(self) -> dict[str, dict[str, str]]:
        """The emulator where AWS's documentation mounts it."""
        return {str(self.emulator.parent): {"bind": "/aws-lambda", "mode": "ro"}}

    def with_files(self, tag: str, *lines: str, **files: str) -> str:
        """The name of an image on top of this one, `files` by name in the folder of its build."""
        dockerfile = "\n".join((f"FROM {self.name}", *lines))
        self.engine.images.build(
            fileobj=archive({"Dockerfile": dockerfile, **files}),
            custom_context=True,
            tag=tag,
            network_mode="none",
            rm=True,
        )
        return tag


def archive(files: Mapping[str, str | bytes]) -> io.BytesIO:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, given in files.items():
            data = given if isinstance(given, bytes) else given.encode()
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o644
            tar.addfile(entry, io.BytesIO(data))
    packed.seek(0)
    return packed


@contextlib.contextmanager
def files_of(engine: Any, image_name: str) -> Iterator[tarfile.TarFile]:
    """The image's whole file system, without starting it."""
    container: Container = engine.containers.create(image_name)
    try:
        with tempfile.TemporaryFile() as file:
            for chunk in container.export():
                file.write(chunk)
            file.seek(0)
            with tarfile.open(fileobj=file) as tar:
                yield tar
    finally:
        container.remove()


@pytest.fixture(scope="session")
def image(request: pytest.FixtureRequest) -> Iterator[Image]:
    name = request.config.getoption("--image")
    emulator = request.config.getoption("--emulator")
    assert emulator, "--emulator FILE is needed: `make test-image` gives it"
    try:
        engine = docker.from_env()
        engine.images.get(name)
    except ImageNotFound:
        pytest.fail(f"the engine has no image {name}; run `make test-image`")
    except DockerException as error:
        # Never skipped: who asks for these tests, CI above all, has to hear that nothing ran.
        pytest.fail(f"these tests need a Docker engine, and none can be reached: {error}")
    with contextlib.closing(engine):
        yield Image(name, engine, Path(emulator).resolve())


@pytest.fixture
def start(image: Image) -> Iterator[Callable[..., Container]]:
    """Starts containers of the image under test, or of `image_name`; removes them all."""
    started: list[Container] = []

    def run(*command: str, image_name: str = image.name, **options: Any) -> Container:
        options.setdefault("volumes", image.mount)
        container = image.engine.containers.run(
            image_name, list(command) or None, detach=True, **options
        )
        started.append(container)
        return container

    yield run
    for container in started:
        container.remove(force=True)


def log_of(container: Container) -> str:
    return container.logs().decode()


def json_lines(container: Container) -> list[dict[str, Any]]:
    lines = [line for line in log_of(container).splitlines() if line.startswith("{")]
    return [json.loads(line) for line in lines]


def invoke(container: Container, event: dict[str, Any], seconds: float = 20) -> tuple[int, bytes]:
    """Status and payload of an invocation by the published port 8080, once something listens."""
    deadline = time.monotonic() + seconds
    while True:
        container.reload()
        ports = container.ports.get("8080/tcp") or [{"HostPort": 0}]
        url = f"http://127.0.0.1:{ports[0]['HostPort']}{INVOKE}"
        try:
            with urllib.request.urlopen(url, json.dumps(event).encode(), timeout=seconds) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except (OSError, http.client.HTTPException) as error:
            # The engine's proxy takes connections before the emulator does.
            if time.monotonic() > deadline:
                raise AssertionError(log_of(container)) from error
            time.sleep(0.05)


def get(path: str, **query: str) -> dict[str, Any]:
    """The event of a GET as API Gateway sends it, as far as the function looks at it."""
    return {
        "resource": path,
        "path": path,
        "httpMethod": "GET",
        "headers": {},
        "multiValueHeaders": {},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"requestId": "6f0a3c1e-4a53-4f2b-9d5e-0c1d2e3f4a5b", "identity": {}},
        "body": None,
        "isBase64Encoded": False,
    }
