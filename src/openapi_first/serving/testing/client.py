"""A stage and its Python functions in the process of the tests."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.types import Message, Scope

from openapi_first.core.temporary_folder import temporary_folder
from openapi_first.serving.access.local_access import LocalAccess
from openapi_first.serving.access.local_tokens import methods_by_authorizer
from openapi_first.serving.errors import CannotServe
from openapi_first.serving.testing.invocations import (
    Exchange,
    Handler,
    Invocation,
    PythonFunction,
    note_access,
)
from openapi_first.serving.testing.loading import read_api
from openapi_first.serving.testing.messages import (
    NOTHING,
    HeaderValues,
    QueryValues,
    Request,
    Response,
)
from openapi_first.serving.testing.tokens import by_authorizer, process_keys
from openapi_first.stage.access.api_keys import ApiKey
from openapi_first.stage.app import AccessRecord, Stage
from openapi_first.stage.functions.registry import NoFunction
from openapi_first.stage.http.protocol import SENT_HEADERS
from openapi_first.stage.messages.settings import Settings

_KEY = "local-development-key"
_HOST = "localhost"
_PORT = 443


class StageClient:
    """Sends requests to a stage without sockets; its functions run in the thread of the test.

    `api` is a contract or an import document, as a path, or the latter as a mapping; without it,
    the contract of the project in this folder. `handler` is the API's own function: a callable, or
    `package.module.function`; without it, `handler` in [tool.contract]. `functions` are others by
    the names that the document has for them, such as authorizers. An authorizer whose function is
    not given accepts `tokens`.

    A function that raises is a 502, as on AWS. With `raise_errors`, `request` raises what the
    function raised instead of a response with status 500 or above. With a `timeout` in seconds, a
    function that takes longer is a 502, and the gateway's own time limits hold.

    Raises UserError: what is wrong in a document, or a function that is not found.
    """

    def __init__(
        self,
        api: str | Path | Mapping[str, Any] | None = None,
        *,
        handler: Handler | str | None = None,
        functions: Mapping[str, Handler | str] | None = None,
        stage: str = "prod",
        stage_variables: Mapping[str, str] | None = None,
        api_key: str = _KEY,
        timeout: float | None = None,
        raise_errors: bool = False,
    ) -> None:
        self._raise_errors = raise_errors
        self._last = Exchange()
        self.api_key = api_key
        with temporary_folder() as folder:
            read = read_api(api, stage_variables or {}, folder / "build")
            build = read.build
            named = handler or read.handler
            if build.needs_function and named is None:
                raise CannotServe(
                    "functions serve operations of the contract: name the handler, "
                    "StageClient(..., handler=...), or `handler` in [tool.contract]"
                )
            others = {
                name: PythonFunction(name, read.load(each), timeout)
                for name, each in {**read.functions, **(functions or {})}.items()
            }
            access = LocalAccess.of(
                build.api,
                build.stage_variables,
                process_keys() if methods_by_authorizer(build.api) else None,
                others,
                schemes=build.schemes,
                key_folders=(folder, folder),
                with_refused=False,
            )
        self.tokens = by_authorizer(access.tokens, for_scopes=False)
        """What authorizers accept for methods without scopes, by their names."""
        self.access_tokens = by_authorizer(access.tokens, for_scopes=True)
        """The same for methods with scopes."""
        self._stage = Stage(
            build.document,
            name=stage,
            stage_variables=build.stage_variables,
            api_keys=(ApiKey("local", api_key),),
            key_set=access.key_set,
            invoker=(
                NoFunction() if named is None else PythonFunction(None, read.load(named), timeout)
            ),
            functions={**others, **access.stand_ins},
            function_name=build.function_name,
            settings=Settings(integration_timeouts=timeout is not None),
            on_access=note_access,
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What AWS would do with the document and this stage does not."""
        return self._stage.warnings

    @property
    def invocations(self) -> tuple[Invocation, ...]:
        """The calls of functions that the last request made, authorizers among them."""
        return tuple(self._last.invocations)

    @property
    def last_event(self) -> Any:
        """The event of the last of these; None if the last request has reached no function."""
        return self.invocations[-1].event if self.invocations else None

    @property
    def last_access(self) -> AccessRecord | None:
        """Who answered the last request, and why: the line of an access log."""
        return self._last.access

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: HeaderValues | None = None,
        query: QueryValues | None = None,
        json: object = NOTHING,
        body: bytes | str | None = None,
        send_key: bool = True,
    ) -> Response:
        """The response to a request for a path below the stage, as in `/items/1`. A list is a
        header or a parameter that is repeated. The API key is sent unless `headers` have one or
        `send_key` is false. Raises ValueError for what cannot be sent."""
        sent = Request.of(
            method,
            path,
            headers=headers,
            query=query,
            json=json,
            body=body,
            api_key=self.api_key if send_key else None,
        )
        exchange = Exchange()
        with ThreadPoolExecutor(2, "stage") as threads:
            answer = threads.submit(asyncio.run, self._respond(sent, exchange))
            if _loop_runs():  # an asynchronous test; on Lambda, handlers may start a loop
                context = contextvars.copy_context()
                threads.submit(context.run, exchange.make_calls, answer).result()
            else:
                exchange.make_calls(answer)
        self._last, response = exchange, answer.result()
        for error in exchange.errors:
            # Such as a test that ends in a function: pytest.fail, pytest.skip, Ctrl-C.
            of_the_test = not isinstance(error, (Exception, SystemExit))
            if of_the_test or (self._raise_errors and response.status >= 500):
                raise error
        return response

    async def _respond(self, request: Request, exchange: Exchange) -> Response:
        exchange.enter()
        body = [{"type": "http.request", "body": request.body or b"", "more_body": False}]
        answered: list[Message] = []

        async def receive() -> Message:
            if not body:
                await asyncio.Event().wait()  # the client does not leave
            return body.pop()

        async def send(message: Message) -> None:
            answered.append(message)

        await self._stage.app(self._scope(request), receive, send)
        start, *parts = answered
        if parts[-1].get("more_body"):
            raise ConnectionError("the stage broke off the response")
        whole = b"".join(part.get("body", b"") for part in parts)
        if request.method == "HEAD":
            whole = b""
        names = [(name.lower(), value) for name, value in start["headers"]]
        return Response(start["status"], Headers(raw=names), whole)

    def _scope(self, request: Request) -> Scope:
        path, _, query = f"/{self._stage.name}{request.target}".partition("?")
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in
                   request.headers]  # fmt: skip
        sent = [(b"Host", _HOST.encode()), *headers]
        if request.body is not None:
            sent.append((b"Content-Length", str(len(request.body)).encode()))
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "https",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in sent],
            "client": ("127.0.0.1", 50000),
            "server": (_HOST, _PORT),
            "extensions": {SENT_HEADERS: sent},
        }


def _loop_runs() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
