"""Strings that match a regular expression, from Hypothesis; the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

_TRIED = 20


def matching(pattern: str, rng: random.Random) -> Iterator[str]:
    """Strings that match the pattern as Python reads it; none if Python cannot read it. The caller
    validates them, since the contract's dialect is ECMA-262."""
    import re

    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis import strategies as st

    try:
        strings = st.from_regex(re.compile(pattern.replace(r"\z", r"\Z")), fullmatch=False)
        strings.validate()
    except Exception:
        # Hypothesis raises many kinds of errors for patterns that it cannot read.
        return
    found: list[str] = []

    @seeded(rng.getrandbits(32))
    @settings(
        max_examples=_TRIED,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strings)
    def collect(value: str) -> None:
        found.append(value)

    collect()
    yield from sorted(dict.fromkeys(found), key=lambda value: (not value, len(value), value))
