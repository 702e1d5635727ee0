"""The errors of the commands that write a project."""

from __future__ import annotations

from openapi_first.core.errors import UserError


class CannotInit(UserError):
    """A new project cannot be written; nothing is left of it."""


class CannotUpgrade(UserError):
    """A project cannot be upgraded; nothing in it has changed."""


class NoWheel(UserError):
    """The engine's wheel is not known, or is not that of the running version."""
