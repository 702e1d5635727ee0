"""More about a refused body than API Gateway says, for the terminal and the console only.

Nothing of it is sent: the response is the gateway's own. The work is done in one thread, and a
request waits for it no longer than `_SECONDS`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from openapi_first.aws.gateway_responses import BAD_REQUEST_BODY
from openapi_first.stage.api.validation_messages import is_limit
from openapi_first.stage.gateway.observation import Observation
from openapi_first.stage.messages.request import StageRequest
from openapi_first.stage.messages.response import StageResponse

_SECONDS = 0.5
_log = logging.getLogger("stage.execution")

Reasons = Callable[[str, StageRequest], tuple[str, ...]]
"""Why an operation does not allow the body of a request."""


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
        busy = self._asked is not None and not self._asked.done()
        if response.answered_by != BAD_REQUEST_BODY.name or busy:
            return
        if is_limit(observation.reason or ""):
            return
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "reasons")
        self._asked = self._thread.submit(reasons, operation, request)
        try:
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
