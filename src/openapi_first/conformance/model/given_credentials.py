"""The credentials that a user gives for a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credential:
    """The credential for a security scheme. `variable` names the environment variable that holds
    it; requests and reports show that name, never the value. `for_scopes` says whether it is for
    operations with scopes only, or for those without only; None for all. `also` are headers and
    query parameters that are sent with it: location, name and value."""

    scheme: str
    variable: str
    value: str = field(repr=False)
    for_scopes: bool | None = field(default=None, kw_only=True)
    also: tuple[tuple[str, str, str], ...] = field(default=(), kw_only=True)

    def fits(self, scopes: Sequence[str]) -> bool:
        """Whether it is for an operation that asks for these scopes of the scheme."""
        return self.for_scopes in (None, bool(scopes))

    @property
    def placeholder(self) -> str:
        """Stands for the credential in a request."""
        return f"${self.variable}"


@dataclass(frozen=True, slots=True)
class WrongCredential(Credential):
    """A credential that the stage must refuse; `reason` says what is wrong, as in `expired`. With
    `lacks_scopes` only operations that ask for scopes refuse it."""

    reason: str
    lacks_scopes: bool = False
