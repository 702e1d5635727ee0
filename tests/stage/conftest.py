"""One uvicorn on a real socket for all tests; each test puts its own stage behind it."""

import asyncio
import http.client
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from openapi_first.stage.app import AccessRecord, Stage
from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.http.server import bind, serve
from openapi_first.stage.messages.invoker import InvocationResult

HERE = Path(__file__).parent
URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations"


@dataclass
class Reply:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def one(self, name: str) -> str | None:
        values = self.all(name)
        assert len(values) <= 1, f"{name} is there {len(values)} times"
        return values[0] if values else None

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.headers]


@dataclass
class FakeFunction:
    """An invoker that remembers its events and answers what it is told to."""

    reply: Any = field(default_factory=lambda: {"statusCode": 200, "body": "ok"})
    error: bool = False
    delay: float = 0.0
    raises: Exception | None = None
    events: list[Any] = field(default_factory=list)
    finished: int = 0

    async def invoke(self, event: bytes) -> InvocationResult:
        self.events.append(json.loads(event))
        await asyncio.sleep(self.delay)
        self.finished += 1
        if self.raises is not None:
            raise self.raises
        payload = self.reply if isinstance(self.reply, bytes) else json.dumps(self.reply).encode()
        return InvocationResult(payload, self.error)

    @property
    def event(self) -> Any:
        (event,) = self.events
        return event


@dataclass
class Server:
    """The socket, and the place where a test mounts its application."""

    port: int
    loop: asyncio.AbstractEventLoop
    app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)

    def send(
        self,
        method: str,
        target: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
    ) -> Reply:
        """A request whose target and headers go out exactly as written."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Reply(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    def run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    made: list[Server] = []
    ready = threading.Event()
    stops: list[Callable[[], object]] = []

    async def main() -> None:
        loop, stop, listener = asyncio.get_running_loop(), asyncio.Event(), bind()
        stops.append(lambda: loop.call_soon_threadsafe(stop.set))
        made.append(Server(listener.getsockname()[1], loop))
        ready.set()  # it listens: what connects now is answered once it is served
        await serve(made[0], listener=listener, stop=stop)

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    assert ready.wait(10)
    yield made[0]
    stops[0]()
    thread.join(10)
    assert not thread.is_alive()


@dataclass
class RunningStage:
    server: Server
    stage: Stage
    function: Any
    log: list[AccessRecord]

    def send(self, method: str, target: str, **kwargs: Any) -> Reply:
        return self.server.send(method, target, **kwargs)

    def get(self, target: str, *headers: tuple[str, str]) -> Reply:
        return self.send("GET", target, headers=headers)

    def post(self, target: str, body: Any, *headers: tuple[str, str]) -> Reply:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", target, headers=headers, body=data)


@pytest.fixture
def run(server: Server) -> Callable[..., RunningStage]:
    """Put a stage behind the socket: `run(document, invoker=..., name=..., ...)`."""

    def start(document: Any, *, invoker: Any = None, **options: Any) -> RunningStage:
        function = invoker if invoker is not None else FakeFunction()
        log: list[AccessRecord] = []
        stage = Stage(document, invoker=function, on_access=log.append, **options)
        server.app = stage.app
        return RunningStage(server, stage, function, log)

    return start


@pytest.fixture
def fake() -> type[FakeFunction]:
    return FakeFunction


class Documents:
    """Small import documents."""

    @staticmethod
    def proxy(**operation: Any) -> dict[str, Any]:
        return {
            "responses": {"200": {"description": "ok"}},
            "x-amazon-apigateway-integration": {
                "type": "aws_proxy",
                "httpMethod": "POST",
                "uri": URI,
            },
            **operation,
        }

    @staticmethod
    def preflight(**integration: Any) -> dict[str, Any]:
        return {
            "responses": {
                "200": {
                    "description": "preflight",
                    "headers": {
                        "Access-Control-Allow-Origin": {"schema": {"type": "string"}},
                        "Access-Control-Allow-Methods": {"schema": {"type": "string"}},
                    },
                }
            },
            "x-amazon-apigateway-integration": {
                "type": "mock",
                "passthroughBehavior": "never",
                "requestTemplates": {"application/json": '{"statusCode": 200}'},
                "responses": {
                    "default": {
                        "statusCode": "200",
                        "responseParameters": {
                            "method.response.header.Access-Control-Allow-Origin": "'*'",
                            "method.response.header.Access-Control-Allow-Methods": "'GET,POST'",
                        },
                    }
                },
                **integration,
            },
        }

    def api(self, paths: dict[str, Any], **root: Any) -> dict[str, Any]:
        return {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths, **root}

    def one(self, path: str = "/items", method: str = "get", **operation: Any) -> dict[str, Any]:
        """A document of one proxied operation."""
        return self.api({path: {method: self.proxy(**operation)}})

    def validated(
        self,
        *,
        schema: Any = None,
        parameters: Sequence[Any] = (),
        path: str = "/items",
        method: str = "post",
        media_type: str = "application/json",
        required: bool = True,
        components: dict[str, Any] | None = None,
        responses: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """A document of one operation with everything validated, and telling templates."""
        operation = self.proxy(parameters=list(parameters))
        if schema is not None:
            operation["requestBody"] = {
                "required": required,
                "content": {media_type: {"schema": schema}},
            }
        root: dict[str, Any] = {
            "x-amazon-apigateway-request-validators": {
                "all": {"validateRequestBody": True, "validateRequestParameters": True},
                "none": {"validateRequestBody": False, "validateRequestParameters": False},
                "params": {"validateRequestParameters": True},
            },
            "x-amazon-apigateway-request-validator": "all",
            "x-amazon-apigateway-gateway-responses": responses or {},
            "components": {"schemas": components or {}},
        }
        return self.api({path: {method: operation}}, **root)


@pytest.fixture(scope="session")
def documents() -> Documents:
    return Documents()


@pytest.fixture
def configure() -> Callable[..., FunctionConfiguration]:
    """A configuration of a function in `handlers.py`."""

    def make(handler: str = "handlers.act", **options: Any) -> FunctionConfiguration:
        options.setdefault("task_root", HERE)
        return FunctionConfiguration(handler=handler, **options)

    return make
