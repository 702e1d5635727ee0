"""Why a stage could not be looked at."""

from __future__ import annotations

__all__ = ["DriftError"]


class DriftError(Exception):
    """One line: what is wrong and how to mend it."""
