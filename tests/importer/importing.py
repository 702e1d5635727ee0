"""The written-down importer: all of its rules, and what they find in a document."""

from __future__ import annotations

from importer import extension_rules, model_rules, tree_rules
from importer.rules import RULES as RULES
from importer.rules import Found as Found
from importer.rules import Outcome as Outcome
from importer.rules import found as found

del extension_rules, model_rules, tree_rules  # they declared their rules
