"""The written-down importer: all of its rules, and what they find in a document."""

from __future__ import annotations

from importer import extension_rules, model_rules, tree_rules
from importer.rules import RULES, Found, Outcome, Rule, found

__all__ = ["RULES", "Found", "Outcome", "Rule", "found"]

del extension_rules, model_rules, tree_rules  # they declared their rules
