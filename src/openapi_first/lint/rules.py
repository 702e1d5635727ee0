"""The rules of `contract lint`, by their ids."""

from __future__ import annotations

from openapi_first.lint.enforcement_rules import ENFORCEMENT
from openapi_first.lint.import_rules import IMPORTING

RULES = {rule.id: rule for rule in (*ENFORCEMENT, *IMPORTING)}
