"""HTTP proxy integrations, to a server on this machine and to no other.

AWS: setup-http-integrations, known issues. Request and response pass through, except the headers
that the gateway keeps for itself. A laptop must not call whatever host a document names: any other
host is a 500 here, with the reason in the log.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from urllib.parse import SplitResult, quote, quote_plus, urlsplit

import h11

from openapi_first.aws.names import STAGE_VARIABLE
from openapi_first.aws.quotas import PAYLOAD_BYTES
from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.api.rest_api import Location
from openapi_first.stage.integrations.headers import (
    Headers,
    forwarded_headers,
    is_header,
    returned_headers,
)
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.mapping_expressions import evaluate
from openapi_first.stage.messages.response import StageResponse

_STAGE_VARIABLE = re.compile(rf"\$\{{stageVariables\.({STAGE_VARIABLE.pattern})\}}")
_UNFILLED = re.compile(r"\{[^{}]*\}")

_Mapped = dict[tuple[Location, str], str]
"""The values of the integration's request parameters, by location and name."""


async def respond(request: MethodRequest) -> StageResponse:
    """The endpoint's response, or the gateway's 500 or 504 in its place."""
    integration, variables = request.integration, request.variables
    mapped: _Mapped = {
        (location, name): value
        for location, name, expression in integration.request_parameters
        if (value := evaluate(expression, variables)) is not None
    }
    target = _target(request, mapped)
    method = request.sent.method if integration.http_method == "ANY" else integration.http_method
    headers = _headers(request, target, mapped)
    seconds = integration.timeout_seconds
    try:
        async with asyncio.timeout(seconds):
            return await _exchange(target, method, headers, request.sent.body)
    except TimeoutError:
        reason = f"{target.netloc}: no response within {seconds:g} seconds"
        raise GatewayError.integration_timeout(reason) from None
    except (OSError, h11.ProtocolError, EOFError) as error:
        raise GatewayError.endpoint_unreachable(f"{target.netloc}: {error}") from error


def _target(request: MethodRequest, mapped: _Mapped) -> SplitResult:
    def stage_variable(match: re.Match[str]) -> str:
        return request.stage_variables.get(match[1], match[0])

    uri = _STAGE_VARIABLE.sub(stage_variable, request.integration.uri)
    for (location, name), value in mapped.items():
        if location == "path":
            # Path parameters stay as the client encoded them; a greedy one keeps its slashes.
            filled = quote(value, safe="%/:@!$&'()*+,;=~-._")
            uri = uri.replace(f"{{{name}}}", filled)
    unfilled = _UNFILLED.search(uri)
    if unfilled is not None:
        raise _failed(f"{uri}: no request parameter fills {unfilled[0]}")
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError as error:
        raise _failed(f"{uri}: {error}") from error
    if parts.scheme != "http" or not _loopback(parts.hostname or ""):
        raise _failed(
            f"{uri}: this stage only calls http:// on this machine; "
            "let a stage variable name the host, and set it by `contract serve --document`"
        )
    query = [part for part in (parts.query, request.sent.query) if part]
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


def _headers(request: MethodRequest, target: SplitResult, mapped: _Mapped) -> Headers:
    own = {
        name.lower(): (name, value)
        for (location, name), value in mapped.items()
        if location == "header"
    }
    replaced = {"host", "x-amzn-apigateway-api-id", *own}
    return [
        ("Host", target.netloc),
        *(pair for pair in forwarded_headers(request) if pair[0].lower() not in replaced),
        *own.values(),
        ("X-Amzn-Apigateway-Api-Id", request.settings.api_id),
    ]


async def _exchange(
    target: SplitResult, method: str, headers: Headers, body: bytes
) -> StageResponse:
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
        return await _read_response(connection, reader)
    finally:
        writer.close()


async def _read_response(connection: h11.Connection, reader: asyncio.StreamReader) -> StageResponse:
    status, headers, body = 0, Headers(), bytearray()
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
            if len(body) > PAYLOAD_BYTES.limit:
                raise _failed(f"the endpoint's response is larger than {PAYLOAD_BYTES.limit} bytes")
        elif isinstance(event, h11.EndOfMessage):
            return StageResponse(status, tuple(_returned(headers)), bytes(body), "http")
        elif isinstance(event, h11.ConnectionClosed):
            raise EOFError("the connection was closed before a response")


def _returned(headers: Headers) -> Headers:
    """As recorded: the endpoint's length is renamed too."""
    returned = [
        (f"x-amzn-Remapped-{name}" if name.lower() == "content-length" else name, value)
        for name, value in returned_headers(headers)
    ]
    if not any(name.lower() == "content-type" for name, _ in returned):
        returned.append(("Content-Type", "application/json"))
    return returned


def _failed(reason: str) -> GatewayError:
    return GatewayError.integration_failed(500, reason)
