"""Why a run, or one of its exchanges, ends early."""

from __future__ import annotations

from openapi_first.core.errors import UserError


class CannotJudge(UserError):
    """The stage cannot be judged; the text is the one line that says why, and what to do."""


class ConnectionLost(Exception):
    """The connection ended before there was a response, and the request may not be repeated."""


class MalformedResponse(Exception):
    """The stage has answered with something that is not an HTTP response."""


class StopAtFinding(Exception):
    """A promise was broken, and `fail_fast` is set."""
