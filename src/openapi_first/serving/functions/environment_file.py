"""The file of `--env-vars`: environment variables of functions, in the format of SAM.

AWS SAM: serverless-sam-cli-using-invoke, "Environment variable file". An object has variables by
logical id, and those of every function in `Parameters`; the former win. SAM sets a variable only
where the template declares it.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openapi_first.core.errors import UserError
from openapi_first.templates.model import DeclaredFunction

_ALL = "Parameters"


class EnvironmentFileError(UserError):
    """Lists all that is wrong in the file."""


@dataclass(frozen=True, slots=True)
class EnvironmentFile:
    """Variables by the name of a function, or `Parameters`."""

    path: Path | None = None
    variables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, function: DeclaredFunction) -> dict[str, str]:
        """The variables that the file sets for a function."""
        given = dict(self.variables.get(_ALL, {}))
        for name in (function.name, function.logical_id):
            given |= self.variables.get(name, {})
        return {name: value for name, value in given.items() if name in function.environment}

    def notes(self, functions: Sequence[DeclaredFunction]) -> Iterator[str]:
        """A sentence for each part of the file that has no effect."""
        for name, variables in self.variables.items():
            named = [each for each in functions if name in (_ALL, each.logical_id, each.name)]
            if not named and name != _ALL:
                yield f"{self.path}: {_no_function(name, functions)}"
                continue
            known = {variable for each in named for variable in each.environment}
            for variable in (each for each in variables if each not in known):
                owner = "no function" if name == _ALL else f"the function {name} does not"
                declares = "declares" if name == _ALL else "declare"
                yield (
                    f"{self.path}: {owner} {declares} the variable {variable} in the template, "
                    "and the stage ignores it, as SAM does: add it to Environment.Variables"
                    f"{_nearest(variable, known)}"
                )


def read_environment_file(path: Path) -> EnvironmentFile:
    """Raises EnvironmentFileError with all that is wrong."""
    try:
        read = json.loads(path.read_bytes())
    except OSError as error:
        raise EnvironmentFileError(f"{path}: cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}:{error.colno}"
        raise EnvironmentFileError(f"{where}: is not JSON: {error.msg}") from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise EnvironmentFileError(f"{path}: is not JSON in UTF-8: {error}") from error
    wrong = list(_complaints(read))
    if wrong:
        raise EnvironmentFileError("\n".join(f"{path}: {each}" for each in wrong))
    return EnvironmentFile(
        path,
        {
            name: {each: _string(value) for each, value in variables.items()}
            for name, variables in read.items()
        },
    )


def _complaints(read: Any) -> Iterator[str]:
    form = 'it has to be {"LogicalId": {"VARIABLE": "value"}, "Parameters": {...}}'
    if not isinstance(read, dict):
        yield f"is not an object: {form}"
        return
    for name, variables in read.items():
        if not isinstance(variables, dict):
            yield f"{name}: is not an object of variables: {form}"
            continue
        for variable, value in variables.items():
            if isinstance(value, list | dict):
                yield f"{name}.{variable}: has to be a string, a number, a boolean or null"
            elif "\0" in variable or "=" in variable or not variable or "\0" in _string(value):
                yield f"{name}.{variable}: cannot be an environment variable"


def _string(value: object) -> str:
    """As SAM writes values of JSON."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _no_function(name: str, functions: Sequence[DeclaredFunction]) -> str:
    ids = [each.logical_id for each in functions]
    near = _nearest(name, ids)
    known = "" if near else f"; it declares {', '.join(ids) or 'none'}"
    return f"the template declares no function {name}{near}{known}"


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f" (did you mean {near[0]}?)" if near else ""
