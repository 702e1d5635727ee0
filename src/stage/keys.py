"""API keys, read from the `X-API-Key` header (AWS: api-gateway-api-key-source).

Only methods whose operation asks for a key come here: elsewhere a key is ignored and not metered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stage.faults import Fault, GatewayError
from stage.request import StageRequest

__all__ = ["ApiKey", "KeyRing"]


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that is in a usage plan of this stage. A disabled one opens nothing."""

    id: str
    value: str
    enabled: bool = True

    def __post_init__(self) -> None:
        if not 20 <= len(self.value) <= 128:
            raise ValueError(f"the value of API key {self.id!r} must have 20 to 128 characters")

    def __repr__(self) -> str:
        return f"ApiKey(id={self.id!r}, enabled={self.enabled})"  # values do not belong in logs


class KeyRing:
    """The keys of a stage."""

    def __init__(self, keys: Iterable[ApiKey]) -> None:
        self._by_value: dict[str, ApiKey] = {}
        for key in keys:
            if key.value in self._by_value:
                raise ValueError(f"API key {key.id!r} has the value of another key")
            self._by_value[key.value] = key

    def identify(self, request: StageRequest) -> ApiKey:
        """Whose key a request carries; INVALID_API_KEY for a missing, wrong or disabled one."""
        key = self._by_value.get(request.header("x-api-key") or "")
        if key is None or not key.enabled:
            raise GatewayError(Fault.invalid_api_key())
        return key
