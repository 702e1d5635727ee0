"""API keys and usage plans from a YAML file, with the names of the AWS API.

    keys:
      - {id: alice, value: alices-key-of-20-characters, enabled: true}
    plans:
      - name: basic
        keys: [alice]
        throttle: {rateLimit: 10, burstLimit: 20}
        quota: {limit: 1000, period: MONTH, offset: 0}
        apiStages:
          - stage: prod
            throttle: {/items/GET: {rateLimit: 1, burstLimit: 2}}

AWS: api-gateway-api-usage-plans; CreateUsagePlan and CreateApiKey of the API.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi_first.stage.access.api_keys import ApiKey
from openapi_first.stage.api.nodes import Node, Problems
from openapi_first.stage.usage.usage_plans import (
    PERIODS,
    PlanError,
    Quota,
    Throttle,
    UsagePlan,
)


@dataclass(frozen=True, slots=True)
class KeysAndPlans:
    """The content of a plan file; `warnings` are about what AWS accepts but few people mean."""

    keys: tuple[ApiKey, ...]
    plans: tuple[UsagePlan, ...]
    warnings: tuple[str, ...] = ()


def read_plan_file(path: Path, stage: str) -> KeysAndPlans:
    """The keys and plans of a file. Raises PlanError with every problem, OSError if unreadable.

    Throttles of single methods are those of `stage`.
    """
    import yaml

    try:
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise PlanError([f"{path}: not YAML: {' '.join(str(error).split())}"]) from error
    problems = Problems()
    root = Node(value, "", problems)
    if not isinstance(value, dict):
        root.report("must be an object with `keys` and `plans`")
    _check_members(root, ("keys", "plans"))
    keys = [_key(node) for node in root.get("keys").elements()]
    _distinct(root.get("keys"))
    plans = [_plan(node, stage) for node in root.get("plans").elements()]
    if problems.found:
        raise PlanError([f"{path}{problem}" for problem in problems.found])
    found = tuple(key for key in keys if key is not None)
    return KeysAndPlans(found, tuple(plans), tuple(_warnings(root, found)))


def _warnings(root: Node, keys: Sequence[ApiKey]) -> list[str]:
    unset = [
        node.get("id").text() for node in root.get("keys").elements() if not node.has("enabled")
    ]
    return [
        f"the key {key.id!r} is disabled: as on AWS, it needs `enabled: true`"
        for key in keys
        if key.id in unset
    ]


def _check_members(node: Node, names: tuple[str, ...]) -> None:
    if isinstance(node.value, dict):
        for name, member in node.items():
            if name not in names:
                member.report(f"unknown member; the known ones are {', '.join(names)}")


def _key(node: Node) -> ApiKey | None:
    _check_members(node, ("id", "value", "enabled"))
    name, value = node.get("id").text(), node.get("value").text()
    if not name:
        node.report("a key needs an `id`")
    try:
        return ApiKey(name, value, enabled=node.get("enabled").flag())
    except ValueError as error:
        node.get("value").report(str(error))
        return None


def _distinct(keys: Node) -> None:
    for name in ("id", "value"):
        seen: set[str] = set()
        for node in (key.get(name) for key in keys.elements()):
            if isinstance(node.value, str) and node.value in seen:
                node.report(f"another key has this {name}")
            seen.add(str(node.value))


def _plan(node: Node, stage: str) -> UsagePlan:
    _check_members(node, ("name", "keys", "throttle", "quota", "apiStages"))
    if not node.get("name").text():
        node.report("a plan needs a `name`")
    stages: list[str] = []
    methods: dict[str, Throttle] = {}
    for element in node.get("apiStages").elements():
        _check_members(element, ("stage", "throttle"))
        stages.append(element.get("stage").text())
        for name, throttle in element.get("throttle").items():
            limits = _throttle(throttle)
            if not name.startswith("/") or not name.rpartition("/")[2].isupper():
                throttle.report(f"{name!r} is not a resource and method, as in /pets/{{id}}/GET")
            elif limits is not None and stages[-1] == stage:
                methods[name] = limits
    return UsagePlan(
        name=node.get("name").text(),
        keys=tuple(key.text() for key in node.get("keys").elements()),
        throttle=_throttle(node.get("throttle")),
        quota=_quota(node.get("quota")),
        methods=methods,
        stages=tuple(stages) if node.has("apiStages") else None,
    )


def _throttle(node: Node) -> Throttle | None:
    if node.value is None:
        return None
    _check_members(node, ("rateLimit", "burstLimit"))
    rate, burst = _number(node.get("rateLimit"), float), _number(node.get("burstLimit"), int)
    return Throttle(rate, int(burst))


def _quota(node: Node) -> Quota | None:
    if node.value is None:
        return None
    _check_members(node, ("limit", "period", "offset"))
    period = node.get("period").text()
    if period not in PERIODS:
        node.get("period").report(f"must be one of {', '.join(PERIODS)}")
        return None
    limit = int(_number(node.get("limit"), int))
    offset = int(_number(node.get("offset"), int)) if node.has("offset") else 0
    try:
        return Quota(limit, period, offset)
    except ValueError as error:
        node.report(str(error))
        return None


def _number(node: Node, kind: type[int] | type[float]) -> float:
    value: Any = node.value
    kinds = (int,) if kind is int else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or value < 0:
        node.report(f"must be a{' whole' if kind is int else ''} number, 0 or more")
        return 0
    return value
