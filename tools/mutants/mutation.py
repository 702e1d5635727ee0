"""The shipped API with a small bug in it, on a separate stage.

The faults are data: `*.yaml` beside this file, each a change of the service, of the import
document, of the contract that the function was compiled from, or of its environment.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import yaml

from items import table
from openapi_first.compiler.compile import write_compiled
from openapi_first.import_document.document import import_document
from openapi_first.openapi.gateway_extensions import FUNCTION_VARIABLE
from openapi_first.openapi.loader import load

ROOT = Path(__file__).parents[2]
KEY = "local-development-key"
_TABLE = "items"


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One fault. `service` maps files of `src/items` to replacements in them, `contract` are
    replacements in openapi.yaml, `document` operations of JSON Patch on the import document."""

    name: str
    fault: str
    service: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    document: Sequence[Mapping[str, Any]] = ()
    contract: Sequence[Mapping[str, str]] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


HEALTHY = Mutant(name="healthy", fault="none")


def mutants() -> list[Mutant]:
    """All faults, in the order of their files."""
    files = sorted(Path(__file__).parent.glob("*.yaml"))
    loaded = (yaml.load(file.read_text(), yaml.CSafeLoader) for file in files)
    return [Mutant(**entry) for entries in loaded for entry in entries]


@dataclass(frozen=True)
class MutantStage:
    """A stage that serves a mutant; `contract` is the contract to test it against."""

    base_url: str
    contract: Path
    log: Path


@contextlib.contextmanager
def serving_mutant(
    mutant: Mutant, database: str, folder: Path, *options: str
) -> Iterator[MutantStage]:
    """Serve it with an empty table in the DynamoDB at that URL; `options` are of `contract serve`.

    Responses are not validated in the function: the defendant is not the judge.
    """
    write_mutant(mutant, import_document(load(ROOT / "openapi.yaml")), folder)
    write_compiled(load(folder / "openapi.yaml"), folder / "compiled.py", watched=False)
    log = folder / "stage.log"
    _empty_table(database)
    variables = {
        "TABLE_NAME": _TABLE,
        "AWS_ENDPOINT_URL_DYNAMODB": database,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "AKIDSECRETEXAMPLEKEY/0123456789abcdefghi",
        "AWS_DEFAULT_REGION": "us-east-1",
        "RESPONSE_VALIDATION": "off",
        **mutant.environment,
    }
    command = [
        *(sys.executable, "-m", "openapi_first", "serve", "--document", "api.json"),
        *("--handler", "items.handler.handler", "--port", "0", "--api-key", KEY),
        *("--variable", f"{FUNCTION_VARIABLE}=local", "--concurrency", "1", *options),
    ]
    for name, value in variables.items():
        command += ["--env", f"{name}={value}"]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            assert process.stdout
            url = next((line.split()[-1] for line in process.stdout if "Base URL" in line), None)
            assert url, f"{mutant.name}: the stage does not start: {log.read_text()}"
            with (folder / "stage.out").open("wb") as out:
                reader = subprocess.Popen(["cat"], stdin=process.stdout, stdout=out)
            yield MutantStage(url, ROOT / "openapi.yaml", log)
        finally:
            process.terminate()
            process.wait(10)
            process.stdout.close()
            reader.wait(10)


def write_mutant(mutant: Mutant, document: Mapping[str, Any], folder: Path) -> None:
    """Writes the service, the contract and the import document with the fault in them.

    Raises AssertionError for a change of something that is not there.
    """
    folder.mkdir(exist_ok=True)
    (folder / "api.json").write_text(json.dumps(_patched(document, mutant.document)))
    text = _replaced((ROOT / "openapi.yaml").read_text(), mutant.contract, "openapi.yaml")
    (folder / "openapi.yaml").write_text(text)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src/items", folder / "items", ignore=ignored)
    for name, replacements in mutant.service.items():
        file = folder / "items" / name
        file.write_text(_replaced(file.read_text(), replacements, name))


def _replaced(text: str, replacements: Sequence[Mapping[str, str]], name: str) -> str:
    for replacement in replacements:
        count = text.count(replacement["replace"])
        assert count == 1, f"{name} has {count} times: {replacement['replace']}"
        text = text.replace(replacement["replace"], replacement["by"])
    return text


def _patched(document: Any, operations: Sequence[Mapping[str, Any]]) -> Any:
    """A copy with `add`, `replace` and `remove` of RFC 6902 applied; only members of objects."""
    document = json.loads(json.dumps(document))
    for operation in operations:
        *parents, last = [
            step.replace("~1", "/").replace("~0", "~") for step in operation["path"].split("/")[1:]
        ]
        target = document
        for step in parents:
            target = target[step]
        if operation["op"] != "add":
            assert last in target, f"no {operation['path']}"
        if operation["op"] == "remove":
            del target[last]
        else:
            target[last] = operation["value"]
    return document


def _empty_table(database: str) -> None:
    client = boto3.client(
        "dynamodb",
        endpoint_url=database,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    with contextlib.suppress(client.exceptions.ResourceNotFoundException):
        client.delete_table(TableName=_TABLE)
    table.create(client, _TABLE)
    client.close()
