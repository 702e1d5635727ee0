"""An IAM policy, read once, and its decision on a request.

AWS: reference_policies_grammar, reference_policies_evaluation-logic (IAM). A Deny that matches
wins, else an Allow that matches, else nothing is allowed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from openapi_first.stage.policies.conditions import Condition, NullCondition, read_conditions
from openapi_first.stage.policies.errors import (
    PolicyError,
    Report,
    function_of,
    nearest,
    quoted,
)
from openapi_first.stage.policies.patterns import Keys, Pattern, Variable, read_pattern
from openapi_first.stage.policies.principals import (
    ANONYMOUS,
    Principal,
    Principals,
    read_principals,
)

ACTION = "execute-api:Invoke"
Decision = Literal["allow", "explicit deny", "implicit deny"]

_WITH_VARIABLES = "2012-10-17"
_VERSIONS = (_WITH_VARIABLES, "2008-10-17")
_MEMBERS = ("Version", "Id", "Statement")
_OF_STATEMENT = (
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
    *("Resource", "NotResource", "Condition"),
)
_API = "execute-api:/"
_API_ARN = " arn of the api"
_MOST = 20


@dataclass(frozen=True, slots=True)
class PolicyRequest:
    """The invocation of a method by its ARN. `keys` are its condition keys."""

    method_arn: str
    keys: Keys
    principal: Principal = ANONYMOUS


@dataclass(frozen=True, slots=True)
class _Patterns:
    """`inverted` ones, as of NotAction, cover what none of them matches. `texts` are as the policy
    writes them."""

    patterns: tuple[Pattern, ...]
    inverted: bool
    texts: tuple[str, ...] = ()

    def cover(self, value: str, keys: Keys) -> bool:
        return any(each.matches(value, keys) for each in self.patterns) != self.inverted


@dataclass(frozen=True, slots=True)
class Statement:
    """`principals` is None in a policy that is not a resource's."""

    effect: Literal["Allow", "Deny"]
    actions: _Patterns
    resources: _Patterns
    principals: Principals | None
    conditions: tuple[Condition | NullCondition, ...]

    def applies(self, request: PolicyRequest) -> bool:
        """Whether it is about this request, and all its conditions hold."""
        return (
            (self.principals is None or self.principals.cover(request.principal))
            and self.actions.cover(ACTION.lower(), request.keys)
            and self.resources.cover(request.method_arn, request.keys)
            and all(condition.holds(request.keys) for condition in self.conditions)
        )


@dataclass(frozen=True, slots=True)
class Policy:
    statements: tuple[Statement, ...]

    def decide(self, request: PolicyRequest) -> Decision:
        """Whether the policy lets a request invoke its method."""
        api, _, _ = request.method_arn.partition("/")
        keys = {**request.keys, _API_ARN: (api,)}
        known = PolicyRequest(request.method_arn, keys, request.principal)
        effects = {each.effect for each in self.statements if each.applies(known)}
        if "Deny" in effects:
            return "explicit deny"
        return "allow" if "Allow" in effects else "implicit deny"

    def keys(self) -> Iterator[str]:
        """The condition keys that it asks for, in lower case."""
        for statement in self.statements:
            yield from (condition.key for condition in statement.conditions)

    def resources(self) -> Iterator[str]:
        """The resources that its statements name, as it writes them; none of NotResource."""
        for statement in self.statements:
            if not statement.resources.inverted:
                yield from statement.resources.texts


def policy_of(value: object) -> Policy:
    """The policy that an authorizer returned. Raises PolicyError."""
    problems: list[str] = []
    policy = read_policy(
        value, lambda where, message: problems.append(f"{where or '/'}: {message}"), of_api=False
    )
    if problems:
        raise PolicyError(f"policyDocument is not a policy: {'; '.join(problems[:3])}")
    return policy


def read_policy(value: object, report: Report, *, of_api: bool = True) -> Policy:
    """The policy of a JSON value. What is wrong with it is reported, the first problems in full.

    A policy `of_api` is a resource's: its statements name principals, and `execute-api:/` begins
    the ARN of a method (AWS: openapi-extensions-policy).
    """
    count = 0

    def counted(pointer: str, message: str) -> None:
        nonlocal count
        count += 1
        if count <= _MOST:
            report(pointer, message)

    policy = _Reader(counted, of_api).read(value)
    if count > _MOST:
        report("", f"{count - _MOST} more problems, which are not listed")
    return policy


