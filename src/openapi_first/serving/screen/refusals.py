"""Who refused a request that the function answered, from the log line of the runtime."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

_KEPT = 200


class Refusals:
    """Brings the runtime's lines and the stage's requests together. The function's output and its
    response come by two ways, so either may be first."""

    def __init__(self) -> None:
        self._noted: OrderedDict[str, str] = OrderedDict()
        self._asked: OrderedDict[str, None] = OrderedDict()

    def note(self, line: Mapping[str, Any]) -> str | None:
        """Takes a line of the runtime. Returns who refused its request if that was asked before."""
        by, request_id = line.get("refused_by"), str(line.get("correlation_id"))
        if not isinstance(by, str):
            return None
        text = f"refused by the {by}"
        places = line.get("refused_for")
        if isinstance(places, list) and places:
            text += f": {'; '.join(map(str, places))}"
        if self._asked.pop(request_id, self) is None:
            return text
        _keep(self._noted, request_id, text)
        return None

    def of(self, request_id: str) -> str | None:
        """Who refused a request; None if that is not known, or not yet."""
        found = self._noted.pop(request_id, None)
        if found is None:
            _keep(self._asked, request_id, None)
        return found


def _keep(kept: OrderedDict[str, Any], key: str, value: Any) -> None:
    kept[key] = value
    if len(kept) > _KEPT:
        kept.popitem(last=False)
