"""The intrinsic functions, each from its argument to a value.

AWS: intrinsic-function-reference.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from openapi_first.core.json_pointer import escaped
from openapi_first.templates.intrinsics.conditions import is_true
from openapi_first.templates.intrinsics.parameters import text_of
from openapi_first.templates.intrinsics.scope import NO_VALUE

if TYPE_CHECKING:
    from openapi_first.templates.intrinsics.resolver import Resolver

_VARIABLE = re.compile(r"\$\{(!?)([^{}]*)\}")
_MOST_ADDRESSES = 256


class InvalidArgument(Exception):
    """The message completes the name of the function."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.remedy = remedy


def get_att(resolver: Resolver, argument: Any, pointer: str) -> Any:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if not isinstance(parts, list) or len(parts) != 2 or not isinstance(parts[0], str):
        raise InvalidArgument(
            "needs a logical ID and an attribute", "Write [LOGICAL_ID, ATTRIBUTE]."
        )
    attribute = resolver.value(parts[1], f"{pointer}/1")
    return resolver.resources.attribute(parts[0], text_of(attribute), pointer)


def sub(resolver: Resolver, argument: Any, pointer: str) -> str:
    text, values = argument, {}
    if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], dict):
        text = argument[0]
        values = {
            key: resolver.value(value, f"{pointer}/1/{escaped(key)}")
            for key, value in argument[1].items()
        }
    if not isinstance(text, str):
        raise InvalidArgument("needs a string, or a string and an object", "Write it as a string.")

    def replaced(found: re.Match[str]) -> str:
        literal, name = found[1], found[2].strip()
        if literal:
            return f"${{{found[2]}}}"
        if name in values:
            value = values[name]
        elif "." in name:
            logical_id, _, attribute = name.partition(".")
            value = resolver.resources.attribute(logical_id, attribute, pointer)
        else:
            value = resolver.ref(name, pointer)
        return _text(value, name)

    return str(resolver.resolved(_VARIABLE.sub(replaced, text), pointer))


def join(resolver: Resolver, argument: Any, pointer: str) -> str:
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
        raise InvalidArgument("needs a delimiter and a list", "Write [DELIMITER, [VALUE, …]].")
    values = _list(resolver, argument[1], f"{pointer}/1")
    return argument[0].join(_text(value, f"element {at}") for at, value in enumerate(values))


def split(resolver: Resolver, argument: Any, pointer: str) -> list[str]:
    delimiter, text = _arguments(resolver, argument, pointer, 2)
    if not isinstance(delimiter, str) or not delimiter or not isinstance(text, str):
        raise InvalidArgument("needs a delimiter and a string", "Write [DELIMITER, STRING].")
    return text.split(delimiter)


def select(resolver: Resolver, argument: Any, pointer: str) -> Any:
    index, values = _arguments(resolver, argument, pointer, 2)
    if not str(index).isdecimal() or not isinstance(values, list):
        raise InvalidArgument("needs an index and a list", "Write [INDEX, [VALUE, …]].")
    if int(index) >= len(values):
        raise InvalidArgument(
            f"has the index {index} of a list of {len(values)}", "Write an index from 0 below it."
        )
    return values[int(index)]


def if_(resolver: Resolver, argument: Any, pointer: str) -> Any:
    if not isinstance(argument, list) or len(argument) != 3:
        raise InvalidArgument(
            "needs a condition and two values", "Write [CONDITION, VALUE, VALUE]."
        )
    at = 1 if resolver.conditions.holds(argument[0], f"{pointer}/0") else 2
    return resolver.resolved(argument[at], f"{pointer}/{at}")


def equals(resolver: Resolver, argument: Any, pointer: str) -> bool:
    left, right = _arguments(resolver, argument, pointer, 2)
    return bool(_comparable(left) == _comparable(right))


def and_(resolver: Resolver, argument: Any, pointer: str) -> bool:
    return all(map(is_true, _conditions(resolver, argument, pointer)))


def or_(resolver: Resolver, argument: Any, pointer: str) -> bool:
    return any(map(is_true, _conditions(resolver, argument, pointer)))


def not_(resolver: Resolver, argument: Any, pointer: str) -> bool:
    return not is_true(_arguments(resolver, argument, pointer, 1)[0])


