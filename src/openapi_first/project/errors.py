"""The error of a command that writes a project."""

from __future__ import annotations

from openapi_first.core.errors import UserError


class CannotInit(UserError):
    """A new project cannot be written; nothing is left of it."""
