"""What `contract serve` can give a stage beside its document: keys, usage plans, a key set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from openapi_first.stage.access.api_keys import ApiKey
from openapi_first.stage.access.tokens import KeySet
from openapi_first.stage.messages.settings import Settings
from openapi_first.stage.usage.plan_file import read_plan_file
from openapi_first.stage.usage.usage_plans import Period, Quota, Throttle, UsagePlan

_LOCAL = "local"


@dataclass(frozen=True, slots=True)
class GatewayOptions:
    """Without `plans` nothing is metered. `functions` are handlers by the function's name."""

    api_keys: tuple[ApiKey, ...]
    plans: tuple[UsagePlan, ...] | None = None
    usage_file: Path | None = None
    key_set: KeySet | None = None
    functions: Mapping[str, str] = field(default_factory=dict)
    upstreams: Mapping[str, str] = field(default_factory=dict)
    condition_keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    raw_logs: bool = False
    stage_in_path: bool = True
    warnings: tuple[str, ...] = ()

    def settings(self, *, timeouts: bool) -> Settings:
        """Those of the stage; without `timeouts` it waits for its integrations for ever."""
        return Settings(
            integration_timeouts=timeouts,
            upstreams=self.upstreams,
            condition_keys=self.condition_keys,
            stage_in_path=self.stage_in_path,
        )


def gateway_options(
    *,
    stage: str,
    api_key: str,
    plan_file: Path | None,
    rate: float | None,
    burst: int | None,
    quota: tuple[int, str] | None,
    usage_file: Path | None,
    jwks: Path | None,
    functions: Mapping[str, str],
    upstreams: Mapping[str, str],
    condition_keys: Iterable[tuple[str, str]],
    raw_logs: bool,
    stage_in_path: bool,
) -> GatewayOptions:
    """With a `plan_file`, the keys and plans in it; else one key with the limits given.

    Raises PlanError, KeySetError, OSError.
    """
    keys: tuple[ApiKey, ...] = (ApiKey(_LOCAL, api_key),)
    plans: tuple[UsagePlan, ...] | None = None
    warnings: tuple[str, ...] = ()
    if plan_file is not None:
        found = read_plan_file(plan_file, stage)
        keys, plans, warnings = found.keys, found.plans, found.warnings
    elif rate is not None or quota is not None:
        throttle = None
        if rate is not None:
            throttle = Throttle(rate, max(1, round(rate)) if burst is None else burst)
        limit = None if quota is None else Quota(quota[0], cast(Period, quota[1]))
        plans = (UsagePlan(_LOCAL, (_LOCAL,), throttle, limit),)
    return GatewayOptions(
        api_keys=keys,
        plans=plans,
        usage_file=usage_file,
        key_set=None if jwks is None else KeySet(jwks),
        functions=functions,
        upstreams=upstreams,
        condition_keys=values_by_name(condition_keys),
        raw_logs=raw_logs,
        stage_in_path=stage_in_path,
        warnings=warnings,
    )


def values_by_name(given: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """All values of each condition key. Case does not matter in names; an empty value adds none."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in given:
        found[name.lower()] = (*found.get(name.lower(), ()), *([value] if value else ()))
    return found
