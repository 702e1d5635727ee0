"""Writes down each call to AWS that a module of the service makes, in any Python process of a run.

With this folder's copy on PYTHONPATH, Python imports it at every start. botocore's own event
`before-call` tells of a call that is about to be sent; the innermost frame of the service says
whose it is, and calls of the tests themselves have none. The stage's workers get no PYTHONPATH from
outside: theirs are recorded where they arrive, at moto.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

SERVICE = "items"
CALLS = Path(__file__).with_name("calls")
WORKER = "openapi_first.stage.functions.worker"
MARK = "X-Recorded"
_known: set[str] = set()


def caller() -> str | None:
    """The service's module that the call comes from."""
    frame = sys._getframe()
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name == "__main__" and frame.f_globals.get("__spec__"):
            name = frame.f_globals["__spec__"].name
        if name.partition(".")[0] == SERVICE:
            return str(name)
        frame = frame.f_back
    return None


def record(model: Any, params: Any, **_: object) -> None:
    params["headers"][MARK] = "yes"
    module = caller()
    if module is not None:
        write(f"{module} {model.service_model.endpoint_prefix}:{model.name}")


def write(line: str) -> None:
    if line not in _known:
        _known.add(line)
        descriptor = os.open(CALLS, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(descriptor, f"{line}\n".encode())
        os.close(descriptor)


def listen_to_clients(handlers: Any) -> None:
    handlers.BUILTIN_HANDLERS.append(("before-call", record))


def listen_at_the_server(application: Any) -> None:
    """What comes without a mark is of a worker of the stage, or of the set-up before it."""
    dispatcher = application.DomainDispatcherApplication
    answer = dispatcher.__call__

    def recording(self: Any, environ: dict[str, Any], start_response: Any) -> Any:
        received(environ)
        return answer(self, environ, start_response)

    dispatcher.__call__ = recording


def listen_at_dynamodb(responses: Any) -> None:
    """The stage's DynamoDB takes a shorter way than the application's."""
    dispatch = responses.DynamoHandler.dispatch

    def recording(request: Any, *rest: Any) -> Any:
        received(request.environ)
        return dispatch(request, *rest)

    responses.DynamoHandler.dispatch = recording


def received(environ: dict[str, Any]) -> None:
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target and f"HTTP_{MARK.replace('-', '_').upper()}" not in environ:
        service, _, call = target.partition(".")
        write(f"{WORKER} {service.partition('_')[0].lower()}:{call}")


_LISTENERS = {
    "botocore.handlers": listen_to_clients,
    "moto.dynamodb.responses": listen_at_dynamodb,
    "moto.moto_server.werkzeug_app": listen_at_the_server,
}


class _Listening(MetaPathFinder):
    """Runs a listener on its module once that is imported."""

    def __init__(self, name: str, listener: Callable[[Any], None]) -> None:
        self._name = name
        self._listener = listener

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname != self._name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        assert spec is not None
        assert spec.loader is not None
        execute = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            execute(module)
            self._listener(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


for _name, _listener in _LISTENERS.items():
    if _name in sys.modules:
        _listener(sys.modules[_name])
    else:
        sys.meta_path.insert(0, _Listening(_name, _listener))
