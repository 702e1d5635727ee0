"""When a quota's period begins and ends.

The instant at which AWS resets a quota is documented nowhere; calendar boundaries in UTC are
assumed, and where a week begins is a setting.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from openapi_first.stage.messages.settings import Settings
from openapi_first.stage.usage.usage_plans import Period


def period_start(at: float, period: Period, settings: Settings) -> float:
    """The beginning of the period that an instant is in; both in seconds since the epoch."""
    return _start(at, period, settings).timestamp()


def period_end(at: float, period: Period, settings: Settings) -> str:
    """The end of that period, as RFC 3339 in UTC."""
    start = _start(at, period, settings)
    if period == "MONTH":
        end = (start + timedelta(days=32)).replace(day=1)
    else:
        end = start + timedelta(days=7 if period == "WEEK" else 1)
    return end.strftime("%Y-%m-%dT%H:%M:%SZ")


def _start(at: float, period: Period, settings: Settings) -> datetime:
    day = datetime.fromtimestamp(at, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "MONTH":
        return day.replace(day=1)
    if period == "WEEK":
        since = day.isoweekday() % 7 if settings.weeks_begin_on_sunday else day.weekday()
        return day - timedelta(days=since)
    return day
