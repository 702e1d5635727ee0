"""Reads the usage plan of an API key from API Gateway (AWS: API_GetUsagePlans, API_GetUsage)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from openapi_first.conformance.model.errors import CannotJudge
from openapi_first.sdk.session import session

_DAYS = {"DAY": 1, "WEEK": 7, "MONTH": 31}


@dataclass(frozen=True)
class UsagePlan:
    """The limits of a key: requests per second, burst, and requests left of the quota; None if
    unlimited. `key` is the key's value."""

    key: str
    rate: float | None
    burst: int | None
    left: int | None


def usage_plan(key_id: str, url: str) -> UsagePlan:
    """Reads the plan with the session of every command. Of several plans, the one of the
    URL's stage counts. Raises CannotJudge."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client: Any = session().client("apigateway")
        key = str(client.get_api_key(apiKey=key_id, includeValue=True)["value"])
        plans = client.get_usage_plans(keyId=key_id)["items"]
        plan = _chosen(plans, url)
        if plan is None:
            raise CannotJudge(f"the API key {key_id} is not in a usage plan of {url}")
        throttle = plan.get("throttle", {})
        return UsagePlan(
            key, throttle.get("rateLimit"), throttle.get("burstLimit"), _left(client, plan, key_id)
        )
    except (BotoCoreError, ClientError) as error:
        raise CannotJudge(f"the usage plan of {key_id} cannot be read: {error}") from None


def _chosen(plans: list[dict[str, Any]], url: str) -> dict[str, Any] | None:
    """The plan whose stage the URL names; for a custom domain name, the only plan."""
    for plan in plans:
        for stage in plan.get("apiStages", ()):
            if f"//{stage['apiId']}." in url and url.rstrip("/").endswith(f"/{stage['stage']}"):
                return plan
    return plans[0] if len(plans) == 1 and ".execute-api." not in url else None


def _left(client: Any, plan: dict[str, Any], key_id: str) -> int | None:
    """What is left of the quota in this period: the last day's remainder, or the whole quota if
    nothing was used yet."""
    quota = plan.get("quota")
    if not quota:
        return None
    today = datetime.now(UTC).date()
    first = today - timedelta(days=_DAYS[quota["period"]] - 1)
    if quota["period"] == "MONTH":
        first = today.replace(day=1)
    usage = client.get_usage(
        usagePlanId=plan["id"],
        keyId=key_id,
        startDate=first.isoformat(),
        endDate=today.isoformat(),
    )
    days = usage.get("items", {}).get(key_id, [])
    return int(days[-1][1]) if days else int(quota["limit"])
