"""Whether a stage can be judged at all: found out with a request or two, told in one line."""

from __future__ import annotations

import re
import uuid
from urllib.parse import urlsplit

from urllib3.exceptions import (
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    SSLError,
    TimeoutError,
)

from openapi_first.conformance.http.client import Client, reason
from openapi_first.conformance.judging.checks import declared_response
from openapi_first.conformance.model.errors import CannotJudge
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import Options
from openapi_first.conformance.requests.credentials import Credentials
from openapi_first.conformance.requests.parameter_writer import NotSendable
from openapi_first.conformance.requests.request_builder import Builder
from openapi_first.conformance.requests.sampling import NoSample
from openapi_first.openapi.model import Contract, Operation

_MARKS = re.compile(rb"[0-9A-Fa-f][0-9A-Fa-f-]{7,}")
_AWS_HOST = re.compile(r"[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")


def checked_url(url: str) -> str:
    """The base URL, without a slash at its end. Raises CannotJudge for what is none."""
    try:
        parts = urlsplit(url)
        port = parts.port  # raises for what is no number
    except ValueError as error:
        raise CannotJudge(f"{url!r} is no URL: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise CannotJudge(f"{url!r} is no URL of a stage; one is https://…/prod")
    if parts.query or parts.fragment:
        raise CannotJudge(f"{url!r} has a query or a fragment; a base URL ends with the stage")
    if _AWS_HOST.fullmatch(parts.hostname) and not parts.path.strip("/"):
        raise CannotJudge(
            f"{url} names no stage: the stage is the first part of the path, as in "
            f"{url.rstrip('/')}/prod"
        )
    return url.rstrip("/")


def probe(
    contract: Contract, options: Options, client: Client, builder: Builder, credentials: Credentials
) -> None:
    """Raises CannotJudge when there is no stage of this API that takes the key."""
    wanted = [each for each in contract.operations if credentials.wanted(each)]
    _check_given(wanted, options, credentials)
    operations = _harmless(contract, builder)
    if not operations:
        return
    _, request = operations[0]
    first = _asked(client, request, options)
    if first.status in (401, 403) and credentials.wanted(operations[0][0]):
        elsewhere = _asked(client, _unknown(), options)
        if _same(first, elsewhere):
            raise CannotJudge(
                f"{options.url} answers {first.status} to everything: is there such a stage, and "
                "is the API key one of its usage plan?"
            )
        own = credentials.chosen(operations[0][0])
        if set(own) <= {each.scheme for each in options.credentials}:
            raise CannotJudge(
                f"{operations[0][0].id} refuses the credentials of {', '.join(own)} "
                f"({first.status}): are they of this stage, and still good?"
            )
        raise CannotJudge(
            f"the API key is refused ({first.status}): it is wrong, disabled, or in no usage plan "
            "of this stage"
        )
    unknown = _asked(client, _unknown(), options)
    for operation, asked in operations:
        answer = first if asked is request else _asked(client, asked, options)
        if not _same(answer, unknown):
            return
        if declared_response(operation, answer.status) is not None and answer.status < 400:
            return
    raise CannotJudge(
        f"this is another API: {options.url} answers {first.status} to {request.method} "
        f"{request.target} as to a path that nobody has, and so to all of {contract.title}"
    )


def _check_given(wanted: list[Operation], options: Options, credentials: Credentials) -> None:
    """Raises CannotJudge for credentials of no scheme, and for schemes without any."""
    unknown = [
        each.scheme for each in options.credentials if each.scheme not in credentials.schemes
    ]
    if unknown:
        raise CannotJudge(
            f"the contract has no security scheme {', '.join(unknown)}; it has "
            f"{', '.join(credentials.schemes) or 'none'}"
        )
    lacking = dict.fromkeys(name for each in wanted for name in credentials.ungiven(each))
    if options.api_key or not lacking:
        return
    if all(credentials.schemes.get(name, {}).get("type") == "apiKey" for name in lacking):
        raise CannotJudge(f"{wanted[0].id} and others want an API key: give it with --api-key")
    raise CannotJudge(
        f"there are no credentials for {', '.join(lacking)}: name the environment variables that "
        f"hold them, as in --credential {next(iter(lacking))}=VARIABLE"
    )


def _harmless(contract: Contract, builder: Builder) -> list[tuple[Operation, Request]]:
    """A few reads, those without path variables first."""
    found = []
    for operation in contract.operations:
        if operation.method != "GET":
            continue
        values = {
            ("path", parameter.name): str(uuid.uuid4())
            for parameter in operation.parameters
            if parameter.location == "path"
            and parameter.schema.followed().value.get("type") == "string"
        }
        try:
            found.append((operation, builder.request(operation, values)))
        except (NoSample, NotSendable):
            continue
    return sorted(found, key=lambda pair: "{" in pair[0].path)[:5]


def _unknown() -> Request:
    return Request("GET", f"/{uuid.uuid4()}")


def _same(one: Response, other: Response) -> bool:
    """Whether two answers are one, but for ids and times in them."""
    return (one.status, one.media_type, _MARKS.sub(b"", one.body)) == (
        other.status,
        other.media_type,
        _MARKS.sub(b"", other.body),
    )


def _asked(client: Client, request: Request, options: Options) -> Response:
    url = options.url
    for attempt in range(3):
        try:
            return client.send_once(request).response
        except SSLError as error:
            raise CannotJudge(f"{url}: TLS fails: {reason(error)}") from None
        except NameResolutionError:
            raise CannotJudge(f"{url}: no such host as {urlsplit(url).hostname}") from None
        except (NewConnectionError, ProxyError) as error:
            raise CannotJudge(f"{url}: nothing answers there: {reason(error)}") from None
        except TimeoutError:
            raise CannotJudge(f"{url}: no answer within {options.timeout:g} s") from None
        except (HTTPError, OSError) as error:
            if "wrong version number" in str(error).lower() or "SSL" in str(error):
                raise CannotJudge(f"{url}: TLS fails: {reason(error)}") from None
            if attempt == 2:
                raise CannotJudge(f"{url}: no HTTP answer: {reason(error)}") from None
    raise AssertionError
