"""The roles of deployment/bootstrap.yaml, and what their policies decide on a request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi_first.stage.policies.policy import Policy, policy_of
from stack.template import ROOT, read

BOOTSTRAP = ROOT / "deployment" / "bootstrap.yaml"
ACCOUNT, REGION = "123456789012", "eu-central-1"
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::NoValue": None,
}
_ARNS = {
    "AWS::IAM::OIDCProvider": "iam::{account}:oidc-provider/token.actions.githubusercontent.com",
    "AWS::IAM::Role": "iam::{account}:role/bootstrap/setup-{name}-1A2B3C",
    "AWS::IAM::ManagedPolicy": "iam::{account}:policy/setup-{name}-1A2B3C",
    "AWS::ECR::Repository": "ecr:{region}:{account}:repository/setup-{name}-1a2b3c",
    "AWS::S3::Bucket": "s3:::setup-{name}-1a2b3c",
}


@dataclass(frozen=True)
class Bootstrap:
    """The template with the values of its parameters; `arns` are those of its resources."""

    resources: Mapping[str, Any]
    arns: Mapping[str, str]

    def trust(self, role: str) -> Policy:
        """A trust policy is about its own role, so it names no resource."""
        document = self.resources[role]["Properties"]["AssumeRolePolicyDocument"]
        own = [{**each, "Resource": self.arns[role]} for each in document["Statement"]]
        return policy_of({**document, "Statement": own})

    def policies(self, role: str) -> list[Policy]:
        """A role's own; a managed policy's is its only one."""
        properties = self.resources[role]["Properties"]
        if "PolicyDocument" in properties:
            return [policy_of(properties["PolicyDocument"])]
        return [policy_of(each["PolicyDocument"]) for each in properties["Policies"]]

    def allows(self, role: str, action: str, resource: str, **keys: str) -> bool:
        """Whether the role may; `keys` are condition keys with `__` for the colon."""
        return any(decides(each, action, resource, keys) for each in self.policies(role))

    def trusts(self, role: str, **claims: str) -> bool:
        """Whether GitHub's token with these claims gets the role."""
        issuer = "token.actions.githubusercontent.com"
        keys = {f"{issuer}:{name}": value for name, value in claims.items()}
        return decides(self.trust(role), "sts:AssumeRoleWithWebIdentity", self.arns[role], keys)

    def actions(self, role: str) -> set[str]:
        return {
            action
            for policy in self.policies(role)
            for statement in policy.statements
            for action in statement.actions.texts
        }


def decides(policy: Policy, action: str, resource: str, keys: Mapping[str, str]) -> bool:
    """Whether an Allow applies, and no Deny."""
    given = {name.replace("__", ":").lower(): (value,) for name, value in keys.items()}
    effects = {
        statement.effect
        for statement in policy.statements
        if statement.actions.cover(action.lower(), given)
        and statement.resources.cover(resource, given)
        and all(condition.holds(given) for condition in statement.conditions)
    }
    return effects == {"Allow"}


def bootstrap(file: Path = BOOTSTRAP, **parameters: str) -> Bootstrap:
    template = read(file)
    values = {
        name: parameters.pop(name, parameter.get("Default", ""))
        for name, parameter in template["Parameters"].items()
    }
    assert not parameters, f"no such parameters: {parameters}"
    arns = {
        name: "arn:aws:" + _ARNS[kind].format(account=ACCOUNT, region=REGION, name=name.lower())
        for name, kind in ((name, each["Type"]) for name, each in template["Resources"].items())
        if kind in _ARNS
    }
    resolver = _Resolver({**_PSEUDO, **arns, **values}, template["Conditions"], arns)
    present = {
        name: resolver.value(resource)
        for name, resource in template["Resources"].items()
        if "Condition" not in resource or resolver.holds(resource["Condition"])
    }
    return Bootstrap(present, arns)


@dataclass(frozen=True)
class _Resolver:
    """The intrinsic functions that the template has."""

    references: Mapping[str, Any]
    conditions: Mapping[str, Any]
    arns: Mapping[str, str]

    def holds(self, name: str) -> bool:
        return bool(self.value(self.conditions[name]))

    def value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [each for each in map(self.value, value) if each is not None]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref":
                return self.references[argument]
            if name.startswith("Fn::"):
                return self._function(name.removeprefix("Fn::"), argument)
        return dict(self._members(value))

    def _members(self, value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, member in value.items():
            yield name, self.value(member)

    def _function(self, name: str, argument: Any) -> Any:
        if name == "If":
            condition, then, otherwise = argument
            return self.value(then if self.holds(condition) else otherwise)
        if name == "Not":
            return not self.value(argument[0])
        if name == "Equals":
            return self.value(argument[0]) == self.value(argument[1])
        if name == "GetAtt":
            return self.arns[argument[0]]
        assert name == "Sub", name
        return re.sub(
            r"\$\{([\w:]+)(?:\.Arn)?\}", lambda found: str(self.references[found[1]]), argument
        )
