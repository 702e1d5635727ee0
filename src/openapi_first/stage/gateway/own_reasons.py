"""More about a refused body than API Gateway says, for the terminal and the console only.

Nothing of it is sent: the response is the gateway's own. What may take long is done in one thread,
and a request waits for it no longer than `_SECONDS`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from openapi_first.aws.gateway_responses import BAD_REQUEST_BODY
from openapi_first.stage.gateway.observation import Observation
from openapi_first.stage.messages.request import StageRequest
from openapi_first.stage.messages.response import StageResponse
from openapi_first.stage.models.validation_messages import is_limit

_SECONDS = 0.5
_log = logging.getLogger("stage.execution")


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why an operation does not allow the body of a request: `find` may take long. `quick` takes
    less than a millisecond, and returns None if that is not enough."""

    find: Callable[[str, StageRequest], tuple[str, ...]]
    quick: Callable[[str, StageRequest], tuple[str, ...] | None] = lambda _, __: None


NO_REASONS = Reasons(lambda _, __: (), lambda _, __: ())


class OwnReasons:
    """Asks for the reasons of refused bodies, one at a time."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._asked: Future[tuple[str, ...]] | None = None

    async def observe(
        self, reasons: Reasons, operation: str, request: StageRequest,
        response: StageResponse, observation: Observation,
    ) -> None:  # fmt: skip
        """Notes the reasons if the response refuses the request's body, and they are found soon.

        A body that took API Gateway's validator too many steps is not validated again.
        """
        if response.answered_by != BAD_REQUEST_BODY.name or is_limit(observation.reason or ""):
            return
        try:
            found = reasons.quick(operation, request)
            if found is not None:
                observation.own_reasons = found
                return
            if self._asked is not None and not self._asked.done():
                return
            if self._thread is None:
                self._thread = ThreadPoolExecutor(1, "reasons")
            self._asked = self._thread.submit(reasons.find, operation, request)
            waiting = asyncio.wrap_future(self._asked)
            observation.own_reasons = await asyncio.wait_for(asyncio.shield(waiting), _SECONDS)
        except TimeoutError:
            return
        except Exception:
            _log.exception("no reasons for the body of %s", operation)

    def close(self) -> None:
        """Ends the thread."""
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)
            self._thread = None
