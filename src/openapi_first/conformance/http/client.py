"""Sends requests to a stage without changing them, and reads the responses."""

from __future__ import annotations

import logging
import re
import ssl
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
import urllib3
from urllib3.exceptions import (
    DecodeError,
    HeaderParsingError,
    HTTPError,
    InvalidHeader,
    ProtocolError,
    TimeoutError,
)

from openapi_first.conformance.http.interrupts import Interrupts
from openapi_first.conformance.http.pacing import Pace
from openapi_first.conformance.http.placeholders import filled_in, hidden
from openapi_first.conformance.model.errors import CannotJudge, ConnectionLost, MalformedResponse
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import Options

_ATTEMPTS = 3
_THROTTLED_ATTEMPTS = 6
_LONGEST_PAUSE = 30.0
_SSL = re.compile(r"\[SSL[^\]]*\] ?| ?\(_ssl\.c:\d+\)")
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})


@dataclass(frozen=True)
class Received:
    """A response, the seconds that the last attempt took, and the number of lost connections."""

    response: Response
    seconds: float
    resets: int


def reason(error: BaseException) -> str:
    """The innermost reason of an error from urllib3, as one phrase."""
    inner = next((each for each in error.args[::-1] if isinstance(each, BaseException)), None)
    if inner is not None:
        return reason(inner)
    text = _SSL.sub("", str(error))
    if "Errno" in text:
        return text[text.index("[Errno") :].strip(")")
    return text.rpartition(": ")[2].strip("()'\" ")


class _HeaderErrors(logging.Handler):
    """Takes what urllib3 logs, with a traceback, about headers that it leaves out."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.args, tuple) and isinstance(record.args[-1], HeaderParsingError):
            self.found = [f"a line is not a header: {record.args[-1]}"]


def described(error: BaseException) -> str:
    """What is wrong with a malformed response: the innermost error with its type."""
    inner = next((each for each in error.args[::-1] if isinstance(each, BaseException)), None)
    return described(inner) if inner is not None else f"{type(error).__name__}: {error}"


def is_malformed(error: HTTPError | OSError) -> bool:
    """Whether a response has arrived that is not HTTP, or ends before its length. A connection that
    ends without a response is lost."""
    if not isinstance(error, ProtocolError | DecodeError | InvalidHeader):
        return False
    return not any(isinstance(each, OSError) for each in error.args)


def safe_to_repeat(request: Request) -> bool:
    """Whether the request is idempotent (RFC 9110 §9.2.2). A write with a precondition is not: its
    first attempt may make the second one fail."""
    if request.method == "POST":
        return request.header("Idempotency-Key") is not None
    if request.method in ("PUT", "DELETE"):
        return request.header("If-Match") is None
    return request.method in _IDEMPOTENT


class Client:
    """Talks to one stage over persistent connections. `noted` gets lines for the user."""

    def __init__(self, options: Options, noted: Callable[[str], None]) -> None:
        self._base = options.url.rstrip("/")
        parts = urlsplit(self._base)
        self._prefix = parts.path
        self._secrets = options.secrets
        self.interrupts = Interrupts()
        self._pace = Pace(options.rate, options.burst, sleep=self.interrupts.sleep)
        self._quota = options.quota
        self._timeout = options.timeout
        self._noted = noted
        self.sent = 0
        self.resets = 0
        self.throttled = 0
        self._header_errors = _HeaderErrors()
        logging.getLogger("urllib3.connection").addHandler(self._header_errors)
        self._pool = _pool(options, parts.scheme, parts.hostname or "", parts.port)

    def close(self) -> None:
        self._pool.close()
        logging.getLogger("urllib3.connection").removeHandler(self._header_errors)

    def send(self, request: Request) -> Received:
        """Repeats the request as long as that is safe. Raises ConnectionLost, MalformedResponse,
        CannotJudge."""
        for attempt in range(_THROTTLED_ATTEMPTS):
            received = self._attempts(request)
            if received.response.status != 429:
                return received
            self.throttled += 1
            self._pace.back_off()
            if attempt + 1 < _THROTTLED_ATTEMPTS:
                pause = _pause(received.response, attempt)
                self._noted(f"429: waiting {pause:g} s")
                self.interrupts.sleep(pause)
        raise CannotJudge(
            "the stage keeps answering 429: the usage plan's quota is used up, or other clients "
            "use its rate; try again later or with a lower --rate"
        )

    def send_once(self, request: Request) -> Received:
        """Makes one attempt. Raises urllib3's errors, CannotJudge."""
        if self._quota is not None and self.sent >= self._quota:
            raise CannotJudge(f"the quota of {self._quota} requests is used up")
        self._pace.wait()
        self.sent += 1
        started = time.perf_counter()
        received = self._pool.urlopen(
            request.method,
            filled_in(self._prefix + request.target, self._secrets),
            body=request.body,
            headers=urllib3.HTTPHeaderDict(
                [(name, filled_in(value, self._secrets)) for name, value in request.headers]
            ),
            redirect=False,
            retries=False,
            assert_same_host=False,
        )
        if self._header_errors.found:
            raise InvalidHeader(self._header_errors.found.pop())
        headers = tuple(
            (name, hidden(value.encode("utf-8"), self._secrets).decode("utf-8"))
            for name, value in received.headers.iteritems()
        )
        response = Response(received.status, headers, hidden(received.data, self._secrets))
        return Received(response, time.perf_counter() - started, 0)

    def _attempts(self, request: Request) -> Received:
        lost = 0
        while True:
            try:
                received = self.send_once(request)
                return Received(received.response, received.seconds, lost)
            except TimeoutError:
                raise ConnectionLost(f"no response within {self._timeout:g} s") from None
            except (HTTPError, OSError) as error:
                failure = error
            lost += 1
            self.resets += 1
            if safe_to_repeat(request) and lost < _ATTEMPTS:
                self.interrupts.sleep(0.05 * lost)
            elif is_malformed(failure):
                raise MalformedResponse(described(failure)) from None
            elif not safe_to_repeat(request) or self.responds():
                raise ConnectionLost(reason(failure)) from None
            else:
                raise CannotJudge(f"connections to {self._base} keep failing: {reason(failure)}")

    def responds(self) -> bool:
        """Whether the stage responds to another request: it is not the whole stage that fails."""
        try:
            self.send_once(Request("GET", f"/{uuid.uuid4().hex}"))
        except (HTTPError, OSError) as error:
            return is_malformed(error)
        return True


def _pause(response: Response, attempt: int) -> float:
    try:
        wanted = float(response.header("Retry-After") or "")
    except ValueError:
        wanted = 0.5 * 2**attempt
    return min(_LONGEST_PAUSE, float(max(wanted, 0.5 * 2.0**attempt)))


def _pool(options: Options, scheme: str, host: str, port: int | None) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(total=options.timeout)
    proxy = None if proxy_bypass(host) else getproxies().get(scheme)
    context = None
    if scheme == "https":
        roots = options.verify if isinstance(options.verify, str) else certifi.where()
        context = ssl.create_default_context(cafile=roots)
        if options.verify is False:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
    manager = (
        urllib3.PoolManager(timeout=timeout, ssl_context=context)
        if proxy is None
        else urllib3.ProxyManager(proxy, timeout=timeout, ssl_context=context)
    )
    return manager.connection_from_host(host, port, scheme)
