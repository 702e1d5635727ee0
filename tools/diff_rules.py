"""Writes docs/diff-rules.md: `python tools/diff_rules.py`."""

from __future__ import annotations

from pathlib import Path

from openapi_first.diff.findings.rules import RULES, SCHEMA_KINDS, SCHEMA_RULES

PAGE = Path(__file__).parents[1] / "docs" / "diff-rules.md"

_HEAD = """# The rules of `contract diff`

Generated from the rules by `python tools/diff_rules.py`; do not edit.

*Breaking* means that a client that follows the old contract may be refused, or may receive what \
the old contract ruled out. Properties that a schema neither names nor rules out are assumed not \
to be sent. References are followed and `allOf` is merged first, so moving a schema is not a change.
"""

_SCHEMAS = """
## Schemas

Each kind has three rules for each direction: `request-KIND-narrowed` and so on. Fewer valid \
values break requests, more valid values break responses, and other \
valid values, or an unknown effect, break both.

| | narrowed | widened | changed |
|---|---|---|---|
| request | breaking | compatible | breaking |
| response | compatible | breaking | breaking |

| kind | what changed |
|---|---|
"""

_OASDIFF = """
## Compared with oasdiff

The classes of changes are those of [oasdiff](https://github.com/oasdiff/oasdiff)'s documentation. \
These verdicts differ:

- A removed header, parameter or property is breaking; oasdiff only warns.
- A new property in a response is breaking if the old schema ruled out other properties \
(`additionalProperties: false`).
- An alternative added to `oneOf` also breaks requests, unless the alternatives exclude each other \
by type, by a required property, or by a discriminator: a value that matched one may match two.
- A new status is compatible: clients treat it as its class (RFC 9110 §15).
- A withdrawn sunset is compatible: the operation stays.

Not compared:

- Components that no operation references: they are compared where they are used.
- `x-stability-level` and `x-extensible-enum`, which only oasdiff defines, and a minimum time \
between deprecation and sunset, which is a policy.
- The content of callbacks and webhooks: any change is reported as breaking.
- The schemas in `contains`, `if` and the `unevaluated…` keywords: any change is reported as \
wider and narrower.
- Whether two regular expressions match the same strings: a different expression is a change.
"""


def rules_page() -> str:
    others = [
        f"| `{rule.id}` | {rule.verdict.value} | {rule.statement} |\n"
        for rule in RULES.values()
        if rule.id not in SCHEMA_RULES
    ]
    kinds = [f"| `{kind}` | {subject} |\n" for kind, subject in SCHEMA_KINDS.items()]
    table = "\n## Outside of schemas\n\n| rule | verdict | what changed |\n|---|---|---|\n"
    return "".join((_HEAD, table, *others, _SCHEMAS, *kinds, _OASDIFF))


if __name__ == "__main__":
    PAGE.write_text(rules_page(), encoding="utf-8")
