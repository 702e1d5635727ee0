"""The resource policy of an API: who may call it at all (`x-amazon-apigateway-policy`).

AWS: apigateway-resource-policies, apigateway-authorization-flow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from openapi_first.aws.condition_keys import CONDITION_KEYS, OF_REQUESTS, SOURCE_VPCE
from openapi_first.aws.extensions import POLICY
from openapi_first.stage.access.caller import Caller
from openapi_first.stage.api.rest_api import MethodSecurity
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.policies.errors import nearest
from openapi_first.stage.policies.policy import ACTION, Decision, Policy

_WRITTEN = {key.lower(): key for key in CONDITION_KEYS}
_PATTERN = set("*?$")
_OWN = {key.lower() for key in OF_REQUESTS}


@dataclass(frozen=True, slots=True)
class ResourcePolicy:
    """The policy of the API with an ARN; None if the API has none. Who does not come through a VPC
    endpoint does not reach a `private` API."""

    policy: Policy | None
    api_arn: str
    private: bool = False

    def warnings(self, given: Collection[str]) -> Iterator[str]:
        """What to say at start: which keys no request has, but those `given` for all requests, and
        which resources are other APIs."""
        chosen = {name.lower() for name in given}
        if self.private and SOURCE_VPCE.lower() not in chosen:
            yield (
                "the API is private, so it responds with 403 to requests that do not come through "
                f"a VPC endpoint: --context {SOURCE_VPCE}=vpce-1"
            )
        for text in dict.fromkeys(self.policy.resources() if self.policy is not None else ()):
            if _is_other_api(text, self.api_arn):
                yield (
                    f"#/{POLICY}: the resource {text} is not of this stage's API, {self.api_arn}; "
                    "execute-api:/* is every method of the API that has the policy"
                )
        for key in dict.fromkeys(self.policy.keys() if self.policy is not None else ()):
            if key not in chosen and key not in _OWN:
                written = _WRITTEN.get(key, key)
                # A key that AWS lists is spelled well, whatever its neighbours are called.
                hint = "" if key.partition("/")[0] in _WRITTEN else nearest(key, CONDITION_KEYS)
                yield (
                    f"#/{POLICY}: requests do not have the condition key {written} unless "
                    f"--context {written}=VALUE gives it{hint}"
                )

    def before(self, caller: Caller, security: MethodSecurity) -> Decision:
        """The policy's decision; an API without one allows every request.

        Raises GatewayError for what is refused before an authorizer is called: an explicit deny,
        unless a token is verified first.
        """
        if self.private and SOURCE_VPCE.lower() not in caller.keys:
            raise GatewayError.not_public(
                f"the API is private: --context {SOURCE_VPCE}=vpce-1 sends requests through a VPC "
                "endpoint"
            )
        if self.policy is None:
            return "allow"
        decision = self.policy.decide(caller.asks)
        if decision == "explicit deny" and not _token_first(security):
            raise self._denied(caller, decision)
        return decision

    def after(self, decision: Decision, caller: Caller, security: MethodSecurity) -> None:
        """Raises GatewayError for a caller whom the authorizer admitted, and the policy does not.

        A Lambda authorizer's Allow is enough, and so is that of an identity in the same account
        (table A), which is assumed. A token's owner (Cognito), a caller from another account
        (table B) and an anonymous one need the policy's.
        """
        authorizer = security.authorizer
        enough = authorizer is not None and authorizer.kind.calls_function
        enough |= caller.signed and caller.principal.account == _account(self.api_arn)
        if decision == "explicit deny" or (decision == "implicit deny" and not enough):
            raise self._denied(caller, decision)

    def _denied(self, caller: Caller, decision: Decision) -> GatewayError:
        account = _account(self.api_arn)
        masked = caller.method_arn.replace(account, "********" + account[-4:])
        user = caller.principal.arn or "anonymous"
        message = f"User: {user} is not authorized to perform: {ACTION} on resource: {masked}"
        reason = f"no statement of #/{POLICY} allows it"
        if decision == "explicit deny":
            message += " with an explicit deny in a resource-based policy"
            reason = f"a statement of #/{POLICY} denies it"
        return GatewayError.access_denied(message, reason)


def _account(api_arn: str) -> str:
    return api_arn.split(":")[4]


def _is_other_api(resource: str, api_arn: str) -> bool:
    """Whether a resource of a policy says literally that it is of another API, account or region
    (AWS: api-gateway-control-access-using-iam-policies-to-invoke-api)."""
    named = [*resource.partition("/")[0].split(":", 5)]
    literals = (part if not _PATTERN & set(part) else None for part in named)
    own = api_arn.split(":")
    return len(named) == len(own) and any(
        literal is not None and literal != part for literal, part in zip(literals, own, strict=True)
    )


def _token_first(security: MethodSecurity) -> bool:
    return security.authorizer is not None and not security.authorizer.kind.calls_function
