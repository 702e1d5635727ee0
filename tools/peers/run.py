"""Asks this stage and its peers the same, and writes down who answers as API Gateway does.

`make peers` runs it; `docs/fidelity.md` shows the outcome. serverless-offline needs Node; `sam
local` a Docker engine with the image there is.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from peers.api import KEY, import_document, serverless
from peers.probes import PROBES, Probe, Reply, ask

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OUTCOME = HERE / "outcome.json"
Place = tuple[int, str]
Start = Callable[[], AbstractContextManager[Place]]


def main() -> int:
    """Writes the outcome. Returns 1 when this stage itself fails a probe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serverless", type=Path, help="a folder with it in node_modules")
    parser.add_argument("--sam", type=Path, help="the command")
    parser.add_argument("--image", help="the image whose packages the function of sam needs")
    options = parser.parse_args()
    outcome: dict[str, Any] = {"peers": {}, "facts": {}}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own = kept_by_the_stage(folder)
        installed, sam, image = options.serverless, options.sam, options.image
        if installed is not None:
            (folder / "node_modules").symlink_to(installed.resolve() / "node_modules")
            kept = _asked(lambda: _serverless_offline(folder))
            _add(outcome, "serverless-offline", _npm(installed), kept)
        if sam is not None:
            _build(folder, image)
            kept = _asked(lambda: _sam(folder, sam))
            version = subprocess.run(
                [str(sam), "--version"], capture_output=True, text=True, check=True
            ).stdout.split()[-1]
            _add(outcome, "sam local", version, kept)
    text = json.dumps(outcome, indent=1, sort_keys=True) + "\n"
    OUTCOME.write_text(text, encoding="utf-8")
    missed = sorted(fact for fact, holds in own.items() if not holds)
    print(f"{len(own)} rules asked for; {OUTCOME.name} is written")
    for peer in outcome["peers"]:
        print(f"{peer}: {sum(each[peer] for each in outcome['facts'].values())} kept")
    for fact in missed:
        print(f"this stage does not keep {fact}", file=sys.stderr)
    return 1 if missed else 0


def kept_by_the_stage(folder: Path) -> dict[str, bool]:
    """Which rules this stage keeps; `folder` is for the function and the import document."""
    shutil.copy(HERE / "function.py", folder)
    return _asked(lambda: _stage(folder))


def _add(outcome: dict[str, Any], peer: str, version: str, kept: dict[str, bool]) -> None:
    outcome["peers"][peer] = version
    for fact, holds in kept.items():
        outcome["facts"].setdefault(fact, {})[peer] = holds


def _asked(started: Start) -> dict[str, bool]:
    """Which rules hold there: each by all of its probes. A peer that ends is started again."""
    kept: dict[str, bool] = {}
    waiting = list(PROBES)
    while waiting:
        with started() as place:
            reply: Reply | None = None
            while waiting:
                probe = waiting.pop(0)
                reply = ask(*place, probe)
                kept[probe.fact] = kept.get(probe.fact, True) and _holds(probe, reply)
                # One peer answers only 504 once its function has raised.
                if reply is None or reply.status == 504:
                    break
    return kept


def _holds(probe: Probe, reply: Reply | None) -> bool:
    try:
        return reply is not None and bool(probe.holds(reply))
    except (KeyError, TypeError, AttributeError):
        return False


@contextmanager
def _stage(folder: Path) -> Iterator[Place]:
    port = _free_port()
    (folder / "api.json").write_text(json.dumps(import_document()))
    serve = (sys.executable, "-m", "openapi_first", "serve", "--document", "api.json")
    options = ("--handler", "function.handler", "--port", str(port), "--api-key", KEY)
    no_database = ("--env", "AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:9")
    with _running([*serve, *options, *no_database], folder):
        _wait(port)
        yield port, "/prod"


@contextmanager
def _serverless_offline(folder: Path) -> Iterator[Place]:
    port = _free_port()
    (folder / "serverless.json").write_text(json.dumps(serverless()))
    command = ["node_modules/.bin/serverless", "offline", "--httpPort", str(port)]
    others = ["--lambdaPort", str(_free_port()), "--host", "127.0.0.1"]
    with _running([*command, *others], folder):
        _wait(port)
        yield port, "/prod"


def _build(folder: Path, image: str) -> None:
    """The image that sam is to run: ours, with the function in it."""
    (folder / "Dockerfile").write_text(
        # sam adds its emulator, for which it has to be root in there.
        f"FROM {image}\nUSER root\nCOPY function.py /var/task/function.py\n"
        'CMD ["function.handler"]\n'
    )
    docker = os.environ.get("DOCKER", "docker")
    context = ["build", "--quiet", "--tag", "peer:latest", "--file", str(folder / "Dockerfile")]
    subprocess.run([docker, *context, str(HERE)], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _sam(folder: Path, sam: Path) -> Iterator[Place]:
    uri = {
        "Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
        "${Function.Arn}/invocations"
    }
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "Function": {
                "Type": "AWS::Serverless::Function",
                "Properties": {"PackageType": "Image", "ImageUri": "peer:latest", "Timeout": 2},
                "Metadata": {},
            },
            "Api": {
                "Type": "AWS::Serverless::Api",
                "Properties": {"StageName": "prod", "DefinitionBody": import_document(uri)},
            },
        },
    }
    (folder / "template.json").write_text(json.dumps(template))
    port = _free_port()
    command = [str(sam.resolve()), "local", "start-api", "--template", "template.json"]
    options = ["--port", str(port), "--warm-containers", "EAGER", "--skip-pull-image"]
    with _running([*command, *options], folder):
        _wait(port)
        yield port, ""


def _npm(installed: Path) -> str:
    package = installed / "node_modules" / "serverless-offline" / "package.json"
    return str(json.loads(package.read_text())["version"])


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[None]:
    environment = {
        "PYTHONPATH": str(ROOT / "src"),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "SAM_CLI_TELEMETRY": "0",
        "SLS_TELEMETRY_DISABLED": "1",
        "SLS_NOTIFICATIONS_MODE": "off",
    }
    log = folder / f"{re.sub('[^a-z]', '-', Path(command[0]).name)}.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            yield
        except SystemExit:
            print(log.read_text(errors="replace")[-3000:], file=sys.stderr)
            raise
        finally:
            process.terminate()
            process.wait(60)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(1)
                return
        time.sleep(0.2)
    raise SystemExit(f"nothing listens on port {port}")


if __name__ == "__main__":
    raise SystemExit(main())
