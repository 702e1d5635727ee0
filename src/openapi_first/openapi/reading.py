"""What could be read of a contract, the errors in it, and the contract without them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from openapi_first.aws.methods import ANY
from openapi_first.core.json_pointer import unescaped
from openapi_first.documents.errors import ContractError, Diagnostic, SettingsError, in_file_order
from openapi_first.documents.node import Node
from openapi_first.openapi.model import Contract, Operation, method_key
from openapi_first.openapi.path_templates import path_variables
from openapi_first.openapi.reach import Reach, Reached


@dataclass(frozen=True)
class Reading:
    """`contract` has all operations, those with errors in part: enough to look for more errors.
    The errors of a stage name operations if their places do not decide whose errors they are."""

    contract: Contract
    errors: tuple[Diagnostic, ...]
    reach: Reach

    def refusal(
        self, errors: Iterable[Diagnostic] = (), settings: SettingsError | None = None
    ) -> ContractError:
        """All errors: those of the reading, and what later stages found."""
        return ContractError(self.attributed((*self.errors, *errors)), settings)

    def attributed(self, errors: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """Each error once, with the operations that have it unless its pointer shows them."""
        merged: dict[Diagnostic, set[str]] = {}
        for error in errors:
            merged.setdefault(replace(error, operations=()), set()).update(self._labels(error))
        return in_file_order(
            error
            if self._shows_operation(error)
            else replace(error, operations=self._sorted(found))
            for error, found in merged.items()
        )

    def without(self, errors: Iterable[Diagnostic]) -> Contract:
        """The contract without the operations that have errors, and without the components that an
        error makes unusable. Left out with them is what would take their requests, without their
        security: an operation for any method of the path, and an integration of a wider path.

        Raises ContractError when an error concerns the whole document, or no operation remains.
        """
        found = tuple(errors)
        wrong = {label for error in found for label in self._labels(error)}
        skipped = _with_takers(wrong, self.contract.operations)
        reached = [self.reach.of(error) for error in found if not error.operations]
        kept = tuple(each for each in self.contract.operations if each.label not in skipped)
        if not kept or any(each.everything for each in reached):
            raise ContractError(self.attributed(found))
        return replace(
            self.contract,
            operations=kept,
            root=self._pruned(kept, skipped, reached),
            skipped=tuple(each for each in self.contract.operations if each.label in skipped),
        )

    def searchable(self) -> Contract | None:
        """The contract for a stage that looks for more errors: all operations, without the
        components that an error makes unusable. None when an error concerns the whole document."""
        reached = [self.reach.of(error) for error in self.errors]
        if not reached:
            return self.contract
        if any(each.everything for each in reached):
            return None
        root = self._pruned(self.contract.operations, set(), reached)
        return replace(self.contract, root=root)

    def _pruned(
        self, kept: Iterable[Operation], skipped: set[str], reached: Iterable[Reached]
    ) -> Node:
        source = self.contract.root.source
        own = {place for each in reached for file, place in each.places if file == source.resolved}
        value = _pruned(source.value, kept, skipped, own)
        return Node(replace(source, value=value, targets={}), value, "")

    def _labels(self, error: Diagnostic) -> Iterable[str]:
        return error.operations or self.reach.of(error).operations

    def _shows_operation(self, error: Diagnostic) -> bool:
        return error.file == str(self.contract.root.source.path) and error.pointer.startswith(
            "/paths/"
        )

    def _sorted(self, labels: set[str]) -> tuple[str, ...]:
        known = [each.label for each in self.contract.operations]
        return tuple(each for each in known if each in labels) + tuple(sorted(labels - set(known)))


def _with_takers(labels: set[str], operations: Iterable[Operation]) -> set[str]:
    """The labels, with those of all operations that requests would reach instead."""
    takers = [each for each in operations if each.method == ANY or each.own_integration]
    labels, queue = set(labels), list(labels)
    while queue:
        method, _, path = queue.pop().partition(" ")
        found = {each.label for each in takers if _takes(each, method, path)} - labels
        labels |= found
        queue += found
    return labels


def _takes(operation: Operation, method: str, path: str) -> bool:
    if operation.path == path:
        return operation.method == ANY
    own = operation.own_integration is not None and path_variables(operation.path, path) is not None
    return own and (method == ANY or operation.method in (ANY, method))


def _pruned(
    document: dict[str, Any], kept: Iterable[Operation], skipped: set[str], places: Iterable[str]
) -> dict[str, Any]:
    """The document without the skipped operations and without what has one of the places."""
    value = dict(document)
    for steps in {_removable(place) for place in places} - {()}:
        *above, last = steps
        whole = value
        for step in above:
            whole[step] = whole = dict(whole[step])
        whole.pop(last, None)
    left = {each.path for each in kept}
    emptied = {label.partition(" ")[2] for label in skipped} - left
    value["paths"] = {
        path: _without_methods(item, {label for label in skipped if label.endswith(f" {path}")})
        for path, item in value["paths"].items()
        if path not in emptied
    }
    return value


def _removable(place: str) -> tuple[str, ...]:
    """The steps of the component, webhook or default that a place is in, or of the tags; empty for
    an operation."""
    match [unescaped(step) for step in place.split("/")[1:]]:
        case ["components", kind, name, *_]:
            return "components", kind, name
        case ["webhooks", name, *_]:
            return "webhooks", name
        case ["security" | "tags" as key, *_]:
            return (key,)
        case ["paths", path, *_] if not path.startswith("/"):
            return "paths", path
    return ()


def _without_methods(item: Any, skipped: set[str]) -> Any:
    """The path item without operations; one that is written elsewhere stays as it is."""
    keys = {method_key(label.partition(" ")[0]) for label in skipped}
    if not keys or not isinstance(item, dict):
        return item
    return {key: value for key, value in item.items() if key not in keys}
