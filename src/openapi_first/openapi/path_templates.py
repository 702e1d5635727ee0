"""Which operation a request belongs to: the contract's paths, matched as API Gateway does."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import quote

from openapi_first.openapi.model import Contract, Operation

_VARIABLE = re.compile(r"\{([^{}+]+)(\+?)\}")


class Routes:
    """The routes of a contract."""

    def __init__(self, contract: Contract) -> None:
        # Static segments come before variables, those before greedy ones.
        self._operations = sorted(
            contract.operations,
            key=lambda each: [
                (segment.startswith("{"), "+" in segment) for segment in each.path.split("/")
            ],
        )

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation that a path below the base URL belongs to."""
        for operation in self._operations:
            if operation.method == method and self.variables(operation.path, path) is not None:
                return operation
        return None

    @staticmethod
    def variables(template: str, path: str) -> dict[str, str] | None:
        """The values of a template's variables in a path, percent-encoded as they stand there;
        None when the path is another one."""
        match = _expression(template).fullmatch(path.partition("?")[0].rstrip("/") or "/")
        if match is None:
            return None
        names = [found[1] for found in _VARIABLE.finditer(template)]
        return dict(zip(names, match.groups(), strict=True))


@cache
def _expression(template: str) -> re.Pattern[str]:
    text, last = "", 0
    for found in _VARIABLE.finditer(template):
        text += re.escape(template[last : found.start()])
        text += "(.+)" if found[2] else "([^/]+)"
        last = found.end()
    return re.compile(text + re.escape(template[last:].rstrip("/") or ("/" if not text else "")))


_OPEN = re.compile(r"\{([^{}]+)\}")


def filled(target: str, variables: dict[str, str]) -> str:
    """A target with its open variables put in."""
    return _OPEN.sub(
        lambda found: (
            quote(variables[found[1].rstrip("+")], safe="")
            if found[1].rstrip("+") in variables
            else found[0]
        ),
        target,
    )
