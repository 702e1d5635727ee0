"""Token buckets and quotas per API key (AWS: api-gateway-request-throttling, UsagePlan of the API).

On AWS the limits are best-effort and eventually consistent; here they are exact.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from openapi_first.stage.access.api_keys import ApiKey
from openapi_first.stage.api.rest_api import Method
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.settings import Settings
from openapi_first.stage.usage.usage_plans import Quota, Throttle, UsagePlan


def method_key(method: Method) -> str:
    """A method's name in a plan: `/pets/{id}/GET`, and `//GET` for the root's."""
    return f"{method.resource}/{method.http_method}"


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float
    """When `tokens` was true, in seconds since the epoch."""

    def take(self, throttle: Throttle, now: float) -> bool:
        """Take a token, if there is one."""
        self.tokens, self.at = self.refilled(throttle, now), now
        # The rounding of many small refills must not cost a whole token.
        if self.tokens < 1 - 1e-9:
            return False
        self.tokens -= 1
        return True

    def refilled(self, throttle: Throttle, now: float) -> float:
        # A clock that was set back must not empty the bucket.
        elapsed = max(0.0, now - self.at)
        return min(float(throttle.burst), self.tokens + elapsed * throttle.rate)


@dataclass(slots=True)
class _Usage:
    """How much one key has used of its plan. `began` and `period` are seconds since the epoch."""

    began: float
    period: float = 0.0
    used: int = 0
    requests: int = 0
    throttled: int = 0
    over_quota: int = 0
    buckets: dict[str, _Bucket] = field(default_factory=dict)
    """By the name of a method; the plan's own has the name ``""``."""


class Meter:
    """The usage of every plan of a stage, by plan and key.

    `clock` gives seconds since the epoch. `on_change` is called after each metered request.
    """

    def __init__(
        self,
        plans: Mapping[str, UsagePlan],
        settings: Settings,
        *,
        clock: Callable[[], float] = time.time,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        self._plans = dict(plans)
        self._settings = settings
        self._clock = clock
        self.on_change = on_change
        self._usages: dict[tuple[str, str], _Usage] = {}

    def admit(self, key: ApiKey, method: Method) -> None:
        """Count a request of a key; raise THROTTLED or QUOTA_EXCEEDED if its plan is used up.

        Rate before quota, so a throttled request does not use up the quota.
        """
        plan = self._plans.get(key.id)
        if plan is None:
            return
        now = self._clock()
        usage = self._usage(plan, key.id, now)
        usage.requests += 1
        try:
            if not self._takes_tokens(plan, usage, method_key(method), now):
                usage.throttled += 1
                raise GatewayError.throttled(key.id, plan.name)
            if plan.quota is not None:
                self._roll(usage, plan.quota, now)
                if usage.used >= self._limit(usage, plan.quota):
                    usage.over_quota += 1
                    raise GatewayError.quota_exceeded(key.id, plan.name)
            usage.used += 1
        finally:
            if self.on_change is not None:
                self.on_change()

    def _usage(self, plan: UsagePlan, key: str, now: float) -> _Usage:
        return self._usages.setdefault((plan.name, key), _Usage(began=now))

    def _takes_tokens(self, plan: UsagePlan, usage: _Usage, method: str, now: float) -> bool:
        """Take a token of each bucket that the method needs; False if one is empty."""
        for name, throttle in self._throttles(plan, method):
            full = _Bucket(float(throttle.burst), now)
            if not usage.buckets.setdefault(name, full).take(throttle, now):
                return False
        return True

    def _throttles(self, plan: UsagePlan, method: str) -> Iterator[tuple[str, Throttle]]:
        """The method's throttle before the plan's own."""
        own = plan.methods.get(method)
        if own is not None:
            yield method, own
        replaced = own is not None and self._settings.method_throttle_replaces_plan_throttle
        if plan.throttle is not None and not replaced:
            yield "", plan.throttle

    def _roll(self, usage: _Usage, quota: Quota, now: float) -> None:
        """Reset the count if a new period has begun."""
        start = self._period_start(quota, now).timestamp()
        if start != usage.period:
            usage.period, usage.used = start, 0

    def _limit(self, usage: _Usage, quota: Quota) -> int:
        first = self._period_start(quota, usage.began).timestamp()
        return quota.limit - (quota.offset if usage.period == first else 0)

    def _period_start(self, quota: Quota, at: float) -> datetime:
        return quota.period_start(at, weeks_begin_on_sunday=self._settings.weeks_begin_on_sunday)

    def report(self, keys: Mapping[str, ApiKey]) -> list[dict[str, Any]]:
        """Every plan with its limits and the usage of each key, as plain data."""
        now = self._clock()
        plans: dict[str, dict[str, Any]] = {}
        for key, plan in self._plans.items():
            enabled = key in keys and keys[key].enabled
            entry = {"id": key, "enabled": enabled, **self._report(plan, key, now)}
            plans.setdefault(plan.name, _limits(plan))["keys"].append(entry)
        return list(plans.values())

    def _report(self, plan: UsagePlan, key: str, now: float) -> dict[str, Any]:
        usage = self._usage(plan, key, now)
        entry: dict[str, Any] = {
            "requests": usage.requests,
            "throttled": usage.throttled,
            "over_quota": usage.over_quota,
        }
        if plan.quota is not None:
            self._roll(usage, plan.quota, now)
            limit = self._limit(usage, plan.quota)
            end = plan.quota.period_end(self._period_start(plan.quota, now))
            entry["quota"] = {
                "limit": limit,
                "used": usage.used,
                "remaining": max(0, limit - usage.used),
                "resets_at": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        if plan.throttle is not None:
            full = _Bucket(float(plan.throttle.burst), now)
            tokens = usage.buckets.get("", full).refilled(plan.throttle, now)
            entry["tokens"] = round(tokens, 3)
        return entry

    def snapshot(self) -> list[dict[str, Any]]:
        """The counters as plain data, for `restore`."""
        return [
            {
                "plan": plan,
                "key": key,
                "began": usage.began,
                "period": usage.period,
                "used": usage.used,
                "requests": usage.requests,
                "throttled": usage.throttled,
                "over_quota": usage.over_quota,
                "buckets": {
                    name: [bucket.tokens, bucket.at] for name, bucket in usage.buckets.items()
                },
            }
            for (plan, key), usage in self._usages.items()
        ]

    def restore(self, usages: list[dict[str, Any]]) -> None:
        """Continue from a snapshot. Raises KeyError, TypeError or ValueError if it is not one."""
        for entry in usages:
            buckets = {
                str(name): _Bucket(float(tokens), float(at))
                for name, (tokens, at) in entry["buckets"].items()
            }
            self._usages[str(entry["plan"]), str(entry["key"])] = _Usage(
                began=float(entry["began"]),
                period=float(entry["period"]),
                used=int(entry["used"]),
                requests=int(entry["requests"]),
                throttled=int(entry["throttled"]),
                over_quota=int(entry["over_quota"]),
                buckets=buckets,
            )


def _limits(plan: UsagePlan) -> dict[str, Any]:
    def limits(throttle: Throttle) -> dict[str, float]:
        return {"rateLimit": throttle.rate, "burstLimit": throttle.burst}

    report: dict[str, Any] = {"name": plan.name, "keys": []}
    if plan.throttle is not None:
        report["throttle"] = limits(plan.throttle)
    if plan.methods:
        report["methods"] = {name: limits(throttle) for name, throttle in plan.methods.items()}
    if plan.quota is not None:
        quota = plan.quota
        report["quota"] = {"limit": quota.limit, "period": quota.period, "offset": quota.offset}
    return report
