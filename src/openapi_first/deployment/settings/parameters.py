"""The one source of parameters: those given, then the stack's own, then those of samconfig.toml,
then the template's defaults.

All of them are written on every deployment, since SAM would keep the stack's own for each that is
left out (AWS: API_Parameter, UsePreviousValue), and build the image for the default.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openapi_first.deployment.account.failures import Refused
from openapi_first.deployment.settings.rules import Rules, violated
from openapi_first.templates.files.tags import read_file
from openapi_first.templates.intrinsics.parameters import text_of, violations

ARCHITECTURE, BASE_IMAGE = "Architecture", "BaseImage"
PROTECTION = "TableDeletionProtection"
REVISION, CONTRACT_HASH = "Revision", "ContractHash"
_SET_HERE = (REVISION, CONTRACT_HASH)
_GIVEN, _OWN, _SAVED, _DEFAULT = "PARAMETERS", "the stack", "samconfig.toml", "the default"


@dataclass(frozen=True)
class Sources:
    """Values by name, from where they may come. `defaults` count more than the template's."""

    given: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    saved: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


Declared = Mapping[str, Mapping[str, Any]]


def declared_in(template: Path) -> tuple[Declared, Rules]:
    """Parameters and Rules of a template. Raises ContractError or Refused if it cannot be read."""
    written = read_file(template).value
    if not isinstance(written, dict) or not isinstance(written.get("Resources"), dict):
        raise Refused(f"{template} is not a template of CloudFormation: it has no Resources.")
    declared, rules = written.get("Parameters", {}), written.get("Rules", {})
    for section, members in (("Parameters", declared), ("Rules", rules)):
        is_table = isinstance(members, dict)
        if not is_table or not all(isinstance(each, dict) for each in members.values()):
            raise Refused(f"{template}: {section} has to be an object of objects.")
    return declared, rules


def resolved(declared: Declared, sources: Sources, rules: Rules | None = None) -> dict[str, str]:
    """A value for each parameter, but for those that the stack keeps secret and nobody gave.

    Raises Refused with every fault, one a line.
    """
    faults = [*_wrong_names(declared, sources)]
    values: dict[str, str] = {}
    for name, parameter in declared.items():
        origin, value = _first(name, parameter, sources)
        if value is None:
            faults.append(f"{name} has no value: add PARAMETERS='{name}=…'.")
        elif origin == _OWN and parameter.get("NoEcho"):
            continue  # CloudFormation returns asterisks, and keeps the value if none is sent
        else:
            values[name] = value
            if name not in _SET_HERE:
                faults += _violated(name, parameter, value, origin)
    faults += _contradictions(values)
    faults += violated(rules or {}, {name: _typed(declared[name], values[name]) for name in values})
    if faults:
        raise Refused("\n".join(faults))
    return values


def faults_of(parameter: Mapping[str, Any], value: str) -> list[str]:
    """What the template refuses about one value."""
    return [f"{value!r} {reason}." for reason in violations(parameter, value)]


def kept_values(declared: Declared, sources: Sources, deployed: Mapping[str, str]) -> Iterator[str]:
    """What would be another value without the stack's own, a line each: that of samconfig.toml, or
    a default that has changed since. `deployed` are the defaults of the deployed template."""
    for name, own in sources.own.items():
        if name in sources.given or name not in declared:
            continue
        default = declared[name].get("Default")
        if sources.saved.get(name, own) != own:
            other, origin = sources.saved[name], "samconfig.toml has"
        elif own == deployed.get(name) and default is not None and text_of(default) != own:
            other, origin = text_of(default), "the template's default is now"
        else:
            continue
        yield (
            f"{name}={own} stays, as in the stack; {origin} {other}. To change it: "
            f"PARAMETERS='{name}={other}'"
        )


def _first(name: str, parameter: Mapping[str, Any], sources: Sources) -> tuple[str, str | None]:
    places = {_GIVEN: sources.given, _OWN: sources.own, _SAVED: sources.saved}
    for origin, values in places.items():
        if name in values:
            return origin, values[name]
    if name in sources.defaults:
        return _DEFAULT, sources.defaults[name]
    default = parameter.get("Default")
    return _DEFAULT, None if default is None else text_of(default)


def _wrong_names(declared: Declared, sources: Sources) -> Iterator[str]:
    open_ones = [name for name in declared if name not in _SET_HERE]
    for origin, values in ((_GIVEN, sources.given), (_SAVED, sources.saved)):
        for name in values:
            if name in open_ones:
                continue
            if name in _SET_HERE:
                if origin == _GIVEN:
                    yield f"{name} is set by `make deploy` itself: leave it out of {origin}."
                continue
            near = difflib.get_close_matches(name, open_ones, 1, 0.5)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(open_ones)}."
            yield f"{origin}: the template has no parameter {name}: {hint}"


def _violated(name: str, parameter: Mapping[str, Any], value: str, origin: str) -> Iterator[str]:
    shown = "its value" if parameter.get("NoEcho") else repr(value)
    source = "" if origin == _GIVEN else f" (from {origin})"
    for reason in violations(parameter, value):
        yield f"{name}: {shown}{source} {reason}. Give another: PARAMETERS='{name}=…'"


def _contradictions(values: Mapping[str, str]) -> Iterator[str]:
    """Combinations that Lambda would refuse. A template's Rules cannot compare numbers."""
    reserved = _number(values.get("ReservedConcurrency", "-1"), -1)
    least = _number(values.get("ProvisionedConcurrency", "0"), 0)
    most = _number(values.get("ProvisionedConcurrencyMax", "0"), 0)
    if not least:
        return
    if most < least:
        yield (
            f"ProvisionedConcurrencyMax={most} is below ProvisionedConcurrency={least}: raise the "
            "first."
        )
    if reserved != -1 and reserved < max(least, most):
        yield (
            f"ReservedConcurrency={reserved} is below "
            f"{'ProvisionedConcurrencyMax' if most >= least else 'ProvisionedConcurrency'}="
            f"{max(least, most)}, so Lambda could not provision it: raise the first or lower the "
            "second."
        )


def _typed(parameter: Mapping[str, Any], value: str) -> str | list[str]:
    kind = str(parameter.get("Type", "String"))
    is_list = kind == "CommaDelimitedList" or kind.startswith("List<")
    return [part.strip() for part in value.split(",")] if is_list else value


def _number(text: str, otherwise: int) -> int:
    try:
        return int(text)
    except ValueError:
        return otherwise  # a fault that is reported already
