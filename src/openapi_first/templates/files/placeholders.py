"""Intrinsic functions in a document that is served without its template.

Without the template nobody knows their values. Written as placeholders of `Fn::Sub`, they still say
which function an integration calls (AWS: intrinsic-function-reference-sub).
"""

from __future__ import annotations

from typing import Any


def with_placeholders(value: Any) -> Any:
    """`Fn::Sub`, `Fn::Join`, `Fn::GetAtt` and `Ref` as strings; all other values stay."""
    if isinstance(value, list):
        return [with_placeholders(each) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(name, argument)] = value.items()
        text = _text(name, with_placeholders(argument))
        if text is not None:
            return text
    return {key: with_placeholders(each) for key, each in value.items()}


def _text(name: Any, argument: Any) -> str | None:
    """The string of an intrinsic function; None for one that has none."""
    match name, argument:
        case "Ref", str():
            return f"${{{argument}}}"
        case "Fn::Sub", str():
            return argument
        case "Fn::Sub", [str() as text, dict() as variables]:
            for variable, each in variables.items():
                if isinstance(each, str):
                    text = text.replace(f"${{{variable}}}", each)
            return text
        case "Fn::GetAtt", str():
            return f"${{{argument}}}"
        case "Fn::GetAtt", [str(), str()]:
            return f"${{{'.'.join(argument)}}}"
        case "Fn::Join", [str() as between, [*parts]] if all(isinstance(e, str) for e in parts):
            return between.join(parts)
    return None
