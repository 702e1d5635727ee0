"""Replaces import-time variables as API Gateway did (AWS: import-api-aws-variables)."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

_ACCOUNT = "${AWS::AccountId}"


def expanded(
    document: dict[str, Any], others: list[dict[str, Any]], *, region: str, partition: str
) -> dict[str, Any]:
    """The document with its variables replaced. The account is the one that the `others` name most
    often where this document has the variable."""
    values = {"${AWS::Region}": region, "${AWS::Partition}": partition}
    document = _replaced(document, values)
    account = _account(document, others)
    return document if account is None else _replaced(document, {_ACCOUNT: account})


def _replaced(value: Any, values: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, values) for item in value]
    if isinstance(value, str):
        for name, text in values.items():
            value = value.replace(name, text)
    return value


def _account(document: dict[str, Any], others: list[dict[str, Any]]) -> str | None:
    found: Counter[str] = Counter()
    for path, name, written in _strings(document):
        before, _, after = written.partition(_ACCOUNT)
        pattern = re.compile(
            re.escape(before)
            + r"(\d{12})"
            + re.escape(after).replace(re.escape(_ACCOUNT), r"\d{12}")
        )
        for other in others:
            match = pattern.fullmatch(str(_at(other, path).get(name)))
            if match:
                found[match[1]] += 1
    return found.most_common(1)[0][0] if found else None


def _strings(value: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], str, str]]:
    if not isinstance(value, dict):
        return []
    found = []
    for key, item in value.items():
        if isinstance(item, str) and _ACCOUNT in item:
            found.append((path, key, item))
        found.extend(_strings(item, (*path, key)))
    return found


def _at(value: Any, path: tuple[str, ...]) -> dict[str, Any]:
    for key in path:
        value = value.get(key, {}) if isinstance(value, dict) else {}
    return value if isinstance(value, dict) else {}
