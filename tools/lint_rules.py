"""Writes docs/lint-rules.md: `make lint-rules`."""

from __future__ import annotations

from pathlib import Path

from openapi_first.lint.findings.rule import Verdict
from openapi_first.lint.lint import RULES

PAGE = Path(__file__).parents[1] / "docs" / "lint-rules.md"

_HEAD = """# The rules of `contract lint`

Generated from the rules by `make lint-rules`; do not edit.

A contract with a finding that is *rejected at import* or *enforced nowhere* does not pass.
"""


def rules_page() -> str:
    parts = [_HEAD]
    for verdict in Verdict:
        parts.append(f"\n## {verdict.value[0].upper()}{verdict.value[1:]}\n")
        parts += [
            f"\n### `{rule.id}`\n\n{rule.title}.\n\n"
            f"{rule.authority}: [{rule.statement}]({rule.source})\n\n"
            f"To do: {rule.remedy}\n"
            for rule in RULES.values()
            if rule.verdict is verdict
        ]
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(rules_page(), encoding="utf-8")
