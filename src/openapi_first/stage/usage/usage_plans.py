"""Usage plans: who may call how often (AWS: api-gateway-api-usage-plans).

On AWS, plans and keys are not part of an OpenAPI document. Here they come from their own file
(`openapi_first.stage.usage.plan_file`) or from options.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from openapi_first.aws.quotas import METHOD_THROTTLES
from openapi_first.core.errors import UserError
from openapi_first.stage.access.api_keys import ApiKey

Period = Literal["DAY", "WEEK", "MONTH"]
PERIODS: tuple[Period, ...] = get_args(Period)


class PlanError(UserError):
    """Keys and plans that AWS would refuse. `problems` has every reason, not only the first."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n  ".join(("usage plans:", *self.problems)))


@dataclass(frozen=True, slots=True)
class Throttle:
    """A token bucket: `rate` tokens are added per second, `burst` is its capacity.

    AWS: api-gateway-request-throttling. The burst may exceed the rate.
    """

    rate: float
    burst: int

    def __post_init__(self) -> None:
        if self.rate < 0 or self.burst < 0:
            raise ValueError("rate and burst must not be negative")


@dataclass(frozen=True, slots=True)
class Quota:
    """Requests per period. `offset` requests are subtracted in the first period only.

    When AWS resets a quota is not documented; calendar boundaries in UTC are assumed.
    """

    limit: int
    period: Period
    offset: int = 0

    def __post_init__(self) -> None:
        if self.limit < 0:
            raise ValueError("the limit of a quota must not be negative")
        if not 0 <= self.offset <= self.limit:
            raise ValueError("the offset of a quota must be from 0 to its limit")

    def period_start(self, at: float, *, weeks_begin_on_sunday: bool) -> datetime:
        """The start of the period with `at`, in seconds since the epoch."""
        day = datetime.fromtimestamp(at, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if self.period == "MONTH":
            return day.replace(day=1)
        if self.period == "WEEK":
            since = day.isoweekday() % 7 if weeks_begin_on_sunday else day.weekday()
            return day - timedelta(days=since)
        return day

    def period_end(self, start: datetime) -> datetime:
        """The end of the period that begins at `start`."""
        if self.period == "MONTH":
            return (start + timedelta(days=32)).replace(day=1)
        return start + timedelta(days=7 if self.period == "WEEK" else 1)


@dataclass(frozen=True, slots=True)
class UsagePlan:
    """What the keys in it may do on the stages in it; None means no limit.

    `methods` holds throttles of single methods, by resource and method: `/pets/{id}/GET`.
    Without `stages`, a plan is for every stage.
    """

    name: str
    keys: tuple[str, ...]
    throttle: Throttle | None = None
    quota: Quota | None = None
    methods: Mapping[str, Throttle] = field(default_factory=dict)
    stages: tuple[str, ...] | None = None


def plans_by_key(
    plans: Iterable[UsagePlan], keys: Iterable[ApiKey], stage: str
) -> dict[str, UsagePlan]:
    """The plan of each key id on a stage. Raises PlanError if AWS would refuse the association.

    A key may be in one plan per stage only (AWS: api-gateway-api-usage-plans).
    """
    known = {key.id for key in keys}
    found: dict[str, UsagePlan] = {}
    problems: list[str] = []
    names: set[str] = set()
    for plan in plans:
        if plan.name in names:
            problems.append(f"two plans are named {plan.name!r}; give each its own name")
        names.add(plan.name)
        if len(plan.methods) > METHOD_THROTTLES.limit:
            problems.append(
                f"plan {plan.name!r} throttles {len(plan.methods)} methods; "
                f"AWS allows {METHOD_THROTTLES.limit} per stage"
            )
        for key in plan.keys:
            if key not in known:
                problems.append(f"plan {plan.name!r} names the key {key!r}, which is not defined")
            if plan.stages is not None and stage not in plan.stages:
                continue
            other = found.setdefault(key, plan)
            if other is not plan:
                problems.append(
                    f"key {key!r} is in the plans {other.name!r} and {plan.name!r} of the stage "
                    f"{stage!r}; a key may be in one plan per stage"
                )
    if problems:
        raise PlanError(problems)
    return found
