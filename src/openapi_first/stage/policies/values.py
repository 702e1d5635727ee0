"""The types of values that condition operators compare.

AWS: reference_policies_elements_condition_operators (IAM). Each function reads a string, and raises
ValueError for one that is not of its type.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?\d{1,300}(?:\.\d{1,300})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_EPOCH = re.compile(r"\d{5,15}(?:\.\d{1,9})?", re.ASCII)
_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?"
    r"(?:Z|([+-])(\d\d):(\d\d)))?)?)?",
    re.ASCII,
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def number(text: str) -> Decimal:
    """An integer or a decimal number."""
    if not _NUMBER.fullmatch(text):
        raise ValueError("is not a number, such as 10 or 2.5")
    return Decimal(text)


def date(text: str) -> Decimal:
    """Seconds since the epoch: of a date as W3C writes ISO 8601, or written as such."""
    if _EPOCH.fullmatch(text):
        return Decimal(text)
    found = _DATE.fullmatch(text)
    moment = None if found is None else _moment(found)
    if found is None or moment is None:
        raise ValueError("is not a date, such as 2026-01-31T12:00:00Z")
    whole = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    return whole + Decimal(f"0.{found[7] or 0}")


def _moment(found: re.Match[str]) -> datetime | None:
    """None if there is no such day or time."""
    try:
        year, month, day = (int(found[index] or 1) for index in (1, 2, 3))
        hour, minute, second = (int(found[index] or 0) for index in (4, 5, 6))
        offset = timedelta(hours=int(found[9] or 0), minutes=int(found[10] or 0))
        zone = timezone(-offset if found[8] == "-" else offset) if found[8] else UTC
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def boolean(text: str) -> bool:
    """`true` or `false`, in any case."""
    if text.lower() not in ("true", "false"):
        raise ValueError("is neither true nor false")
    return text.lower() == "true"


def binary(text: str) -> bytes:
    """Base64."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise ValueError("is not Base64") from None


def address(text: str) -> Address:
    """An IP address."""
    return ipaddress.ip_address(text)


def network(text: str) -> Network:
    """A range of IP addresses as CIDR writes it; one address is a range too."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError("is not an IP address range, such as 203.0.113.0/24") from None
