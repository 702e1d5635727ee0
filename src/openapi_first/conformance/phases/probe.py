"""Finds out with a request or two whether a stage can be judged."""

from __future__ import annotations

import re
import socket
import time
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

from urllib3.exceptions import (
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    SSLError,
    TimeoutError,
)

from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.http.client import Client, described, is_malformed, reason
from openapi_first.conformance.model.declarations import declared_response
from openapi_first.conformance.model.errors import (
    CannotJudge,
    ConnectionLost,
    MalformedResponse,
)
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import Options
from openapi_first.conformance.requests.parameter_writer import NotSendable
from openapi_first.openapi.model import Operation
from openapi_first.samples.sampling import NoSample

_IDS_AND_TIMES = re.compile(rb"[0-9A-Fa-f][0-9A-Fa-f-]{7,}")
_AWS_HOST = re.compile(r"[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
_MOST_READS = 5
MOST_REQUESTS = _MOST_READS + 1
_ATTEMPTS = 3


def checked_url(url: str) -> str:
    """The base URL without a trailing slash. Raises CannotJudge if it cannot be a stage's."""
    try:
        parts = urlsplit(url)
        port = parts.port  # raises ValueError if it is not a number
    except ValueError as error:
        raise CannotJudge(f"{url!r} is not a URL: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise CannotJudge(f"{url!r} is not the URL of a stage (such as https://…/prod)")
    if parts.query or parts.fragment:
        raise CannotJudge(f"{url!r} has a query or a fragment; a base URL ends with the stage")
    if _AWS_HOST.fullmatch(parts.hostname) and not parts.path.strip("/"):
        raise CannotJudge(
            f"{url} does not name a stage: add it as the first part of the path, as in "
            f"{url.rstrip('/')}/prod"
        )
    return url.rstrip("/")


def wait_for_stage(options: Options, sleep: Callable[[float], None]) -> None:
    """Returns when something listens at the URL, at the latest after `options.wait` seconds."""
    parts, end = urlsplit(options.url), time.monotonic() + options.wait
    port = parts.port or (443 if parts.scheme == "https" else 80)
    while time.monotonic() < end:
        try:
            socket.create_connection((parts.hostname or "", port), options.timeout).close()
        except OSError:
            sleep(0.05)
        else:
            return


def probe(setup: Setup, client: Client) -> None:
    """Raises CannotJudge if the URL does not lead to a stage of this API that accepts the
    credentials; MalformedResponse, ConnectionLost if a response does not show that."""
    options, credentials = setup.options, setup.credentials
    _check_credentials(setup)
    reads = _harmless_reads(setup)
    if not reads:
        return
    operation, request = reads[0]
    first = _response(client, request, setup)
    if options.read_only and first.status < 400:
        return  # an unknown path would be counted among the errors of a stage in production
    unknown = _response(client, Request("GET", f"/{uuid.uuid4()}"), setup)
    if first.status in (401, 403) and credentials.required(operation):
        raise _refusal(setup, operation, first, unknown)
    for operation, each in reads:
        response = first if each is request else _response(client, each, setup)
        if not _same(response, unknown):
            return
        if declared_response(operation, response.status) is not None and response.status < 400:
            return
    raise CannotJudge(
        f"this is another API: {options.url} answers {first.status} to {request.method} "
        f"{request.target} as it does to an unknown path, and likewise to other operations of "
        f"{setup.contract.title}"
    )


def _refusal(setup: Setup, operation: Operation, first: Response, unknown: Response) -> CannotJudge:
    """Why a stage refuses the credentials of an operation."""
    if _same(first, unknown):
        return CannotJudge(
            f"{setup.options.url} answers {first.status} to every request: check that the stage "
            "exists and that the API key is in its usage plan"
        )
    schemes = setup.credentials.chosen_schemes(operation)
    if set(schemes) <= {each.scheme for each in setup.options.credentials}:
        return CannotJudge(
            f"{operation.id} refuses the credentials of {', '.join(schemes)} "
            f"({first.status}): check that they belong to this stage and have not expired"
        )
    for name in setup.credentials.missing(operation):
        if setup.credentials.schemes.get(name, {}).get("type") != "apiKey":
            return CannotJudge(
                f"{operation.id} refuses the API key for {name} ({first.status}): pass the "
                f"credential of {name} with --credential {name}=VARIABLE"
            )
    return CannotJudge(
        f"the API key is refused ({first.status}): it is wrong, disabled, or not in a usage "
        "plan of this stage"
    )


def _check_credentials(setup: Setup) -> None:
    """Raises CannotJudge for credentials of unknown schemes and for schemes without any."""
    options, credentials = setup.options, setup.credentials
    unknown = [
        each.scheme for each in options.credentials if each.scheme not in credentials.schemes
    ]
    if unknown:
        raise CannotJudge(
            f"the contract does not have the security scheme {', '.join(unknown)}; it has "
            f"{', '.join(credentials.schemes) or 'none'}"
        )
    protected = [each for each in setup.contract.operations if credentials.required(each)]
    missing = dict.fromkeys(name for each in protected for name in credentials.missing(each))
    if options.api_key or not missing:
        return
    if all(credentials.schemes.get(name, {}).get("type") == "apiKey" for name in missing):
        raise CannotJudge(
            f"{protected[0].id} and other operations require an API key: pass it with --api-key"
        )
    raise CannotJudge(
        f"credentials for {', '.join(missing)} are missing: name the environment variables that "
        f"hold them, as in --credential {next(iter(missing))}=VARIABLE"
    )


def _harmless_reads(setup: Setup) -> list[tuple[Operation, Request]]:
    """A few reads, those without path variables first."""
    found = []
    for operation in setup.contract.operations:
        if operation.method != "GET":
            continue
        values = {
            ("path", parameter.name): str(uuid.uuid4())
            for parameter in operation.parameters
            if parameter.location == "path"
            and parameter.schema.followed().value.get("type") == "string"
        }
        try:
            found.append((operation, setup.builder.request(operation, values)))
        except (NoSample, NotSendable):
            continue
    return sorted(found, key=lambda pair: "{" in pair[0].path)[:_MOST_READS]


def _same(one: Response, other: Response) -> bool:
    """Whether two responses are equal except for ids and times in their bodies."""
    return (one.status, one.media_type, _IDS_AND_TIMES.sub(b"", one.body)) == (
        other.status,
        other.media_type,
        _IDS_AND_TIMES.sub(b"", other.body),
    )


def _response(client: Client, request: Request, setup: Setup) -> Response:
    url = setup.options.url
    for attempt in range(_ATTEMPTS):
        try:
            return client.send_once(request).response
        except SSLError as error:
            raise CannotJudge(f"{url}: TLS fails: {reason(error)}") from None
        except NameResolutionError:
            raise CannotJudge(f"{url}: the host {urlsplit(url).hostname} does not exist") from None
        except (NewConnectionError, ProxyError) as error:
            raise CannotJudge(f"{url}: cannot connect: {reason(error)}") from None
        except TimeoutError:
            raise CannotJudge(f"{url}: no response within {setup.options.timeout:g} s") from None
        except (HTTPError, OSError) as error:
            if attempt + 1 == _ATTEMPTS:
                raise _no_response(error, client, url) from None
    raise AssertionError


def _no_response(error: HTTPError | OSError, client: Client, url: str) -> Exception:
    """Whether the stage cannot be judged at all, or only this request."""
    if "wrong version number" in str(error).lower() or "SSL" in str(error):
        return CannotJudge(f"{url}: TLS fails: {reason(error)}")
    if is_malformed(error):
        return MalformedResponse(described(error))
    if client.responds():
        return ConnectionLost(reason(error))
    return CannotJudge(f"{url}: no HTTP response: {reason(error)}")
