"""The `Principal` of a resource policy's statement: whose requests it is about.

AWS: reference_policies_elements_principal, reference_policies_elements_notprincipal (IAM).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from openapi_first.stage.policies.errors import Report, nearest, quoted

_ACCOUNT = re.compile(r"(?:arn:[\w-]+:iam::)?(\d{12})(?::root)?", re.ASCII)
_KINDS = ("AWS", "CanonicalUser", "Federated", "Service")


@dataclass(frozen=True, slots=True)
class Principal:
    """Who signed a request; an anonymous request has neither member."""

    arn: str | None = None
    account: str | None = None


ANONYMOUS = Principal()


@dataclass(frozen=True, slots=True)
class Principals:
    """Those that a statement names. Names of services and providers are never callers here."""

    names: frozenset[str]
    everybody: bool
    inverted: bool

    def cover(self, principal: Principal) -> bool:
        """Whether the statement is about the requests of a principal."""
        named = self.everybody or (principal.arn is not None and principal.arn in self.names)
        if not named and principal.account is not None:
            accounts = (_ACCOUNT.fullmatch(name) for name in self.names)
            named = any(found is not None and found[1] == principal.account for found in accounts)
        return named != self.inverted


def read_principals(value: object, pointer: str, report: Report, *, inverted: bool) -> Principals:
    """What is wrong with the value is reported."""
    if value == "*":
        return Principals(frozenset(), True, inverted)
    names: set[str] = set()
    if not isinstance(value, dict) or not value:
        report(pointer, 'must be "*" or an object such as {"AWS": "*"}')
        value = {}
    for kind, listed in value.items():
        if kind not in _KINDS:
            report(
                pointer, f"{quoted(kind)} is not a kind of principal{nearest(str(kind), _KINDS)}"
            )
            continue
        for each in listed if isinstance(listed, list) else [listed]:
            text = str(each) if isinstance(each, int) and not isinstance(each, bool) else each
            if not isinstance(text, str):
                report(f"{pointer}/{kind}", "must be a string or an array of strings")
            elif kind == "AWS":
                if text != "*" and "*" in text:
                    report(f"{pointer}/AWS", f"{quoted(text)}: a wildcard must stand alone")
                names.add(text)
    return Principals(frozenset(names), "*" in names, inverted)
