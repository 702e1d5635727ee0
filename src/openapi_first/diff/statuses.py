"""Pairs the statuses of two lists of responses: exact ones, ranges (`4XX`) and `default`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from openapi_first.openapi.model import Response


@dataclass(frozen=True)
class Pair:
    """What one contract and the other have for a status; None where one has nothing. `status` is
    that of the report."""

    status: str
    old: Response | None
    new: Response | None


def pairs(old: Mapping[str, Response], new: Mapping[str, Response]) -> Iterator[Pair]:
    """Every status that one of the two lists, with the response that applies to it on each side:
    the exact one, else its range, else `default`."""
    for status, response in old.items():
        yield Pair(status, response, applying(status, new))
    for status, response in new.items():
        if status not in old:
            yield Pair(status, applying(status, old), response)


def applying(status: str, responses: Mapping[str, Response]) -> Response | None:
    """The response for a status. OpenAPI leaves open what `default` is for: beside a 2xx response
    it is taken for errors, so it does not stand for another 2xx."""
    found = responses.get(status) or responses.get(f"{status[0]}XX")
    if found is None and (not status.startswith("2") or is_success("default", responses)):
        found = responses.get("default")
    return found


def is_success(status: str, listed: Collection[str]) -> bool:
    """Whether clients rely on the response: a 2xx, or `default` without any."""
    if status == "default":
        return not any(each.startswith("2") for each in listed)
    return status.startswith("2")


def is_left(status: str, listed: Collection[str]) -> bool:
    """Whether a part of a range, or of a `default` for successes, is listed."""
    kind = "2" if status == "default" else status.removesuffix("XX")
    return len(kind) == 1 and any(each.startswith(kind) for each in listed)
