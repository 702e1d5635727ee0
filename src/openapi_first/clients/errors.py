"""The error of a command that has a client generated."""

from __future__ import annotations

from openapi_first.core.errors import UserError


class CannotGenerate(UserError):
    """A generator is missing or has failed, or its output has no place; nothing has changed."""
