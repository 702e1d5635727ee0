"""A Lambda execution environment in a container: the image under the Runtime Interface Emulator.

AWS Lambda: images-create, images-test. The container has the limits of a function on Lambda: no
root, no capabilities, a read-only file system except /tmp, and the configured memory.

The image's entry point must pass arguments that start with `--` to the emulator.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import platform
import socket
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.functions.endpoint import FunctionEndpoint
from openapi_first.stage.messages.invoker import InitError, InvocationResult, InvokerError

_USER = "993:990"
"""The ids of Lambda's own user."""
_TMP_MB = 512
EMULATOR_FOLDER = "/aws-lambda"
_HOST = "host.docker.internal"
"""The host's name inside a container that has its own network."""
_LABEL = "stage.function"
_LOG_SECONDS = 5.0
"""How long a removed container may take to end its log, read over a separate connection."""


@dataclass(frozen=True, slots=True)
class FunctionImage:
    """An image of the local Docker engine with a function. Created by `find`.

    `started_by` is a command that replaces the image's own `entry_point`; the emulator's arguments
    go behind its first part. `mounted` has folders of this machine with their places in the
    container, where they cannot be changed.
    """

    name: str
    handler: str
    labels: Mapping[str, str]
    emulator: Path | None
    engine: Any = field(repr=False)
    shares_host_network: bool = True
    entry_point: tuple[str, ...] = ()
    started_by: tuple[str, ...] = ()
    mounted: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def find(
        cls,
        name: str,
        emulator: Path | None = None,
        handler: str | None = None,
        remedy: str = "build it first",
    ) -> FunctionImage:
        """The image with a name; `emulator` is the file aws-lambda-rie, for an image without it.
        Without a `handler`, it is that of the image.

        Raises InitError, with the remedy, if there is no Docker engine or no such image.
        """
        import docker
        from docker.errors import DockerException, ImageNotFound

        engine: Any = None
        try:
            engine = docker.from_env()
            image = engine.images.get(name)
            desktop = engine.info().get("OperatingSystem") == "Docker Desktop"
        except ImageNotFound:
            engine.close()
            raise InitError(f"the Docker engine has no image {name}: {remedy}") from None
        except DockerException as error:
            if engine is not None:
                engine.close()
            text = " ".join(str(error).split())
            raise InitError(
                f"no Docker engine can be reached: start one, or set DOCKER_HOST ({text})"
            ) from None
        configuration = image.attrs["Config"]
        command = [handler] if handler else configuration.get("Cmd") or []
        if not command:
            engine.close()
            raise InitError(f"the image {name} names no handler: set CMD in its Dockerfile")
        return cls(
            name=name,
            handler=command[-1],
            labels=configuration.get("Labels") or {},
            emulator=emulator.resolve() if emulator is not None else None,
            engine=engine,
            # Only on Linux can a container reach servers on the host's 127.0.0.1.
            shares_host_network=platform.system() == "Linux" and not desktop,
            entry_point=tuple(configuration.get("Entrypoint") or ()),
        )

    def close(self) -> None:
        """Closes idle connections to the engine."""
        self.engine.close()

    async def start(self, configuration: FunctionConfiguration) -> Container:
        """A container that listens. Raises InitError if it ends, or does not listen in time.

        The function itself is loaded by the first invocation, as the emulator does it.
        """
        return await asyncio.to_thread(self._start, configuration)

    def _start(self, configuration: FunctionConfiguration) -> Container:
        from docker.errors import DockerException

        variables = configuration.container_variables()
        port = _free_port()
        if self.shares_host_network:
            network: dict[str, Any] = {"network_mode": "host"}
            command = [
                f"--runtime-interface-emulator-address=127.0.0.1:{port}",
                f"--runtime-api-address=127.0.0.1:{_free_port()}",
            ]
        else:
            network = {
                "ports": {"8080/tcp": ("127.0.0.1", port)},
                "extra_hosts": {_HOST: "host-gateway"},
            }
            variables = _seen_from_container(variables)
            command = []
        # The emulator's own log would bury the function's output.
        command.append("--log-level=error")
        if self.started_by:
            network["entrypoint"] = [self.started_by[0], *command, *self.started_by[1:]]
            command = []
        mounted = dict(self.mounted)
        if self.emulator is not None:
            mounted[str(self.emulator.parent)] = EMULATOR_FOLDER
        try:
            running = self.engine.containers.run(
                self.name,
                [*command, self.handler],
                detach=True,
                environment=variables,
                user=_USER,
                read_only=True,
                tmpfs={"/tmp": f"size={_TMP_MB}m,mode=1777"},  # noqa: S108 - Lambda's own
                cap_drop=["ALL"],
                security_opt=["no-new-privileges"],
                mem_limit=f"{configuration.memory_mb}m",
                labels={_LABEL: configuration.name},
                volumes={here: {"bind": there, "mode": "ro"} for here, there in mounted.items()},
                **network,
            )
        except DockerException as error:
            raise InitError(f"the image {self.name} does not start: {error}") from None
        container = Container(running, FunctionEndpoint(f"http://127.0.0.1:{port}"))
        try:
            container.await_listening(port, configuration.init_timeout)
        except BaseException:
            container.remove()
            raise
        return container


