"""A function deployed on AWS, invoked as its caller's credentials allow (AWS Lambda: API_Invoke).

The stage decides what reaches it, and it runs where it will run: an import document can be tried
against a deployed function before any gateway has it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, TypeVar

from openapi_first.stage.messages.invoker import (
    FunctionThrottled,
    InitError,
    InvocationResult,
    InvokerError,
)

_Result = TypeVar("_Result")

_LONGEST = 900
"""Seconds that a function may run at most."""


class DeployedFunction:
    """An invoker of one deployed function, by its name, its ARN, or either with `:alias`.

    Credentials, region and endpoint are those that boto3 finds, as for any AWS command.
    """

    def __init__(self, name: str, *, concurrency: int = 4) -> None:
        """`concurrency` is the most invocations at a time; others wait for their turn."""
        self.name = name
        self._calls = ThreadPoolExecutor(concurrency, thread_name_prefix="stage-deployed")
        self._concurrency = concurrency
        self._client: Any = None

    async def start(self) -> None:
        """Ask Lambda whether the function is there and may be invoked; it does not run.

        Raises InitError with Lambda's reason.
        """
        try:
            await self._called(self._check)
        except InvokerError as error:
            raise InitError(str(error)) from error

    async def invoke(self, event: bytes) -> InvocationResult:
        """Run the function; an error of its own, a timeout or its death is a function error.

        Raises FunctionThrottled, or InvokerError for whatever else keeps it from being started.
        """
        return await self._called(self._invoke, event)

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

    async def _called(self, call: Callable[..., _Result], *arguments: object) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._calls, call, *arguments)

    def _check(self) -> None:
        self._connect()
        self._ask(InvocationType="DryRun")

    def _invoke(self, event: bytes) -> InvocationResult:
        answer = self._ask(InvocationType="RequestResponse", Payload=event)
        payload = answer["Payload"].read()
        return InvocationResult(payload, "FunctionError" in answer)

    def _connect(self) -> None:
        import boto3  # a stage that runs its function here does without
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        # An invocation that is sent again would run the function twice, which API Gateway never
        # does, and hide that Lambda throttles.
        config = Config(
            read_timeout=_LONGEST + 5,
            retries={"total_max_attempts": 1},
            max_pool_connections=self._concurrency,
        )
        try:
            self._client = boto3.client("lambda", config=config)
        except (BotoCoreError, ValueError) as error:  # ValueError: an empty region or endpoint
            raise InvokerError(f"{self.name}: {error}") from error

    def _ask(self, **arguments: Any) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = self._client.invoke(FunctionName=self.name, **arguments)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            kind = FunctionThrottled if code == "TooManyRequestsException" else InvokerError
            raise kind(f"{self.name}: {error}") from error
        except BotoCoreError as error:
            raise InvokerError(f"{self.name}: {error}") from error
        return answer
