"""The services of tests/support/services, served in this process, each with a change or without.

A service is right by construction: contract tests that complain about one are wrong. A change wraps
its Lambda handler, or is a change of the contract that the function and the gateway are made from;
the contract tests judge by the original.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from aws_lambda_powertools import Logger

from openapi_first.compiler.compile import write_compiled
from openapi_first.conformance.model.given_credentials import Credential
from openapi_first.conformance.model.run import Options, Run
from openapi_first.conformance.session import replay
from openapi_first.import_document.document import import_document
from openapi_first.import_document.settings import read_settings
from openapi_first.openapi.gateway_extensions import FUNCTION_VARIABLE
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract
from openapi_first.project.settings import SETTINGS_FILE
from openapi_first.runtime import lambda_handler
from openapi_first.stage.access.api_keys import ApiKey
from openapi_first.stage.access.tokens import KeySet, make_key_set
from openapi_first.stage.app import Stage
from openapi_first.stage.http.server import bind, serve
from openapi_first.stage.messages.invoker import InvocationResult

SERVICES = Path(__file__).parents[2] / "tests" / "support" / "services"
KEY = "local-development-key"
_SILENT = Logger(service="mutants", level="CRITICAL")
_ISSUER = "https://id.example"
_NOT_SHARED = ("flags",)
"""Services that a run may change as it likes: they have what nothing creates."""

Event = dict[str, Any]
Answer = dict[str, Any]
Handler = Callable[[Event], Answer]


@dataclass
class State:
    """What a service has stored: the dictionaries and lists of its module. `changed` counts the
    messages that a change has made different."""

    module: ModuleType
    changed: int = 0

    def copy(self) -> dict[str, Any]:
        stored = {
            name: value
            for name, value in vars(self.module).items()
            if isinstance(value, dict | list) and not name.startswith("__")
        }
        return copy.deepcopy(stored)

    def restore(self, kept: dict[str, Any]) -> None:
        for name, value in copy.deepcopy(kept).items():
            stored = getattr(self.module, name)
            stored.clear()
            stored.extend(value) if isinstance(stored, list) else stored.update(value)


Wrap = Callable[[Handler, State], Handler]


def names() -> list[str]:
    return sorted(path.parent.name for path in SERVICES.glob("*/openapi.yaml"))


@cache
def contract_of(name: str) -> Contract:
    return load(SERVICES / name / "openapi.yaml")


@dataclass(frozen=True)
class Built:
    """What a contract is served by: the compiled module and the import document."""

    compiled: ModuleType
    document: dict[str, Any]
    variables: dict[str, str]


def built(contract: Contract, name: str) -> Built:
    settings = read_settings(SERVICES / name / SETTINGS_FILE, contract)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "compiled.py")
        write_compiled(contract, file, watched=False)
        compiled = ModuleType("compiled")
        compiled.__file__ = str(file)
        exec(compile(file.read_bytes(), str(file), "exec"), compiled.__dict__)
    variables = {FUNCTION_VARIABLE: "local", **{each: each for each in settings.stage_variables}}
    return Built(compiled, import_document(contract, settings), variables)


@cache
def unchanged(name: str) -> Built:
    return built(contract_of(name), name)


@cache
def key_set() -> KeySet:
    with tempfile.TemporaryDirectory() as folder:
        make_key_set(Path(folder, "keys.json"))
        return KeySet(Path(folder, "keys.json"))


class Served:
    """A service behind a stage on a free port. `wrap` changes its handler."""

    def __init__(self, name: str, build: Built | None = None, wrap: Wrap | None = None) -> None:
        build = build or unchanged(name)
        operations = ModuleType(f"{name}_operations")
        source = SERVICES / name / "operations.py"
        exec(compile(source.read_bytes(), str(source), "exec"), operations.__dict__)
        # Not validated in the function: the defendant is not the judge.
        with mock.patch.dict("os.environ", RESPONSE_VALIDATION="off"):
            handle = lambda_handler(build.compiled, operations, logger=_SILENT)
        self._handler: Handler = lambda event: handle(event, None)
        self.state = State(operations)
        if wrap is not None:
            self._handler = wrap(self._handler, self.state)
        self.name = name
        self.stage = Stage(
            build.document,
            invoker=self,
            stage_variables=build.variables,
            api_keys=[ApiKey("local", KEY)],
            key_set=key_set(),
            on_access=lambda record: None,
        )

    async def invoke(self, event: bytes) -> InvocationResult:
        try:
            return InvocationResult(json.dumps(self._handler(json.loads(event))).encode())
        except Exception as error:
            message = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return InvocationResult(json.dumps(message).encode(), function_error=True)

    @contextlib.contextmanager
    def listening(self) -> Iterator[str]:
        """Its base URL."""
        listener, started = bind(), threading.Event()
        stops: list[Callable[[], object]] = []

        async def main() -> None:
            loop, stop = asyncio.get_running_loop(), asyncio.Event()
            stops.append(lambda: loop.call_soon_threadsafe(stop.set))
            started.set()
            await serve(self.stage.app, listener=listener, stop=stop)

        thread = threading.Thread(target=lambda: asyncio.run(main()))
        thread.start()
        started.wait(10)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/prod"
        finally:
            stops[0]()
            thread.join(10)


def contract_test(served: Served, **options: Any) -> Run:
    """Runs the contract tests by the service's own contract. The options are those of `Options`,
    besides URL and credentials."""
    contract = contract_of(served.name)
    schemes = (contract.root.value.get("components") or {}).get("securitySchemes") or {}
    credentials = tuple(
        Credential(name, "TOKEN", _token(served.name))
        for name, scheme in schemes.items()
        if scheme["type"] != "apiKey"
    )
    options = {"allow_destructive": served.name in _NOT_SHARED, **options}
    with served.listening() as url:
        return replay(contract, Options(url, KEY, credentials=credentials, **options))


@cache
def _token(name: str) -> str:
    claims = {"sub": "somebody", "aud": name}
    return key_set().mint(claims, issuer=_ISSUER, seconds=86_400)
