"""The mapping expressions of headers, and the body templates of gateway responses.

Neither is VTL: variables are substituted, and there are no directives and no functions
(AWS: api-gateway-gatewayResponse-definition).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from openapi_first.stage.messages.json_path import json_path, value_at
from openapi_first.stage.messages.request import StageRequest
from openapi_first.stage.messages.response import StageResponse

_EXPRESSION = re.compile(
    r"'.*'|(?:context|stageVariables)(?:\.[\w$:-]+)+"
    r"|method\.request\.(?:multivalue)?(?:header|path|querystring)\.[\w$.:-]+"
    r"|integration\.response\.(?:multivalue)?header\.[\w$.-]+"
    r"|(?:method\.request|integration\.response)\.body(?:(?:\.(?!\.)|(?=\[))(?P<path>.+))?"
)
_IN_TEMPLATE = re.compile(
    r"\$(?P<own>(?:context|stageVariables)(?:\.[A-Za-z_]\w*)+)"
    r"|\b(?P<request>method\.request\.(?:header|path|querystring)\.[\w$-]+)"
)


@dataclass(frozen=True, slots=True)
class Variables:
    """What an expression can refer to: `$context`, `$stageVariables` and request parameters."""

    context: Mapping[str, Any]
    stage_variables: Mapping[str, str]
    request: StageRequest
    path_parameters: Mapping[str, str]
    response: StageResponse | None = None
    """What the integration responded, once it has."""

    def lookup(self, name: str) -> str | None:
        """The value of `context.a.b`, `stageVariables.a` or `method.request.<location>.<name>`."""
        root, _, rest = name.partition(".")
        if root == "stageVariables":
            return self.stage_variables.get(rest)
        if root == "context":
            return self._context(rest)
        _, location, *parameter = re.split(r"\.|(?=\[)", rest, maxsplit=2)
        if root == "method":
            if location == "body":
                return _in_body(self.request.body, *parameter)
            return self._parameter(location, *parameter)
        if root == "integration" and self.response is not None:
            if location == "body":
                return _in_body(self.response.body, *parameter)
            return _values(self.response.header_values(*parameter), location)
        return None

    def _context(self, path: str) -> str | None:
        value: Any = self.context
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if value is None or isinstance(value, Mapping):
            return None
        return value if isinstance(value, str) else json.dumps(value)

    def _parameter(self, location: str, name: str) -> str | None:
        if location == "path":
            return self.path_parameters.get(name)
        if location.endswith("querystring"):
            values = [value for key, value in self.request.query_pairs() if key == name]
        else:
            values = self.request.header_values(name)
        return _values(values, location)


def _values(values: Sequence[str], location: str) -> str | None:
    """The last value; of `multivalueheader` and `multivaluequerystring` all, as one."""
    if location.startswith("multivalue"):
        return ",".join(values) if values else None
    return values[-1] if values else None


def _in_body(body: bytes, path: str | None = None) -> str | None:
    """The whole body, None if it is empty; or the value at a path in it."""
    if path is None:
        return body.decode("utf-8", "replace") or None
    return value_at(body, path)


def is_expression(text: str) -> bool:
    """Whether this stage can evaluate a mapping expression."""
    found = _EXPRESSION.fullmatch(text)
    return found is not None and (found["path"] is None or json_path(found["path"]) is not None)


def evaluate(expression: str, variables: Variables) -> str | None:
    """The value of a mapping expression: a quoted literal, or a variable; None if it is not set.

    Quotes inside a literal are part of it, as in `'Content-Type', 'Authorization'`.
    """
    if expression.startswith("'"):
        return expression[1:-1]
    return variables.lookup(expression)


def render(template: str, variables: Variables) -> str:
    """A body template with its variables substituted; unknown ones are empty.

    Between double quotes of the template a value is JSON-escaped, elsewhere it is not. So
    `"$context.error.validationErrorString"` is always valid JSON;
    `$context.error.messageString` brings its own quotes and needs none.
    """
    literals, places, last = _parts(template)
    out: list[str] = []
    for literal, (name, quoted) in zip(literals, places, strict=True):
        value = variables.lookup(name) or ""
        out += literal, json.dumps(value, ensure_ascii=False)[1:-1] if quoted else value
    return "".join((*out, last))


@lru_cache
def _parts(template: str) -> tuple[tuple[str, ...], tuple[tuple[str, bool], ...], str]:
    """The literals before each variable; the variables, and whether they are in double quotes; and
    the literal at the end."""
    literals: list[str] = []
    places: list[tuple[str, bool]] = []
    position, quoted = 0, False
    for match in _IN_TEMPLATE.finditer(template):
        literal = template[position : match.start()]
        quoted ^= _toggles(literal)
        literals.append(literal)
        places.append((match["own"] or match["request"], quoted))
        position = match.end()
    return tuple(literals), tuple(places), template[position:]


def _toggles(literal: str) -> bool:
    """Whether a piece of the template has an odd number of unescaped double quotes."""
    return len(re.findall(r'"', re.sub(r"\\.", "", literal, flags=re.DOTALL))) % 2 == 1
