"""Texts that match a regular expression, by Hypothesis, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

_TRIED = 20


def matching(pattern: str, dice: random.Random) -> Iterator[str]:
    """Texts that Python's reading of the pattern matches; none where it cannot read it. The
    caller has a validator to tell whether the contract's reading agrees."""
    import re

    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis import strategies as st

    try:
        texts = st.from_regex(re.compile(pattern.replace(r"\z", r"\Z")), fullmatch=False)
        texts.validate()
    except Exception:
        # Whatever keeps it from being read, another candidate has to do.
        return
    found: list[str] = []

    @seeded(dice.getrandbits(32))
    @settings(
        max_examples=_TRIED,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(texts)
    def collect(text: str) -> None:
        found.append(text)

    collect()
    yield from sorted(dict.fromkeys(found), key=lambda text: (not text, len(text), text))
