"""Token buckets and quotas, per key (AWS: api-gateway-request-throttling, UsagePlan of the API).

Limits are per key. On AWS they are best-effort and eventually consistent; here they are exact.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from openapi_first.stage.access.api_keys import ApiKey
from openapi_first.stage.api.rest_api import Method
from openapi_first.stage.messages.gateway_errors import Fault, GatewayError
from openapi_first.stage.messages.settings import Settings
from openapi_first.stage.usage.periods import period_end, period_start
from openapi_first.stage.usage.usage_plans import Quota, Throttle, UsagePlan


def method_key(method: Method) -> str:
    """What a plan calls a method: `/pets/{id}/GET`, and `//GET` for the root's."""
    return f"{method.resource}/{method.http_method}"


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float

    def take(self, throttle: Throttle, now: float) -> bool:
        """Take a token, if there is one."""
        # A clock that was set back must not empty the bucket.
        elapsed = max(0.0, now - self.at)
        self.tokens = min(float(throttle.burst), self.tokens + elapsed * throttle.rate)
        self.at = now
        # The rounding of many small refills must not cost a whole token.
        if self.tokens < 1 - 1e-9:
            return False
        self.tokens -= 1
        return True


@dataclass(slots=True)
class _Account:
    """What one key has used of its plan."""

    began: float
    period: float = 0.0
    used: int = 0
    requests: int = 0
    throttled: int = 0
    over_quota: int = 0
    buckets: dict[str, _Bucket] = field(default_factory=dict)


class Meter:
    """The use of every plan of a stage, by plan and key.

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
        self._accounts: dict[tuple[str, str], _Account] = {}

    def admit(self, key: ApiKey, method: Method) -> None:
        """Count a request of a key; THROTTLED or QUOTA_EXCEEDED if its plan is used up.

        Rate before quota, so a throttled request does not use up the quota.
        """
        plan = self._plans.get(key.id)
        if plan is None:
            return
        now = self._clock()
        account = self._account(plan, key.id, now)
        account.requests += 1
        try:
            if not self._throttled(plan, account, method_key(method), now):
                account.throttled += 1
                raise GatewayError(Fault.throttled(key.id, plan.name))
            if plan.quota is not None:
                self._roll(account, plan.quota, now)
                if account.used >= self._limit(account, plan.quota):
                    account.over_quota += 1
                    raise GatewayError(Fault.quota_exceeded(key.id, plan.name))
            account.used += 1
        finally:
            if self.on_change is not None:
                self.on_change()

    def _account(self, plan: UsagePlan, key: str, now: float) -> _Account:
        return self._accounts.setdefault((plan.name, key), _Account(began=now))

    def _throttled(self, plan: UsagePlan, account: _Account, name: str, now: float) -> bool:
        """Whether every bucket had a token: the method's own first, then the plan's."""
        own = plan.methods.get(name)
        limits: list[tuple[str, Throttle]] = [] if own is None else [(name, own)]
        shared = own is None or not self._settings.method_throttle_replaces_plan_throttle
        if plan.throttle is not None and shared:
            limits.append(("", plan.throttle))
        for bucket, throttle in limits:
            full = _Bucket(float(throttle.burst), now)
            if not account.buckets.setdefault(bucket, full).take(throttle, now):
                return False
        return True

    def _roll(self, account: _Account, quota: Quota, now: float) -> None:
        start = period_start(now, quota.period, self._settings)
        if start != account.period:
            account.period, account.used = start, 0

    def _limit(self, account: _Account, quota: Quota) -> int:
        first = period_start(account.began, quota.period, self._settings)
        return quota.limit - (quota.offset if account.period == first else 0)

    def report(self, keys: Mapping[str, ApiKey]) -> list[dict[str, Any]]:
        """Every plan with its limits and what each key has used, as plain data."""
        now = self._clock()
        plans: dict[str, dict[str, Any]] = {}
        for key, plan in self._plans.items():
            told = plans.setdefault(plan.name, _told(plan))
            account = self._account(plan, key, now)
            entry: dict[str, Any] = {
                "id": key,
                "enabled": key in keys and keys[key].enabled,
                "requests": account.requests,
                "throttled": account.throttled,
                "over_quota": account.over_quota,
            }
            if plan.quota is not None:
                self._roll(account, plan.quota, now)
                limit = self._limit(account, plan.quota)
                entry["quota"] = {
                    "limit": limit,
                    "used": account.used,
                    "remaining": max(0, limit - account.used),
                    "resets_at": period_end(now, plan.quota.period, self._settings),
                }
            if plan.throttle is not None:
                bucket = account.buckets.get("", _Bucket(float(plan.throttle.burst), now))
                refilled = bucket.tokens + max(0.0, now - bucket.at) * plan.throttle.rate
                entry["tokens"] = round(min(refilled, plan.throttle.burst), 3)
            told["keys"].append(entry)
        return list(plans.values())

    def snapshot(self) -> list[dict[str, Any]]:
        """The counters as plain data, for `restore`."""
        return [
            {
                "plan": plan,
                "key": key,
                "began": account.began,
                "period": account.period,
                "used": account.used,
                "requests": account.requests,
                "throttled": account.throttled,
                "over_quota": account.over_quota,
                "buckets": {
                    name: [bucket.tokens, bucket.at] for name, bucket in account.buckets.items()
                },
            }
            for (plan, key), account in self._accounts.items()
        ]

    def restore(self, accounts: list[dict[str, Any]]) -> None:
        """Go on from a snapshot. `KeyError`, `TypeError` or `ValueError` if it is none."""
        for entry in accounts:
            buckets = {
                str(name): _Bucket(float(tokens), float(at))
                for name, (tokens, at) in entry["buckets"].items()
            }
            self._accounts[str(entry["plan"]), str(entry["key"])] = _Account(
                began=float(entry["began"]),
                period=float(entry["period"]),
                used=int(entry["used"]),
                requests=int(entry["requests"]),
                throttled=int(entry["throttled"]),
                over_quota=int(entry["over_quota"]),
                buckets=buckets,
            )


def _told(plan: UsagePlan) -> dict[str, Any]:
    def limits(throttle: Throttle) -> dict[str, float]:
        return {"rateLimit": throttle.rate, "burstLimit": throttle.burst}

    told: dict[str, Any] = {"name": plan.name, "keys": []}
    if plan.throttle is not None:
        told["throttle"] = limits(plan.throttle)
    if plan.methods:
        told["methods"] = {name: limits(throttle) for name, throttle in plan.methods.items()}
    if plan.quota is not None:
        quota = plan.quota
        told["quota"] = {"limit": quota.limit, "period": quota.period, "offset": quota.offset}
    return told
