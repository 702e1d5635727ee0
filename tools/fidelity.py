"""Writes docs/fidelity.md: every rule of the gateway, whether the stage keeps it, and the tests.

`python tools/fidelity.py` writes it again; `tests/tools/test_fidelity.py` keeps it up to date.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "fidelity.md"
_TESTS = HERE.parent / "tests" / "stage"
_OUTCOME = HERE / "peers" / "outcome.json"
_VERDICTS = {"yes": "yes", "setting": "setting", "no": "no", "comment": "no rule"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `does` is yes, setting, no, or comment for what is not a rule of a stage."""

    id: str
    does: str
    text: str
    source: str
    note: str


def rules() -> list[Rule]:
    """The rows of fidelity.psv: five fields, separated by bars."""
    lines = (HERE / "fidelity.psv").read_text(encoding="utf-8").splitlines()
    return [Rule(*line.split("|")) for line in lines]


def proofs() -> dict[str, list[str]]:
    """The tests marked with each rule's id, as file and name."""
    found: dict[str, list[str]] = {}
    for path in sorted(_TESTS.rglob("test_*.py")):
        for name, rule in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(rule, []).append(f"{path.stem.removeprefix('test_')}: {name}")
    return found


def _marked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        for decorator in getattr(node, "decorator_list", []):
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith(
                "mark.fact"
            ):
                for argument in decorator.args:
                    yield node.name, ast.literal_eval(argument)


def counted(known: list[Rule]) -> tuple[list[Rule], list[Rule]]:
    """The rules that have a source, and those of them that are kept."""
    sourced = [rule for rule in known if rule.source]
    return sourced, [rule for rule in sourced if rule.does in ("yes", "setting")]


def page() -> str:
    """The page as it should be."""
    known, tests = rules(), proofs()
    outcome = json.loads(_OUTCOME.read_text(encoding="utf-8"))
    peers, facts = outcome["peers"], outcome["facts"]
    totals = "; ".join(
        f"{name} {peers[name]} keeps {sum(each[name] for each in facts.values())}"
        for name in sorted(peers)
    )
    sourced, kept = counted(known)
    lines = [
        "# What the stage does as API Gateway does",
        "",
        "Generated from the tests by `python tools/fidelity.py`; do not edit.",
        "",
        f"{len(kept)} of {len(sourced)} rows that have a source are kept "
        f"({len(kept) / len(sourced):.1%}), "
        f"{sum(rule.does == 'setting' for rule in kept)} of them by a setting, since AWS does not "
        "say, or two sources differ. "
        f"{sum(rule.does == 'comment' for rule in sourced)} of the others are not rules of a "
        "stage, such as those of a firewall. "
        f"{len(known) - len(sourced)} rows have no source and do not count. "
        "*Recorded* means that real AWS answered so; *reported*, that others published its answer.",
        "",
        f"Two peers received the same requests, for the {len(facts)} rules that one or two "
        f"requests can show: {totals}. `make peers` asks them again. A dash means not asked.",
        "",
    ]
    section = ""
    for rule in known:
        if rule.id.partition("/")[0] != section:
            section = rule.id.partition("/")[0]
            lines += [
                "",
                f"## {_TITLES[section]}",
                "",
                f"| id | rule | source | kept | {' | '.join(sorted(peers))} | tests |",
            ]
            lines += ["|---" * (5 + len(peers)) + "|"]
        names = "<br>".join(f"`{test}`" for test in tests.get(rule.id, []))
        kept_by = _VERDICTS[rule.does] + (f": {rule.note}" if rule.note else "")
        others = " | ".join(_kept_by(facts.get(rule.id), name) for name in sorted(peers))
        cells = (rule.id, rule.text, rule.source, kept_by, others, names)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def _kept_by(fact: dict[str, bool] | None, peer: str) -> str:
    return "—" if fact is None else "yes" if fact[peer] else "no"


_TITLES = {
    "F2.1": "Request validators: what is checked",
    "F2.2": "Request validators: the answers",
    "F2.3": "Request validators: the words",
    "F2.4": "Order",
    "F3.1": "Answers of the gateway's own",
    "F3.2": "Routing",
    "F3.3": "Decoding",
    "F4.1": "Gateway responses: types",
    "F4.2": "Gateway responses: inheritance",
    "F4.3": "Gateway responses: templates",
    "F5.1": "Lambda proxy: the event",
    "F5.2": "Lambda proxy: the reply",
    "F5.3": "Lambda proxy: the reply's headers",
    "F5.4": "Headers of every answer",
    "F6": "API keys and usage plans",
    "F7": "CORS",
    "F11": "Bodies, policies, integrations, streams",
}

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
