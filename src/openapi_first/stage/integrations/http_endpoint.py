"""The HTTP endpoint of an integration: where it is, and one exchange with it.

AWS: setup-http-integrations, set-up-private-integration. A laptop must not call whatever host a
document names: only this machine is called, and the upstreams that the user names. Any other host
is a 500 here, with the reason in the log.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, quote, quote_plus, urlsplit

import h11

from openapi_first.aws.names import STAGE_VARIABLE
from openapi_first.aws.quotas import PAYLOAD_BYTES
from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.integrations.streams import timed
from openapi_first.stage.mapping.headers import Headers, is_header
from openapi_first.stage.mapping.integration_request import Mapped
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.response import StageResponse

_STAGE_VARIABLE = re.compile(rf"\$\{{stageVariables\.({STAGE_VARIABLE.pattern})\}}")
_UNFILLED = re.compile(r"\{[^{}]*\}")
_VARIABLE_HOST = re.compile(r"https?://[^/]*(?<!\$)\{")
_PORTS = {"http": 80, "https": 443}
_SENT_AS_IT_IS = bytes(range(0x21, 0x7F))
_STATUSES = range(200, 600)


class NotCalled(ValueError):
    """This stage does not call the endpoint; the message says why."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`address` is called; `host` is the value of the header."""

    address: SplitResult
    host: str

    def __str__(self) -> str:
        return self.address.netloc


