"""API keys, read from the `X-API-Key` header (AWS: api-gateway-api-key-source).

They are only read for methods that require one: elsewhere a key is ignored and not metered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from openapi_first.aws.quotas import LONGEST_KEY_CHARACTERS, SHORTEST_KEY_CHARACTERS
from openapi_first.stage.messages.gateway_errors import GatewayError


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key. It is refused while it is disabled or in no usage plan of the stage."""

    id: str
    value: str
    enabled: bool = True

    def __post_init__(self) -> None:
        shortest, longest = SHORTEST_KEY_CHARACTERS.limit, LONGEST_KEY_CHARACTERS.limit
        if not shortest <= len(self.value) <= longest:
            raise ValueError(
                f"the value of API key {self.id!r} must have {shortest} to {longest} characters"
            )

    def __repr__(self) -> str:
        return f"ApiKey(id={self.id!r}, enabled={self.enabled})"  # values do not belong in logs


class KeyRing:
    """The keys of an account. The stage accepts those whose ids are `in_plans`, None for all."""

    def __init__(self, keys: Iterable[ApiKey], in_plans: Collection[str] | None = None) -> None:
        self._by_value: dict[str, ApiKey] = {}
        for key in keys:
            if key.value in self._by_value:
                raise ValueError(f"API key {key.id!r} has the value of another key")
            self._by_value[key.value] = key
        if len(self.by_id) < len(self._by_value):
            raise ValueError("two API keys have the same id")
        self._in_plans = set(self.by_id) if in_plans is None else set(in_plans)

    @property
    def by_id(self) -> Mapping[str, ApiKey]:
        return {key.id: key for key in self._by_value.values()}

    def identify(self, value: str | None) -> ApiKey:
        """The key with a value; INVALID_API_KEY if missing, wrong, disabled or in no plan."""
        key = self._by_value.get(value or "")
        if key is None or not key.enabled or key.id not in self._in_plans:
            raise GatewayError.invalid_api_key()
        return key
