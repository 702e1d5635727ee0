"""The condition keys of a request, and who sent it.

AWS: apigateway-resource-policies-aws-condition-keys; reference_policies_condition-keys (IAM).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from openapi_first.aws import condition_keys as names
from openapi_first.stage.messages.request import StageRequest
from openapi_first.stage.policies.patterns import Keys
from openapi_first.stage.policies.principals import ANONYMOUS, Principal

_SIGNED = tuple(key.lower() for key in names.OF_SIGNED_CALLERS)
_VPC = (names.SOURCE_VPCE.lower(), names.SOURCE_VPC.lower(), names.VPC_SOURCE_IP.lower())


def condition_keys(
    request: StageRequest, given: Mapping[str, tuple[str, ...]], epoch: float, *, signed: bool
) -> Keys:
    """What the request itself says, then what is `given` for all requests, which comes first.

    A key that is given without a value is absent. Keys of principals are only in signed requests.
    Through a VPC endpoint there is no SourceIp; the address is VpcSourceIp then.
    """
    chosen = {name.lower(): values for name, values in given.items()}
    through_endpoint = any(chosen.get(name) for name in _VPC)
    address = names.VPC_SOURCE_IP if through_endpoint else names.SOURCE_IP
    known = {
        names.CURRENT_TIME: datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        names.EPOCH_TIME: str(int(epoch)),
        # API Gateway has no other endpoints than those of HTTPS.
        names.SECURE_TRANSPORT: "true",
        names.REFERER: request.header("referer"),
        names.USER_AGENT: request.header("user-agent"),
        address: request.source_ip,
    }
    own = {name.lower(): (value,) for name, value in known.items() if value is not None}
    keys: dict[str, tuple[str, ...]] = {**own, **chosen}
    return {
        name: values
        for name, values in keys.items()
        if values and (signed or name.partition("/")[0] not in _SIGNED)
    }


def principal_of(keys: Keys, account_id: str, *, signed: bool) -> Principal:
    """Who signed the request: the principal of the keys, else somebody in the stage's account."""
    if not signed:
        return ANONYMOUS
    (arn,) = keys.get(names.PRINCIPAL_ARN.lower(), ())[:1] or (None,)
    of_arn = arn.split(":")[4] if arn is not None and arn.count(":") >= 5 else account_id
    (account,) = keys.get(names.PRINCIPAL_ACCOUNT.lower(), ())[:1] or (of_arn,)
    return Principal(arn, account)
