"""The written-down importer: all of its rules, and what they find in a document."""

from __future__ import annotations

from importer import extension_rules, model_rules, tree_rules

del extension_rules, model_rules, tree_rules  # they declared their rules
