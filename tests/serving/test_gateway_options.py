"""What `contract serve` gives a stage."""

from __future__ import annotations

from openapi_first.serving.gateway_options import gateway_options


def test_all_values_of_a_condition_key_reach_the_stage_whatever_its_case() -> None:
    given = [("aws:SourceVpce", "a"), ("aws:sourcevpce", "b"), ("aws:UserAgent", "")]
    options = gateway_options(
        stage="prod",
        api_key="k" * 20,
        plan_file=None,
        rate=None,
        burst=None,
        quota=None,
        usage_file=None,
        jwks=None,
        functions={},
        upstreams={},
        condition_keys=given,
        raw_logs=False,
        stage_in_path=True,
    )
    keys = options.settings(timeouts=True).condition_keys
    assert keys == {"aws:sourcevpce": ("a", "b"), "aws:useragent": ()}
