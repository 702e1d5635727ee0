"""Why serving does not start or does not go on."""

from __future__ import annotations

from openapi_first.core.errors import UserError


class CannotServe(UserError):
    """After the first line there may be the output of the user's own code."""


class StageEnded(CannotServe):
    """A stage in another process did not start. The message is what it printed, as it is."""

    names_place = True
