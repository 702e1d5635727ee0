"""What the options of `openapi_first.stage.command_line` turn on."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from openapi_first.stage.access.api_keys import ApiKey
from openapi_first.stage.access.tokens import KeySet
from openapi_first.stage.usage.plan_file import read_plan_file
from openapi_first.stage.usage.usage_plans import Period, Quota, Throttle, UsagePlan

_PERIODS = ("DAY", "WEEK", "MONTH")


@dataclass(frozen=True, slots=True)
class GatewayOptions:
    """What is turned on. `plans` None means keys without limits; `functions` are handlers."""

    api_keys: tuple[ApiKey, ...] = ()
    plans: tuple[UsagePlan, ...] | None = None
    usage_file: Path | None = None
    key_set: KeySet | None = None
    functions: Mapping[str, str] = field(default_factory=dict)
    raw_logs: bool = False
    warnings: tuple[str, ...] = ()


def gateway_options(options: argparse.Namespace, *, stage: str, api_key: str) -> GatewayOptions:
    """What the parsed options turn on.

    `ValueError` (`PlanError`, `KeySetError`) and `OSError` say what is wrong, and where.
    """
    keys: Sequence[ApiKey] = (ApiKey("local", api_key),)
    plans: Sequence[UsagePlan] | None = None
    warnings: tuple[str, ...] = ()
    if options.plans is not None:
        if options.rate is not None or options.burst is not None or options.quota is not None:
            raise ValueError("--plans has limits of its own; leave out --rate, --burst and --quota")
        found = read_plan_file(options.plans, stage)
        keys, plans, warnings = found.keys, found.plans, found.warnings
    elif options.burst is not None and options.rate is None:
        raise ValueError("--burst goes with --rate: how many requests per second flow back in")
    elif options.rate is not None or options.quota is not None:
        quota = None if options.quota is None else _quota(options.quota)
        plans = (_local_plan(options.rate, options.burst, quota),)
    return GatewayOptions(
        api_keys=tuple(keys),
        plans=None if plans is None else tuple(plans),
        usage_file=options.usage_file,
        key_set=None if options.jwks is None else KeySet(options.jwks),
        functions=dict(options.function),
        raw_logs=options.raw_logs,
        warnings=warnings,
    )


def _local_plan(rate: float | None, burst: int | None, quota: Quota | None) -> UsagePlan:
    throttle = None
    if rate is not None:
        throttle = Throttle(rate, max(1, round(rate)) if burst is None else burst)
    return UsagePlan("local", ("local",), throttle, quota)


def _quota(text: str) -> Quota:
    limit, _, period = text.partition("/")
    if period.upper() not in _PERIODS or not (limit.isascii() and limit.isdigit()):
        raise ValueError(f"--quota {text}: is not as in 1000/MONTH, 100/WEEK or 10/DAY")
    return Quota(int(limit), cast(Period, period.upper()))
