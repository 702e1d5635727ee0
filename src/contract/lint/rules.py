"""The rules of `contract lint`, by their ids."""

from __future__ import annotations

from contract.lint.enforcement_rules import ENFORCEMENT
from contract.lint.import_rules import IMPORTING
from contract.lint.verdicts import Rule, Verdict

__all__ = ["RULES", "Rule", "Verdict"]

RULES = {rule.id: rule for rule in (*ENFORCEMENT, *IMPORTING)}
