"""HTTP_PROXY integrations, to a server on this machine and to no other.

AWS: setup-http-integrations, known issues. Request and response pass through but for the headers
the gateway keeps to itself. A laptop must not call what a document names somewhere in the world:
that is a 500 here, and the log says so.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Sequence
from urllib.parse import SplitResult, quote, quote_plus, urlsplit

import h11

from openapi_first.stage.api.rest_api import Integration, Location
from openapi_first.stage.messages.gateway_errors import Fault, GatewayError
from openapi_first.stage.messages.headers import is_header, treated
from openapi_first.stage.messages.mapping_expressions import Variables, evaluate
from openapi_first.stage.messages.request import StageRequest
from openapi_first.stage.messages.response import Answer

_RESPONSE_LIMIT = 10_485_760  # AWS: limits, payload size
_STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.([A-Za-z0-9_]+)\}")
_UNFILLED = re.compile(r"\{[^{}]*\}")

Pairs = list[tuple[str, str]]
Mapped = dict[tuple[Location, str], str]


async def http_proxy_answer(
    integration: Integration,
    request: StageRequest,
    variables: Variables,
    forwarded: Sequence[tuple[str, str]],
) -> Answer:
    """The endpoint's answer. `forwarded` are the client's headers as the gateway sends them on."""
    mapped: Mapped = {
        (location, name): value
        for location, name, expression in integration.request_parameters
        if (value := evaluate(expression, variables)) is not None
    }
    target = _target(integration, request, variables, mapped)
    method = request.method if integration.http_method == "ANY" else integration.http_method
    headers = _headers(target, forwarded, mapped, variables)
    try:
        async with asyncio.timeout(integration.timeout_seconds):
            return await _exchange(target, method, headers, request.body)
    except TimeoutError:
        seconds = integration.timeout_seconds
        fault = Fault.integration_timeout(f"{target.netloc}: no reply within {seconds:g} seconds")
        raise GatewayError(fault) from None
    except (OSError, h11.ProtocolError, EOFError) as error:
        raise GatewayError(Fault.endpoint_unreachable(f"{target.netloc}: {error}")) from error


def _target(
    integration: Integration,
    request: StageRequest,
    variables: Variables,
    mapped: Mapped,
) -> SplitResult:
    def stage_variable(match: re.Match[str]) -> str:
        return variables.stage_variables.get(match[1], match[0])

    uri = _STAGE_VARIABLE.sub(stage_variable, integration.uri)
    for (location, name), value in mapped.items():
        if location == "path":
            # Path parameters stay as the client encoded them; a greedy one keeps its slashes.
            filled = quote(value, safe="%/:@!$&'()*+,;=~-._")
            uri = uri.replace(f"{{{name}}}", filled)
    if _UNFILLED.search(uri):
        raise _failed(f"{uri}: nothing fills {_UNFILLED.search(uri)[0]}")  # type: ignore[index]
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError as error:
        raise _failed(f"{uri}: {error}") from error
    if parts.scheme != "http" or not _loopback(parts.hostname or ""):
        raise _failed(
            f"{uri}: this stage calls http:// on this machine and nothing else; "
            "let a stage variable name the host"
        )
    query = [part for part in (parts.query, request.query) if part]
    query += [
        f"{quote_plus(name)}={quote_plus(value)}"
        for (location, name), value in mapped.items()
        if location == "querystring"
    ]
    return parts._replace(
        netloc=f"{parts.hostname}:{port or 80}", query="&".join(query), path=parts.path or "/"
    )


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _headers(
    target: SplitResult,
    forwarded: Sequence[tuple[str, str]],
    mapped: Mapped,
    variables: Variables,
) -> Pairs:
    own = {name.lower(): (name, value) for (place, name), value in mapped.items()
           if place == "header"}  # fmt: skip
    taken = {"host", "x-amzn-apigateway-api-id", *own}
    kept = [(name, value) for name, value in forwarded if name.lower() not in taken]
    api = str(variables.context.get("apiId"))
    return [("Host", target.netloc), *kept, *own.values(), ("X-Amzn-Apigateway-Api-Id", api)]


async def _exchange(target: SplitResult, method: str, headers: Pairs, body: bytes) -> Answer:
    host, port = target.hostname or "", target.port or 80
    reader, writer = await asyncio.open_connection(host, port)
    try:
        connection = h11.Connection(h11.CLIENT)
        path = target.path + (f"?{target.query}" if target.query else "")
        length = [("Content-Length", str(len(body)))]
        request = h11.Request(
            method=method.encode("ascii", "replace"),
            target=path.encode("ascii", "replace"),
            headers=[
                (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
                for name, value in (*headers, *length, ("Connection", "close"))
                if is_header(name, value)
            ],
        )
        for event in (request, h11.Data(data=body), h11.EndOfMessage()):
            writer.write(connection.send(event) or b"")
        await writer.drain()
        return await _answer(connection, reader)
    finally:
        writer.close()


async def _answer(connection: h11.Connection, reader: asyncio.StreamReader) -> Answer:
    status, headers, body = 0, list[tuple[str, str]](), bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Response):
            status = event.status_code
            headers = [
                (n.decode("latin-1"), v.decode("latin-1")) for n, v in event.headers.raw_items()
            ]
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > _RESPONSE_LIMIT:
                raise _failed(f"the endpoint's answer is above {_RESPONSE_LIMIT} bytes")
        elif isinstance(event, h11.EndOfMessage):
            return Answer(status, tuple(_told(headers)), bytes(body), "http")
        elif isinstance(event, h11.ConnectionClosed):
            raise EOFError("the connection was closed before an answer")


def _told(headers: Pairs) -> Pairs:
    """As recorded: the endpoint's length too arrives under another name."""
    told = treated(headers)
    renamed = [
        (f"x-amzn-Remapped-{name}" if name.lower() == "content-length" else name, value)
        for name, value in told
    ]
    if not any(name.lower() == "content-type" for name, _ in renamed):
        renamed.append(("Content-Type", "application/json"))
    return renamed


def _failed(reason: str) -> GatewayError:
    return GatewayError(Fault.integration_failed(500, reason))
