"""Changes of security requirements."""

from __future__ import annotations

from pathlib import Path

import pytest

from diff.comparing import MAKE, Case, assert_rules, edit

CASES: list[Case] = [
    (
        "security",
        [],
        [edit(*MAKE, "security", to=[{"key": []}])],
        {"security-narrowed"},
        {"security-widened"},
    ),
    (
        "security of the root",
        [],
        [edit("security", to=[{"key": []}])],
        {"security-narrowed"},
        {"security-widened"},
    ),
    (
        "security alternative",
        [edit(*MAKE, "security", to=[{"key": []}])],
        [edit(*MAKE, "security", to=[{"key": []}, {"tokens": ["read"]}])],
        {"security-widened"},
        {"security-narrowed"},
    ),
    (
        "security scope",
        [edit(*MAKE, "security", to=[{"tokens": ["read"]}])],
        [edit(*MAKE, "security", to=[{"tokens": ["read", "write"]}])],
        {"security-narrowed"},
        {"security-widened"},
    ),
    (
        "security scheme's name",
        [edit(*MAKE, "security", to=[{"key": []}])],
        [
            edit(
                "components",
                "securitySchemes",
                "secret",
                to={"type": "apiKey", "name": "X-API-Key", "in": "header"},
            ),
            edit(*MAKE, "security", to=[{"secret": []}]),
        ],
        {"security-scheme-renamed"},
        {"security-scheme-renamed"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_each_class_of_change_has_its_rule(case: Case, tmp_path: Path) -> None:
    assert_rules(case, tmp_path)
