"""Long annotations, as ruff would break them."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from openapi_first.python_types.annotations import broken, broken_result

WIDTH = 60
NAMES = st.sampled_from(["str", "types.Booking", "types.ReservationOfSomebody", "dict[str, Any]"])
LITERALS = st.lists(st.sampled_from(["one", "two words", "three"]), min_size=1, max_size=9).map(
    lambda values: "Literal[" + ", ".join(f'"{each}"' for each in values) + "]"
)
EXPRESSIONS = st.recursive(
    NAMES | LITERALS,
    lambda inner: (
        st.lists(inner, min_size=2, max_size=4).map(" | ".join)
        | inner.map("list[{}]".format)
        | inner.map("dict[str, {}]".format)
    ),
    max_leaves=6,
)


def test_what_fits_stays_on_its_line() -> None:
    assert broken("str | None", "    name: ", ",", WIDTH) == "    name: str | None,"
    assert broken_result("str | None", ") -> ", WIDTH) == ") -> str | None:"


@settings(max_examples=max(4, settings().max_examples // 10))
@given(st.lists(EXPRESSIONS, min_size=1, max_size=40))
def test_a_formatter_changes_nothing(expressions: list[str]) -> None:
    functions = [
        f"def function(\n{broken(each, '    argument: ', ',', WIDTH)}\n"
        f"{broken_result(each, ') -> ', WIDTH)}\n    raise NotImplementedError\n"
        for each in expressions
    ]
    written = "from __future__ import annotations\n\n\n" + "\n\n".join(functions)
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", str(WIDTH)]
    done = subprocess.run(
        [*command, "-"], input=written, capture_output=True, text=True, check=True
    )
    assert done.stdout == written