class Container:
    """A running container. Created by `FunctionImage.start`."""

    def __init__(self, running: Any, endpoint: FunctionEndpoint) -> None:
        self.id: str = running.id
        self._running = running
        self._endpoint = endpoint
        self._lost = False
        self._log = threading.Thread(
            target=self._forward_log, name="stage-container-log", daemon=True
        )
        self._log.start()

    @property
    def pid(self) -> int:
        """The emulator's process id on the Docker engine's machine."""
        return int(self._running.attrs["State"]["Pid"])

    @property
    def alive(self) -> bool:
        return not self._lost

    def await_listening(self, port: int, seconds: float) -> None:
        """Wait until the emulator accepts connections. Raises InitError if the container ends."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._running.reload()
            if self._running.status in ("exited", "dead"):
                log = self._running.logs(tail=20).decode("utf-8", "replace").strip()
                raise InitError("the container ended before it listened", log)
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            time.sleep(0.02)
        raise InitError(f"the container does not listen after {seconds:g} seconds")

    async def invoke(self, event: bytes) -> InvocationResult:
        """Run the function; if the container does not respond, that is a function error."""
        try:
            return await self._endpoint.invoke(event)
        except InvokerError as error:
            self._lost = True
            message = {"errorType": "Runtime.ExitError", "errorMessage": str(error)}
            return InvocationResult(json.dumps(message).encode(), True)
        except BaseException:
            # Cancelled: the next invocation must not wait for this one to end.
            self._lost = True
            raise

    async def retire(self) -> None:
        await self.kill()

    async def kill(self) -> None:
        self._lost = True
        self._endpoint.close()
        await asyncio.to_thread(self.remove)

    def remove(self) -> None:
        from docker.errors import APIError

        with contextlib.suppress(APIError):  # gone already, or going
            self._running.remove(force=True)
        self._log.join(_LOG_SECONDS)

    def _forward_log(self) -> None:
        from docker.errors import DockerException

        # The engine closes the stream when the container ends, or may have ended itself.
        with contextlib.suppress(DockerException, OSError, ValueError):
            # Read to its end: the SDK closes the connection of a stream only then.
            for chunk in self._running.logs(stream=True, follow=True):
                if not self._lost:  # a function that is being ended reports that as an error
                    sys.stderr.write(chunk.decode("utf-8", "replace"))
                    sys.stderr.flush()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _seen_from_container(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables, with the host's name in endpoints on this machine."""
    seen = dict(variables)
    for name, value in variables.items():
        parts = urlsplit(value) if name.startswith("AWS_ENDPOINT_URL") else None
        if parts is not None and parts.hostname in ("127.0.0.1", "localhost"):
            seen[name] = parts._replace(netloc=f"{_HOST}:{parts.port or 80}").geturl()
    return seen
