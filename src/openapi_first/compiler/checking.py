"""Checks a contract in all stages, and continues with the operations that have no error."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from openapi_first.compiler.compile import Plans, plan_contract, plan_operations
from openapi_first.documents.errors import ContractError, Diagnostic, NotImportable, SettingsError
from openapi_first.openapi.loader import read_contract
from openapi_first.openapi.model import Contract
from openapi_first.openapi.reading import Reading

Refusals: TypeAlias = Callable[[Contract], Iterable[Diagnostic]]
"""The errors of a later stage, such as the import. May raise SettingsError."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A contract whose operations have no error, and their plans. `errors` are those of the
    operations that were skipped."""

    contract: Contract
    plans: Plans
    errors: tuple[Diagnostic, ...] = ()

    @property
    def skipped(self) -> str:
        """The errors, and how many operations were skipped for them; empty if there are none."""
        if not self.errors:
            return ""
        skipped, kept = self.contract.skipped, self.contract.operations
        names = f": {', '.join(each.label for each in skipped)}" if skipped else ""
        count = f"{len(skipped)} of {len(skipped) + len(kept)} operations skipped{names}"
        return "\n".join((*map(str, self.errors), count))


def _none(_: Contract) -> Iterable[Diagnostic]:
    return ()


def check_contract(path: Path, refusals: Refusals = _none, *, keep_going: bool = False) -> Checked:
    """Reads and plans a contract, and asks a later stage what it refuses.

    Raises ContractError with the errors of all stages; NotImportable when only the later stage has
    any, and SettingsError when there are no others. With `keep_going`, operations that have errors
    are skipped instead, unless none remains or an error concerns the whole document.
    """
    reading = read_contract(path)
    plans, errors = plan_operations(reading.contract)
    if keep_going:
        return _without_errors(reading, plans, errors, refusals)
    wrong_settings, refused = None, list[Diagnostic]()
    try:
        contract = reading.searchable()
        if contract is not None:
            refused.extend(refusals(contract))
    except SettingsError as error:
        wrong_settings = error
    if reading.errors or errors:
        raise reading.refusal((*errors, *refused), wrong_settings)
    if wrong_settings is not None:
        raise wrong_settings
    if refused:
        raise NotImportable(reading.attributed(refused))
    return Checked(reading.contract, plans)


def _without_errors(
    reading: Reading, plans: Plans, errors: Iterable[Diagnostic], refusals: Refusals
) -> Checked:
    """What the later stage refuses depends on the operations that are left for it."""
    contract, found = reading.contract, [*reading.errors, *errors]
    if found:
        contract = reading.without(found)
    refused = list(refusals(contract))
    if refused:
        try:
            contract = reading.without([*found, *refused])
        except ContractError as error:
            raise error if found else NotImportable(error.diagnostics) from None
    if contract is not reading.contract:
        plans = plan_contract(contract)
    return Checked(contract, plans, reading.attributed([*found, *refused]))