class _Reader:
    def __init__(self, report: Report, of_api: bool) -> None:
        self._report = report
        self._of_api = of_api
        self._variables = False

    def read(self, value: object) -> Policy:
        if not isinstance(value, dict) or function_of(value) is not None:
            self._report("", f"{quoted(value)} is not a policy, which is an object")
            return Policy(())
        self._check_members("", value, _MEMBERS)
        version = value.get("Version")
        self._variables = str(version) == _WITH_VARIABLES
        if version is not None and str(version) not in _VERSIONS:
            self._report("/Version", f"{quoted(version)} is neither {' nor '.join(_VERSIONS)}")
        statements = value.get("Statement")
        if isinstance(statements, list):
            pointers = [f"/Statement/{index}" for index in range(len(statements))]
        else:
            statements, pointers = [statements], ["/Statement"]
        return Policy(tuple(self._statements(zip(pointers, statements, strict=True))))

    def _statements(self, found: Iterator[tuple[str, object]]) -> Iterator[Statement]:
        for pointer, value in found:
            if not isinstance(value, dict):
                self._report(pointer, f"{quoted(value)} is not a statement, which is an object")
                continue
            self._check_members(pointer, value, _OF_STATEMENT)
            effect = value.get("Effect")
            if effect not in ("Allow", "Deny"):
                self._report(f"{pointer}/Effect", f"{quoted(effect)} is neither Allow nor Deny")
            yield Statement(
                effect="Allow" if effect == "Allow" else "Deny",
                actions=self._patterns(value, "Action", pointer),
                resources=self._patterns(value, "Resource", pointer),
                principals=self._principals(value, pointer) if self._of_api else None,
                conditions=read_conditions(
                    value.get("Condition"),
                    f"{pointer}/Condition",
                    self._report,
                    variables=self._variables,
                ),
            )

    def _check_members(
        self, pointer: str, value: Mapping[object, object], known: tuple[str, ...]
    ) -> None:
        """AWS refuses a policy with others; an authorizer's have always been ignored here."""
        for name in value if self._of_api else ():
            if name not in known:
                suggestion = nearest(str(name), known)
                self._report(pointer, f"{quoted(name)} is not an element of a policy{suggestion}")

    def _one_of(
        self, value: Mapping[str, object], member: str, pointer: str
    ) -> tuple[str, object] | None:
        """The name and value of a member or its inversion."""
        present = [name for name in (member, f"Not{member}") if name in value]
        if len(present) == 1:
            return present[0], value[present[0]]
        count = "both" if present else "neither"
        self._report(pointer, f"the statement must have {member} or Not{member}; it has {count}")
        return None

    def _principals(self, value: Mapping[str, object], pointer: str) -> Principals:
        found = self._one_of(value, "Principal", pointer)
        if found is None:
            return Principals(frozenset(), False, False)
        name, principal = found
        return read_principals(
            principal, f"{pointer}/{name}", self._report, inverted=name.startswith("Not")
        )

    def _patterns(self, value: Mapping[str, object], member: str, pointer: str) -> _Patterns:
        found = self._one_of(value, member, pointer)
        if found is None:
            return _Patterns((), False)
        name, listed = found
        texts: list[str] = []
        for text in listed if isinstance(listed, list) else [listed]:
            if isinstance(text, str):
                texts.append(text)
            else:
                self._report(
                    f"{pointer}/{name}",
                    f"{quoted(text)} is neither a string nor an array of strings",
                )
        patterns = (self._pattern(text, member) for text in texts)
        return _Patterns(tuple(patterns), name.startswith("Not"), tuple(texts))

    def _pattern(self, text: str, member: str) -> Pattern:
        if member == "Action":
            # Case does not matter in actions, and they have no variables.
            return read_pattern(text.lower(), variables=False)
        if not self._of_api or not text.startswith(_API):
            return read_pattern(text, variables=self._variables)
        rest = read_pattern(text.removeprefix(_API[:-1]), variables=self._variables)
        return Pattern((Variable(_API_ARN), *rest.parts))
