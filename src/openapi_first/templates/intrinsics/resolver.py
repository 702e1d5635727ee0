"""Resolves the intrinsic functions in the values of one stack (AWS: intrinsic-function-reference).

Only what is asked for is resolved, so that a resource which the stage does not serve cannot stop
it.
"""

from __future__ import annotations

import re
from typing import Any

from openapi_first.core.json_pointer import escaped
from openapi_first.templates.intrinsics.conditions import Conditions
from openapi_first.templates.intrinsics.functions import FUNCTIONS, InvalidArgument
from openapi_first.templates.intrinsics.parameters import text_of
from openapi_first.templates.intrinsics.resources import Resources
from openapi_first.templates.intrinsics.scope import NO_VALUE, Scope

_DYNAMIC = re.compile(r"\{\{resolve:[^}]*\}\}")
_DEEPEST = 200


class Resolver:
    """`resources` answers Ref and GetAtt, `conditions` decides the conditions."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.conditions = Conditions(scope, self.value)
        self.resources = Resources(scope, self.value, self.conditions.holds)
        self._depth = 0

    def value(self, written: Any, pointer: str) -> Any:
        """The value without intrinsic functions; None for `AWS::NoValue` itself. Errors are
        reported, and an empty string stands for what cannot be resolved."""
        found = self.resolved(written, pointer)
        return None if found is NO_VALUE else found

    def resolved(self, written: Any, pointer: str) -> Any:
        """As `value`, but `AWS::NoValue` stays NO_VALUE."""
        if isinstance(written, str):
            if "{{resolve:" in written:
                self._note_dynamic(written, pointer)
            return written
        if not isinstance(written, dict | list):
            return written
        if self._depth > _DEEPEST:
            self.scope.problems.report(pointer, "is nested too deeply", "Split the value.")
            return ""
        self._depth += 1
        try:
            if isinstance(written, list):
                found = [
                    self.resolved(each, f"{pointer}/{index}") for index, each in enumerate(written)
                ]
                return [each for each in found if each is not NO_VALUE]
            return self._object(written, pointer)
        finally:
            self._depth -= 1

    def ref(self, name: str, pointer: str) -> Any:
        """What `Ref` returns."""
        scope = self.scope
        if name in scope.ssm:
            scope.problems.note(
                pointer,
                f"the Parameter Store is not read: {scope.ssm[name]} stands for its own value; "
                f"give it with --parameter {name}=VALUE",
            )
        if name in scope.parameters:
            return scope.parameters[name]
        pseudo = scope.pseudo_parameter(name)
        return self.resources.ref(name, pointer) if pseudo is None else pseudo

    def _object(self, written: dict[str, Any], pointer: str) -> Any:
        if len(written) == 1:
            ((key, argument),) = written.items()
            name = text_of(key)
            below = f"{pointer}/{escaped(name)}"
            if name == "Ref" and isinstance(argument, str):
                return self.ref(argument, pointer)
            if (
                name == "Condition"
                and isinstance(argument, str)
                and pointer.startswith("/Conditions/")
            ):
                return self.conditions.holds(argument, pointer)
            if name.startswith("Fn::"):
                return self._function(name, argument, below)
        found = {
            # The SAM translator makes numbers of statuses.
            text_of(key): self.resolved(value, f"{pointer}/{escaped(key)}")
            for key, value in written.items()
        }
        return {key: value for key, value in found.items() if value is not NO_VALUE}

    def _function(self, name: str, argument: Any, pointer: str) -> Any:
        function = FUNCTIONS.get(name)
        report = self.scope.problems.report
        if function is None:
            known = ", ".join(sorted(FUNCTIONS))
            report(pointer, f"the function {name} is not resolved here", f"It can be {known}.")
            return ""
        try:
            return function(self, argument, pointer)
        except InvalidArgument as error:
            report(pointer, f"{name} {error}", error.remedy)
            return ""

    def _note_dynamic(self, written: str, pointer: str) -> None:
        for found in _DYNAMIC.findall(written):
            self.scope.problems.note(pointer, f"{found} is not looked up; it stays as it is")
