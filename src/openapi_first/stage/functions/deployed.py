"""A function deployed on AWS, invoked with the user's credentials (AWS Lambda: API_Invoke).

So an import document can be tried with a deployed function before a gateway has it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from openapi_first.sdk.session import session
from openapi_first.stage.messages.invoker import (
    FunctionFailed,
    FunctionThrottled,
    InitError,
    InvocationResult,
    InvokerError,
)
from openapi_first.stage.messages.turns import in_turn

_LONGEST = 900
"""Seconds that a function may run."""


class DeployedFunction:
    """An invoker of one deployed function, by its name, its ARN, or either with `:alias`.

    Credentials and region are those of every command, the endpoint is the one that boto3 finds.
    `concurrency` is the most invocations at a time; others wait.
    """

    def __init__(self, name: str, *, concurrency: int = 4) -> None:
        self.name = name
        self._calls = ThreadPoolExecutor(concurrency, thread_name_prefix="stage-deployed")
        self._concurrency = concurrency
        self._client: Any = None

    async def start(self) -> None:
        """Check that the function exists and may be invoked, without running it.

        Raises InitError with Lambda's reason.
        """
        try:
            await in_turn(self._calls, self._check)
        except InvokerError as error:
            raise InitError(str(error)) from error

    async def invoke(self, event: bytes) -> InvocationResult:
        """Run the function; if it fails, times out or dies, that is a function error.

        Raises FunctionThrottled, or InvokerError if it cannot be started for another reason.
        """
        return await in_turn(self._calls, self._invoke, event)

    async def stream(self, event: bytes) -> AsyncGenerator[bytes]:
        """What the function streams, in parts (AWS Lambda: API_InvokeWithResponseStream).

        Raises FunctionFailed, FunctionThrottled, or InvokerError for another reason.
        """
        events = await in_turn(self._calls, self._open_stream, event)
        try:
            while (part := await in_turn(self._calls, self._next, events)) is not None:
                yield part
        finally:
            events.close()

    async def __aenter__(self) -> DeployedFunction:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._calls.shutdown(wait=False, cancel_futures=True)
        if self._client is not None:
            self._client.close()

    def _check(self) -> None:
        self._connect()
        self._call_lambda("invoke", InvocationType="DryRun")

    def _invoke(self, event: bytes) -> InvocationResult:
        response = self._call_lambda("invoke", InvocationType="RequestResponse", Payload=event)
        return InvocationResult(response["Payload"].read(), "FunctionError" in response)

    def _open_stream(self, event: bytes) -> Any:
        return self._call_lambda("invoke_with_response_stream", Payload=event)["EventStream"]

    def _next(self, events: Any) -> bytes | None:
        """The next part; None at the end."""
        with self._errors():
            for each in events:
                if "PayloadChunk" in each:
                    return bytes(each["PayloadChunk"]["Payload"])
                if "InvokeComplete" in each:
                    complete = each["InvokeComplete"]
                    if "ErrorCode" not in complete:
                        return None
                    details = complete.get("ErrorDetails", "")
                    raise FunctionFailed(f"{complete['ErrorCode']}: {details}")
        raise InvokerError(f"{self.name}: the connection ended before the response was whole")

    def _connect(self) -> None:
        from botocore.config import Config  # only needed for deployed functions
        from botocore.exceptions import BotoCoreError

        # No retries: they would run the function twice, which API Gateway never does, and hide
        # that Lambda throttles.
        config = Config(
            read_timeout=_LONGEST + 5,
            retries={"total_max_attempts": 1},
            max_pool_connections=self._concurrency,
        )
        try:
            self._client = session().client("lambda", config=config)
        except (BotoCoreError, ValueError) as error:  # ValueError: an empty region or endpoint
            raise InvokerError(f"{self.name}: {error}") from error

    def _call_lambda(self, action: str, **arguments: Any) -> dict[str, Any]:
        with self._errors():
            call = getattr(self._client, action)
            response: dict[str, Any] = call(FunctionName=self.name, **arguments)
            return response

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Lambda's errors as those of an invoker."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            kind = FunctionThrottled if code == "TooManyRequestsException" else InvokerError
            raise kind(f"{self.name}: {error}") from error
        except BotoCoreError as error:
            raise InvokerError(f"{self.name}: {error}") from error
