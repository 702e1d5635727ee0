"""Requests per second of the stage, compared with plain Starlette and the same handler.

`make bench-stage` runs it. Stage and peer receive load in turns, so that other load on the machine
affects both. Peers run one after the other, because an idle one uses the machine, too. With a
Docker engine and `--image`, `sam local start-api` with warm containers is a second peer.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from load import Load

_ROOT = Path(__file__).resolve().parents[1]
_KEY = "local-development-key"
_LEAST = {"starlette": 0.6, "sam local": 10.0}


@dataclass(frozen=True, slots=True)
class Server:
    """`prefix` comes before the paths of the API."""

    port: int
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A request, and the statuses that show which component responded."""

    name: str
    method: str
    path: str
    body: str
    statuses: frozenset[str]

    def bytes(self, server: Server) -> bytes:
        return (
            f"{self.method} {server.prefix}{self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"x-api-key: {_KEY}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(self.body)}\r\n\r\n{self.body}"
        ).encode()


_CASES = (
    Case("refused by the Lambda", "GET", "/items/not-a-uuid", "", frozenset({"400", "422"})),
    Case("refused by a validator", "POST", "/items", "{}", frozenset({"400", "422"})),
)


def main() -> int:
    """Prints a table of ratios. Returns 1 if one is below the stage's target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=2.0, help="duration of each turn")
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--concurrency", type=int, default=4, help="environments of the stage")
    parser.add_argument("--sam", type=Path, help="the sam command; needs a Docker engine")
    parser.add_argument("--image", help="the image for sam")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, _stage(options.concurrency, Path(name)) as stage:
        folder = Path(name)
        peers = {"starlette": _starlette(folder)}
        if options.sam is not None:
            peers["sam local"] = _sam(options.sam, options.image, folder)
        print(f"{'':24}{'server':12}{'1/s':>8}{'p50 ms':>9}{'p99 ms':>9}  ratio (spread)")
        missed = []
        for peer, started in peers.items():
            with started as server:
                servers = {"stage": stage, peer: server}
                for case in _CASES:
                    missed += _report(case, peer, _in_turns(case, servers, options))
    for each in missed:
        print(each, file=sys.stderr)
    return 1 if missed else 0


def _in_turns(
    case: Case, servers: dict[str, Server], options: argparse.Namespace
) -> dict[str, list[Load]]:
    loads: dict[str, list[Load]] = {name: [] for name in servers}
    for turn in range(options.turns + 1):
        for name, server in servers.items():
            load = _load(server, case, options.connections, options.seconds)
            if not load.statuses.keys() <= case.statuses:
                raise SystemExit(f"{name}: unexpected statuses for {case.name!r}: {load.statuses}")
            if turn:  # the first one warms up
                loads[name].append(load)
    return loads


def _load(server: Server, case: Case, connections: int, seconds: float) -> Load:
    client = [sys.executable, str(Path(__file__).with_name("load.py"))]
    done = subprocess.run(
        [*client, str(server.port), str(connections), str(seconds)],
        input=case.bytes(server),
        stdout=subprocess.PIPE,
        check=True,
    )
    return Load(**json.loads(done.stdout))


def _report(case: Case, peer: str, loads: dict[str, list[Load]]) -> list[str]:
    ratios = sorted(
        ours.per_second / theirs.per_second
        for ours, theirs in zip(loads["stage"], loads[peer], strict=True)
    )
    ratio = statistics.median(ratios)
    for name, turns in loads.items():
        figures = (
            statistics.median(turn.per_second for turn in turns),
            statistics.median(turn.p50_ms for turn in turns),
            statistics.median(turn.p99_ms for turn in turns),
        )
        spread = "" if name == "stage" else f"{ratio:8.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f})"
        print(f"{case.name:24}{name:12}{figures[0]:8.0f}{figures[1]:9.2f}{figures[2]:9.2f}{spread}")
    if ratio >= _LEAST[peer]:
        return []
    return [f"{case.name}: {ratio:.2f} of {peer}, but at least {_LEAST[peer]:g} is required"]


@contextmanager
def _stage(concurrency: int, folder: Path) -> Iterator[Server]:
    """Like `make serve`, with the log of requests in a file."""
    command = [sys.executable, "-m", "openapi_first", "serve", "--handler", "items.handler.handler"]
    options = ["--port", "0", "--concurrency", str(concurrency), "--api-key", _KEY]
    log = folder / "stage.log"
    with _running([*command, *options, "--env", "TABLE_NAME"], {"TABLE_NAME": "items"}, log):
        for _ in range(300):
            found = re.search(r"Base URL +http://127\.0\.0\.1:(\d+)(/\S+)", log.read_text())
            if found:
                yield Server(int(found[1]), found[2])
                return
            time.sleep(0.1)
        raise SystemExit(f"the stage did not start: {log.read_text()}")


@contextmanager
def _starlette(folder: Path) -> Iterator[Server]:
    compile_ = [sys.executable, "-m", "openapi_first", "compile", "-o", str(folder / "compiled.py")]
    subprocess.run(compile_, cwd=_ROOT, check=True, stdout=subprocess.DEVNULL)
    port = _free_port()
    environment = {
        "PYTHONPATH": os.pathsep.join((str(_ROOT / "src"), str(folder))),
        "TABLE_NAME": "items",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    command = [sys.executable, str(Path(__file__).with_name("starlette_app.py")), str(port)]
    with _running(command, environment, folder / "starlette.log"):
        _wait(port)
        yield Server(port)


@contextmanager
def _sam(sam: Path, image: str, folder: Path) -> Iterator[Server]:
    """`sam local start-api` with the service's paths, its image and warm containers."""
    port = _free_port()
    # sam adds its emulator to the image, which requires root in the image.
    rooted = f"FROM {image}\nUSER root\n"
    docker = [os.environ.get("DOCKER", "docker"), "build", "--quiet", "--tag", "bench:latest", "-"]
    built = subprocess.run(docker, input=rooted.encode(), capture_output=True, check=False)
    if built.returncode:
        raise SystemExit(
            f"the image for sam cannot be built:\n{built.stderr.decode(errors='replace')}"
        )
    template = folder / "template.json"
    template.write_text(json.dumps(_template("bench:latest")))
    command = [str(sam), "local", "start-api", "--template", str(template), "--port", str(port)]
    options = ["--warm-containers", "EAGER", "--skip-pull-image", "--debug"]
    environment = {"SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "eu-central-1"}
    with _running([*command, *options], environment, folder / "sam.log"):
        _wait(port, seconds=120)
        yield Server(port)


def _template(image: str) -> dict[str, object]:
    events = {
        f"Event{index}": {"Type": "Api", "Properties": {"Path": path, "Method": method}}
        for index, (method, path) in enumerate(
            (("get", "/items"), ("post", "/items"), ("get", "/items/{id}"))
        )
    }
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "PackageType": "Image",
            "ImageUri": image,
            "Timeout": 10,
            "Environment": {"Variables": {"TABLE_NAME": "items"}},
            "Events": events,
        },
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {"Function": function},
    }


@contextmanager
def _running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command,
            cwd=_ROOT,
            env={**inherited, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _wait(port: int, seconds: float = 30) -> None:
    for _ in range(int(seconds * 10)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"nothing listens on port {port}")


if __name__ == "__main__":
    raise SystemExit(main())