def find_in_map(resolver: Resolver, argument: Any, pointer: str) -> Any:
    if not isinstance(argument, list) or len(argument) not in (3, 4):
        raise InvalidArgument("needs a map and two keys", "Write [MAP, KEY, KEY].")
    keys = [
        text_of(resolver.value(each, f"{pointer}/{at}")) for at, each in enumerate(argument[:3])
    ]
    found: Any = resolver.scope.section("Mappings")
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    if found is None and len(argument) == 4 and isinstance(argument[3], dict):
        below = f"{pointer}/3/DefaultValue"
        return resolver.resolved(argument[3].get("DefaultValue"), below)
    if found is None:
        raise InvalidArgument(f"finds no {' / '.join(keys)}", "Add it under Mappings.")
    return found


def import_value(resolver: Resolver, argument: Any, pointer: str) -> Any:
    name = text_of(resolver.value(argument, pointer))
    resolver.scope.used_exports.add(name)
    made = resolver.scope.exports.get(name)
    if made is not None:
        return made()
    resolver.scope.problems.note(
        pointer,
        f"no stack here exports {name}, which stands for its own value; give it with "
        f"--parameter {name}=VALUE",
    )
    return name


def base64_(resolver: Resolver, argument: Any, pointer: str) -> str:
    text = _text(resolver.value(argument, pointer), "its argument")
    return base64.b64encode(text.encode()).decode()


def get_azs(resolver: Resolver, argument: Any, pointer: str) -> list[str]:
    region = text_of(resolver.value(argument, pointer) or "") or resolver.scope.region
    return [f"{region}{zone}" for zone in "abc"]


def cidr(resolver: Resolver, argument: Any, pointer: str) -> list[str]:
    """AWS: intrinsic-function-reference-cidr. The bits are those of the hosts; 8 is common."""
    if isinstance(argument, list) and len(argument) == 2:
        argument = [*argument, 8]
    block, count, bits = _arguments(resolver, argument, pointer, 3)
    try:
        network = ipaddress.ip_network(str(block))
        subnets = network.subnets(new_prefix=network.max_prefixlen - int(bits))
        found = [str(each) for each in islice(subnets, min(int(count), _MOST_ADDRESSES))]
    except (ValueError, TypeError) as error:
        raise InvalidArgument(f"is invalid: {error}", "Write [BLOCK, COUNT, BITS].") from None
    if len(found) < int(count):
        raise InvalidArgument(f"has only {len(found)} of {count} subnets", "Ask for fewer of them.")
    return found


def length(resolver: Resolver, argument: Any, pointer: str) -> int:
    return len(_list(resolver, argument, pointer))


def to_json_string(resolver: Resolver, argument: Any, pointer: str) -> str:
    return json.dumps(resolver.value(argument, pointer), separators=(",", ":"))


FUNCTIONS: Mapping[str, Callable[[Resolver, Any, str], Any]] = {
    "Fn::And": and_,
    "Fn::Base64": base64_,
    "Fn::Cidr": cidr,
    "Fn::Equals": equals,
    "Fn::FindInMap": find_in_map,
    "Fn::GetAZs": get_azs,
    "Fn::GetAtt": get_att,
    "Fn::If": if_,
    "Fn::ImportValue": import_value,
    "Fn::Join": join,
    "Fn::Length": length,
    "Fn::Not": not_,
    "Fn::Or": or_,
    "Fn::Select": select,
    "Fn::Split": split,
    "Fn::Sub": sub,
    "Fn::ToJsonString": to_json_string,
}


def _arguments(resolver: Resolver, argument: Any, pointer: str, count: int) -> list[Any]:
    if not isinstance(argument, list) or len(argument) != count:
        raise InvalidArgument(f"needs {count} arguments in a list", f"Write a list of {count}.")
    return [resolver.value(each, f"{pointer}/{index}") for index, each in enumerate(argument)]


def _conditions(resolver: Resolver, argument: Any, pointer: str) -> list[Any]:
    if not isinstance(argument, list) or not 2 <= len(argument) <= 10:
        raise InvalidArgument("needs 2 to 10 conditions", "Write a list of them.")
    return [resolver.value(each, f"{pointer}/{index}") for index, each in enumerate(argument)]


def _list(resolver: Resolver, argument: Any, pointer: str) -> list[Any]:
    found = resolver.value(argument, pointer)
    if not isinstance(found, list):
        raise InvalidArgument("needs a list", "Write a list.")
    return found


def _text(value: Any, name: str) -> str:
    if value is NO_VALUE or value is None:
        return ""
    if isinstance(value, dict | list):
        raise InvalidArgument(
            f"needs a string for {name}", "Join the list, or select one of its values."
        )
    return text_of(value)


def _comparable(value: Any) -> Any:
    return value if isinstance(value, dict | list) else text_of(value)
