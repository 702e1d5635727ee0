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

Of each pair of schemas that differ, `jsonschema_rs` first proves, where it can, which one accepts \
every value of the other. So `enum: [1, 2, 3]` is the same as integers from 1 to 3, and `nullable` \
is the same as an alternative with `null`. The schemas are then compared keyword by keyword, which \
finds the places, and decides what the proof leaves open. What the proof refutes is dropped. What \
it shows and no keyword explains is reported of the `schema`; what neither decides is `undecided`, \
and breaking. Schemas with more than 1,500 values are only compared by keywords, and their parts \
by both.

In an XML body, a change of `xml` is breaking if another element or attribute is on the wire. \
Elsewhere, and for a prefix beside a namespace, it is documentation.

Where OpenAPI leaves a choice, this is ours:

- `default` beside a 2xx response is for errors; it does not stand for another 2xx.
- A `default` in a body fills in nothing; that of a parameter does.
- `charset=utf-8` makes no difference, and JSON has no `charset` at all (RFC 8259 §11).
- The values of parameters and headers are compared as the strings that are sent: any string takes \
what an integer took, and an exploded array takes what one value was.
- `1.0` is the integer 1, except beside `multipleOf` in OpenAPI 3.0.
"""

_SCHEMAS = """
## Schemas

Each kind has four rules for each direction: `request-KIND-narrowed` and so on. Fewer valid \
values break requests, more valid values break responses, and other \
valid values, or an unknown effect (`undecided`), break both.

| | narrowed | widened | changed | undecided |
|---|---|---|---|---|
| request | breaking | compatible | breaking | breaking |
| response | compatible | breaking | breaking | breaking |

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
- The content of callbacks and webhooks: any change but of descriptions and examples is reported \
as breaking.
- `contentSchema` by its effect: any change, also of what it refers to, is reported as breaking, \
but not one of descriptions.
- The schemas in `contains`, `if` and the `unevaluated…` keywords: a change is reported as wider \
and narrower, unless the whole schema is proved to be one of them or the same.
- Most regular expressions: a different expression is a change, unless the proof knows it.
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
