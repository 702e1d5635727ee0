"""docs/fidelity.md says what the tests prove, and nothing else."""

import fidelity


def test_every_rule_that_is_kept_has_a_test_and_no_other_has():
    tests = fidelity.proofs()
    kept = {rule.id for rule in fidelity.rules() if rule.does in ("yes", "setting")}
    assert kept == set(tests)


def test_ids_are_unique_and_what_is_not_kept_says_why():
    rules = fidelity.rules()
    assert len({rule.id for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.does in ("yes", "setting", "no", "comment"), rule
        assert rule.note or rule.does not in ("setting", "no"), rule


def test_at_least_95_percent_of_the_rules_are_kept():
    rules = [rule for rule in fidelity.rules() if rule.does != "comment"]
    kept = [rule for rule in rules if rule.does != "no"]
    assert len(kept) / len(rules) >= 0.95


def test_the_page_is_up_to_date():
    assert fidelity.PAGE.read_text(encoding="utf-8") == fidelity.page(), (
        "write it anew: python tools/fidelity.py"
    )