def endpoint_of(
    uri: str, stage_variables: Mapping[str, str], upstreams: Mapping[str, str]
) -> Endpoint:
    """Where the requests to a URI go. Its own variables may be unfilled. Raises NotCalled."""
    uri = _STAGE_VARIABLE.sub(lambda found: stage_variables.get(found[1], found[0]), uri)
    missing = dict.fromkeys(found[1] for found in _STAGE_VARIABLE.finditer(uri))
    if missing:
        options = " ".join(f"--variable {name}=VALUE" for name in missing)
        raise NotCalled(f"{uri}: stage variables in it have no value: {options}")
    try:
        parts = urlsplit(uri)
        port = parts.port or _PORTS.get(parts.scheme, 0)
        for named, address in upstreams.items():
            rest = _below(parts, urlsplit(named))
            if rest is not None:
                target = urlsplit(address)
                path = target.path.rstrip("/") + rest
                return Endpoint(target._replace(path=path or "/", query=parts.query), parts.netloc)
    except ValueError as error:
        raise NotCalled(f"{uri}: {error}") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise NotCalled(f"{uri!r} is not a URI of HTTP, such as http://127.0.0.1:8080/path")
    if parts.scheme != "http" or not _loopback(parts.hostname):
        # Without the path: the endpoints of one host are one warning.
        where = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        raise NotCalled(
            f"this stage only calls http:// on this machine; say where {where} is: "
            f"--upstream {where}=http://127.0.0.1:PORT"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    netloc = f"{host}:{port}"
    return Endpoint(parts._replace(netloc=netloc, path=parts.path or "/"), netloc)


def check_endpoint(
    uri: str, stage_variables: Mapping[str, str], upstreams: Mapping[str, str]
) -> None:
    """Raises NotCalled for an endpoint that no request can reach. Which host a request parameter
    fills is not known before the request."""
    if _VARIABLE_HOST.match(uri) is None:
        endpoint_of(uri, stage_variables, upstreams)


def _below(parts: SplitResult, named: SplitResult) -> str | None:
    """The path below an upstream's; None if the URI is not below it."""
    ports = [each.port or _PORTS.get(each.scheme) for each in (parts, named)]
    if (parts.scheme, parts.hostname, ports[0]) != (named.scheme, named.hostname, ports[1]):
        return None
    prefix = named.path.rstrip("/")
    if parts.path != prefix and not parts.path.startswith(f"{prefix}/"):
        return None
    return parts.path[len(prefix) :]


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def filled_endpoint(request: MethodRequest, mapped: Mapped, query: str) -> Endpoint:
    """The endpoint with the mapped path and query parameters, and a query string before them.

    Raises the gateway's 500 if it is not called, or a variable of its path has no value.
    """
    uri = request.integration.uri
    for (location, name), value in mapped.items():
        if location == "path":
            # Path parameters stay as the client encoded them; a greedy one keeps its slashes.
            uri = uri.replace(f"{{{name}}}", quote(value, safe="%/:@!$&'()*+,;=~-._"))
    try:
        endpoint = endpoint_of(uri, request.stage_variables, request.settings.upstreams)
    except NotCalled as error:
        raise _failed(str(error)) from error
    unfilled = _UNFILLED.search(endpoint.address.geturl())
    if unfilled is not None:
        raise _failed(f"{uri}: no request parameter fills {unfilled[0]}")
    parts = [part for part in (endpoint.address.query, query) if part]
    parts += [
        f"{quote_plus(name)}={quote_plus(value)}"
        for (location, name), value in mapped.items()
        if location == "querystring"
    ]
    return Endpoint(endpoint.address._replace(query="&".join(parts)), endpoint.host)


async def exchange(
    request: MethodRequest, endpoint: Endpoint, headers: Headers, body: bytes
) -> StageResponse:
    """The endpoint's response, as it is. Raises the gateway's 500 or 504 in its place.

    One that streams has its body in `stream`.
    """
    integration = request.integration
    method = request.sent.method if integration.http_method == "ANY" else integration.http_method
    seconds = integration.timeout_seconds
    end = asyncio.get_running_loop().time() + seconds
    received = _exchange(endpoint.address, method, headers, body)
    try:
        async with asyncio.timeout_at(end):
            head = await anext(received)
            assert isinstance(head, StageResponse)
            if integration.streams:
                return replace(head, stream=timed(_data(received), end))
            async with aclosing(_data(received)) as parts:
                whole = bytearray()
                async for data in parts:
                    whole += data
                    if len(whole) > PAYLOAD_BYTES.limit:
                        raise _failed(
                            f"the endpoint's response is larger than {PAYLOAD_BYTES.limit} bytes"
                        )
            return replace(head, body=bytes(whole))
    except TimeoutError:
        await received.aclose()
        reason = f"{endpoint}: no response within {seconds:g} seconds"
        raise GatewayError.integration_timeout(reason) from None
    except (OSError, h11.ProtocolError, EOFError) as error:
        raise GatewayError.endpoint_unreachable(f"{endpoint}: {error}") from error


async def _data(received: AsyncGenerator[StageResponse | bytes]) -> AsyncGenerator[bytes]:
    async with aclosing(received):
        async for part in received:
            assert isinstance(part, bytes)
            yield part


async def _exchange(
    target: SplitResult, method: str, headers: Headers, body: bytes
) -> AsyncGenerator[StageResponse | bytes]:
    """The head of the response, then its body in parts; closes the connection at the end."""
    host, port = target.hostname or "", target.port or _PORTS[target.scheme]
    secure = True if target.scheme == "https" else None
    reader, writer = await asyncio.open_connection(host, port, ssl=secure)
    try:
        connection = h11.Connection(h11.CLIENT)
        path = target.path + (f"?{target.query}" if target.query else "")
        length = [("Content-Length", str(len(body)))]
        request = h11.Request(
            method=method.encode("ascii", "replace"),
            target=quote(path, safe=_SENT_AS_IT_IS).encode("ascii"),
            headers=[
                (name.encode("ascii"), _encoded(value))
                for name, value in (*headers, *length, ("Connection", "close"))
                if is_header(name, value)
            ],
        )
        for event in (request, h11.Data(data=body), h11.EndOfMessage()):
            writer.write(connection.send(event) or b"")
        await writer.drain()
        async for received in _received(connection, reader):
            yield received
    finally:
        writer.close()


def _encoded(value: str) -> bytes:
    """Values of the client's headers are Latin-1; a mapped one may have any character."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace")


async def _received(
    connection: h11.Connection, reader: asyncio.StreamReader
) -> AsyncIterator[StageResponse | bytes]:
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            data = await reader.read(65536)
            if not data and connection.their_state is h11.SEND_RESPONSE:
                raise EOFError("the connection was closed before a response")
            connection.receive_data(data)
        elif isinstance(event, h11.Response):
            if event.status_code not in _STATUSES:
                raise h11.RemoteProtocolError(f"{event.status_code} is not a status of HTTP")
            headers = [
                (n.decode("latin-1"), v.decode("latin-1")) for n, v in event.headers.raw_items()
            ]
            yield StageResponse(event.status_code, tuple(headers), b"", "http")
        elif isinstance(event, h11.Data):
            yield bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            return


def _failed(reason: str) -> GatewayError:
    return GatewayError.integration_failed(500, reason)
