"""Writes docs/diff-rules.md: `python tools/diff_rules.py`."""

from __future__ import annotations

from pathlib import Path

from openapi_first.diff.rules import RULES, SCHEMA_KINDS

PAGE = Path(__file__).parents[1] / "docs" / "diff-rules.md"

_HEAD = """# The rules of `contract diff`

Generated from the rules by `python tools/diff_rules.py`; do not edit.

*Breaking* means that a client which keeps to the old contract may be refused, or may be sent what \
the old contract ruled out. Properties that a schema neither names nor rules out are taken as not \
sent. References are followed and `allOf` is merged first, so that moving a schema is no change.
"""

_SCHEMAS = """
## Schemas

Each kind has three rules for each direction: `request-KIND-narrowed` and so on. What takes less \
than before breaks requests, what takes more breaks responses, and what takes other values, or \
where it cannot be told, breaks both.

| | narrowed | widened | changed |
|---|---|---|---|
| request | breaking | compatible | breaking |
| response | compatible | breaking | breaking |

| kind | what it is about |
|---|---|
"""

_OASDIFF = """
## Beside oasdiff

The classes of changes are those of [oasdiff](https://github.com/oasdiff/oasdiff)'s documentation. \
Other verdicts than its own:

- A header, parameter or property that is gone is breaking, where oasdiff warns.
- A new property in a response is breaking where the old schema ruled out any other \
(`additionalProperties: false`): the old contract said that there is none.
- An alternative added to `oneOf` breaks requests, too, unless the alternatives exclude each other \
by type, by a required property, or by a discriminator: what was valid once may be valid twice.
- A new status is compatible: clients treat it as its class (RFC 9110 §15).
- A sunset that is withdrawn is compatible: the operation stays.

Not compared:

- Components that no operation reaches: they are compared where they are used.
- `x-stability-level` and `x-extensible-enum`, which are oasdiff's own, and a least time between \
deprecation and sunset, which is a policy.
- What callbacks and webhooks change: a change within is told as breaking.
- The body of `contains`, `if` and the `unevaluated…` keywords: a change within is told as both.
- Whether two regular expressions match the same texts: another expression is another.
"""


def rules_page() -> str:
    """The page as it should be."""
    schema = {
        f"{direction}-{kind}-{word}"
        for direction in ("request", "response")
        for kind in SCHEMA_KINDS
        for word in ("narrowed", "widened", "changed")
    }
    others = [
        f"| `{rule.id}` | {rule.verdict.value} | {rule.says} |\n"
        for rule in RULES.values()
        if rule.id not in schema
    ]
    kinds = [f"| `{kind}` | {subject} |\n" for kind, subject in SCHEMA_KINDS.items()]
    table = "\n## Everything else\n\n| rule | verdict | what it says |\n|---|---|---|\n"
    return "".join((_HEAD, table, *others, _SCHEMAS, *kinds, _OASDIFF))


if __name__ == "__main__":
    PAGE.write_text(rules_page(), encoding="utf-8")
