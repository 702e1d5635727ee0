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


def test_most_of_the_rows_with_a_source_are_kept():
    sourced, kept = fidelity.counted(fidelity.rules())
    assert len(kept) / len(sourced) >= 0.9


def test_every_fact_of_a_gateway_beyond_proxies_has_its_row():
    ids = {rule.id for rule in fidelity.rules()}
    assert {f"F11/{number}" for number in range(1, 11)} <= ids


def test_the_page_is_up_to_date():
    assert fidelity.PAGE.read_text(encoding="utf-8") == fidelity.page(), (
        "write it again: python tools/fidelity.py"
    )
