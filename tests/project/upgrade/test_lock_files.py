from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openapi_first.project.upgrade.lock_files import merge_lock
from openapi_first.project.wheel import DISTRIBUTION

NAMES = ["anyio", "h11", "idna", DISTRIBUTION, "zipp"]
VERSIONS = st.sampled_from(["1", "2", "3"])
LOCKS = st.dictionaries(st.sampled_from(NAMES), VERSIONS)


def lock(versions: dict[str, str]) -> str:
    return "".join(entry(name, versions[name]) for name in sorted(versions))


def entry(name: str, version: str) -> str:
    return f"{name}=={version} \\\n    --hash=sha256:{version * 64}\n"


def test_the_teams_own_distributions_stay_in_their_order_with_their_comments() -> None:
    mine = (
        "# This file was written by uv.\n--prefer-binary\n"
        + entry("anyio", "1").rstrip("\n")
        + "\n    # via starlette\n"
        + entry("Own.Package", "7")
    )
    merged = merge_lock(
        lock({"anyio": "1", "idna": "1"}), mine, lock({"anyio": "2", "h11": "5", "idna": "1"})
    )
    assert merged.text == (
        "# This file was written by uv.\n--prefer-binary\n"
        + entry("anyio", "2")
        + entry("h11", "5")
        + entry("Own.Package", "7")
    )
    assert merged.kept == ()


def test_a_version_that_both_sides_have_changed_is_the_teams_and_is_named() -> None:
    merged = merge_lock(lock({"h11": "1"}), lock({"h11": "3"}), lock({"h11": "2"}))
    assert (merged.text, merged.kept) == (lock({"h11": "3"}), ("h11",))


def test_the_engine_always_has_its_new_hash() -> None:
    old, own, new = (lock({DISTRIBUTION: each}) for each in "123")
    assert merge_lock(old, own, new).text == new


def test_a_distribution_with_a_version_for_each_platform_is_replaced_as_a_whole() -> None:
    first, second = "h11==1 ; python_version < '3.12'\n", "h11==2 ; python_version >= '3.12'\n"
    merged = merge_lock(first + second, first + second + "mine==1", lock({"h11": "3"}))
    assert merged.text == lock({"h11": "3"}) + "mine==1\n"


@given(LOCKS, LOCKS, LOCKS)
def test_each_distribution_has_the_version_of_the_side_that_changed_it(
    base: dict[str, str], mine: dict[str, str], new: dict[str, str]
) -> None:
    merged = merge_lock(lock(base), lock(mine), lock(new))
    expected = {}
    for name in NAMES:
        old, own, newer = base.get(name), mine.get(name), new.get(name)
        engine = name == DISTRIBUTION and old != newer
        version = newer if engine or own == old else own
        if version is not None:
            expected[name] = version
    assert merged.text == lock(expected)
    assert merge_lock(lock(base), merged.text, lock(new)).text == merged.text
