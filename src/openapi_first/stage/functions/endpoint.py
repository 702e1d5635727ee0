"""A function behind a URL: the Runtime Interface Emulator, or another server with Lambda's Invoke.

AWS Lambda: API_Invoke; aws-lambda-runtime-interface-emulator. The emulator reports less than
Lambda: a failed invocation is a 200 without X-Amz-Function-Error, a timeout a 200 of plain text.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from urllib.parse import quote, urlsplit

from openapi_first.stage.messages.invoker import InvocationResult, InvokerError
from openapi_first.stage.messages.turns import in_turn

_LONGEST = 900.0
"""Seconds that a function may run, on AWS and in the emulator."""
_TIMED_OUT = b"Task timed out after "


class FunctionEndpoint:
    """An invoker of one function behind an endpoint, one invocation at a time.

    The emulator has one execution environment and refuses a second invocation meanwhile; here the
    second one waits. `endpoint_url` is `http://host:port`; anything else raises ValueError.
    """

    def __init__(self, endpoint_url: str, *, function_name: str = "function") -> None:
        parts = urlsplit(endpoint_url)
        if parts.scheme != "http" or not parts.hostname or parts.path.strip("/"):
            raise ValueError(f"{endpoint_url!r} is not of the form http://host:port")
        self.url = f"http://{parts.netloc}"
        self._address = (parts.hostname, parts.port or 80)
        self._path = f"/2015-03-31/functions/{quote(function_name, safe='')}/invocations"
        # A thread, since the standard library's client blocks; only one, since the emulator does.
        self._turns = ThreadPoolExecutor(max_workers=1, thread_name_prefix="stage-endpoint")
        self._connection: http.client.HTTPConnection | None = None

    async def invoke(self, event: bytes) -> InvocationResult:
        """Run the function; if it fails, times out or dies, that is a function error.

        Raises InvokerError if there is no response, or not one of Lambda.
        """
        # Cancelled, it still blocks the next one: the emulator is busy until the function ends.
        status, failed, payload = await in_turn(self._turns, self._post, event)
        if status == 200:
            return InvocationResult(payload, failed or _describes_failure(payload))
        if _describes_failure(payload):  # the function cannot be loaded: 502
            return InvocationResult(payload, True)
        text = payload[:500].decode("utf-8", "replace")
        raise InvokerError(f"{self.url} responded with {status}: {text}")

    def _post(self, event: bytes) -> tuple[int, bool, bytes]:
        connection = http.client.HTTPConnection(*self._address, timeout=_LONGEST + 5)
        self._connection = connection
        try:
            connection.request("POST", self._path, event, {"Content-Type": "application/json"})
            response = connection.getresponse()
            failed = response.getheader("X-Amz-Function-Error") is not None
            return response.status, failed, response.read()
        except (OSError, http.client.HTTPException) as error:
            reason = str(error) or type(error).__name__
            raise InvokerError(f"no function responds at {self.url}: {reason}") from error
        finally:
            self._connection = None
            connection.close()

    def close(self) -> None:
        """Stop waiting for a response, if one is still to come."""
        self._turns.shutdown(wait=False, cancel_futures=True)
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    async def __aenter__(self) -> FunctionEndpoint:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _describes_failure(payload: bytes) -> bool:
    """Whether a payload is the emulator's report of a failure, not the function's result."""
    if payload.startswith(_TIMED_OUT):
        return True
    if b'"errorMessage"' not in payload:  # nearly always; saves parsing the result twice
        return False
    try:
        result = json.loads(payload)
    except (ValueError, RecursionError):
        return False
    return isinstance(result, dict) and "errorMessage" in result
