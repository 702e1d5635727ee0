"""The API keys and usage plans of a template, as the stage takes them.

AWS: aws-resource-apigateway-apikey, aws-resource-apigateway-usageplan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_first.aws.quotas import LONGEST_KEY_CHARACTERS
from openapi_first.serving.errors import CannotServe
from openapi_first.stage.access.api_keys import ApiKey
from openapi_first.stage.usage.usage_plans import PERIODS, Quota, Throttle, UsagePlan
from openapi_first.templates.model import DeclaredApi

_LOCAL = "local"


@dataclass(frozen=True, slots=True)
class DeclaredKeys:
    """`plans` is None if the template has no key for the API: then the local key is accepted."""

    keys: tuple[ApiKey, ...]
    plans: tuple[UsagePlan, ...] | None
    notes: tuple[str, ...] = ()


def declared_keys(api: DeclaredApi, local_value: str) -> DeclaredKeys:
    """The keys and plans of an API; AWS makes the value of a key that has none, here it is made of
    `local_value`.

    Raises CannotServe for values that AWS would refuse.
    """
    if not api.api_keys:
        return DeclaredKeys((ApiKey(_LOCAL, local_value),), None)
    values = dict(_values(api.api_keys, local_value))
    keys = tuple(_key(name, each, values[name]) for name, each in api.api_keys.items())
    plans = tuple(_plan(name, each) for name, each in api.usage_plans.items())
    return DeclaredKeys(keys, plans, tuple(_notes(keys)))


def _notes(keys: tuple[ApiKey, ...]) -> Iterator[str]:
    for key in keys:
        if not key.enabled:
            yield f"the API key {key.id} is disabled: as on AWS, it needs `Enabled: true`"


def _values(keys: Mapping[str, Mapping[str, Any]], local: str) -> Iterator[tuple[str, str]]:
    unnamed = [name for name, each in keys.items() if not each.get("Value")]
    for name in keys:
        if name not in unnamed:
            yield name, str(keys[name]["Value"])
        elif name == unnamed[0]:
            yield name, local
        else:
            yield name, f"{local}-{name}"[-LONGEST_KEY_CHARACTERS.limit :]


def _key(name: str, properties: Mapping[str, Any], value: str) -> ApiKey:
    try:
        return ApiKey(name, value, enabled=_is_true(properties.get("Enabled", False)))
    except ValueError as error:
        raise CannotServe(f"the API key {name}: {error}; correct Value") from None


def _plan(name: str, properties: Mapping[str, Any]) -> UsagePlan:
    methods: dict[str, Throttle] = {}
    stages = properties.get("ApiStages")
    for stage in stages if isinstance(stages, list) else ():
        throttles = stage.get("Throttle") if isinstance(stage, dict) else None
        for key, each in throttles.items() if isinstance(throttles, dict) else ():
            throttle = _throttle(name, each)
            if throttle is not None:
                methods[key] = throttle
    return UsagePlan(
        name=name,
        keys=tuple(dict.fromkeys(properties["KeyIds"])),
        throttle=_throttle(name, properties.get("Throttle")),
        quota=_quota(name, properties.get("Quota")),
        methods=methods,
    )


def _throttle(plan: str, written: Any) -> Throttle | None:
    """No page says what AWS takes for a limit that is not given: here the burst is the rate, as for
    `--rate`, and the rate is one that is never reached."""
    if not isinstance(written, dict) or not written:
        return None
    rate = _number(plan, "Throttle.RateLimit", written.get("RateLimit"))
    burst = _number(plan, "Throttle.BurstLimit", written.get("BurstLimit"))
    if rate is None and burst is None:
        return None
    if burst is None:
        return Throttle(rate or 0, max(1, round(rate or 0)))
    return Throttle(_MOST if rate is None else rate, int(burst))


def _quota(plan: str, written: Any) -> Quota | None:
    if not isinstance(written, dict) or not written:
        return None
    limit = _number(plan, "Quota.Limit", written.get("Limit"))
    period = str(written.get("Period", "")).upper()
    if limit is None:
        return None
    if period not in PERIODS:
        raise _wrong(plan, "Quota.Period", f"has to be one of {', '.join(PERIODS)}")
    offset = _number(plan, "Quota.Offset", written.get("Offset")) or 0
    try:
        return Quota(int(limit), period, int(offset))
    except ValueError as error:
        raise _wrong(plan, "Quota", str(error)) from None


_MOST = 10**9


def _number(plan: str, name: str, written: Any) -> float | None:
    """A number, which parameters make a string."""
    if written is None or written == "":
        return None
    try:
        value = float(written)
    except (TypeError, ValueError):
        value = -1.0
    if not 0 <= value <= _MOST:
        raise _wrong(plan, name, "has to be a number, 0 or more")
    return value


def _wrong(plan: str, name: str, reason: str) -> CannotServe:
    return CannotServe(f"the usage plan {plan}: {name} {reason}")


def _is_true(written: Any) -> bool:
    return str(written).lower() == "true"
