"""A page stays below Lambda's limit, whatever the characters and however they are escaped."""

import json

from hypothesis import given
from hypothesis import strategies as st

from items.pages import MAX_RESPONSE_BYTES, fitting
from items.records import MAX_ITEM_BYTES, Content, Item


def _items(*descriptions: str) -> list[Item]:
    return [Item.new(f"{n:032x}", Content("n", text), None) for n, text in enumerate(descriptions)]


def _response_bytes(items: list[Item], ensure_ascii: bool) -> int:
    """The proxy response as the runtime sends it, escaping non-ASCII text or not."""
    page = {"items": [item.as_json() for item in items], "next_cursor": "c" * 28}
    body = json.dumps(page, ensure_ascii=ensure_ascii)
    reply = {"statusCode": 200, "headers": {}, "body": body, "isBase64Encoded": False}
    return len(json.dumps(reply, ensure_ascii=ensure_ascii).encode())


def test_a_megabyte_of_plain_text_is_not_trimmed() -> None:
    items = _items(*["a" * 10_000] * 100)
    assert fitting(items) == 100


def test_control_characters_are_trimmed_to_what_fits() -> None:
    items = _items(*["\0" * 10_000] * 100)
    count = fitting(items)
    assert 80 < count < 100
    assert _response_bytes(items[:count], ensure_ascii=True) < MAX_RESPONSE_BYTES
    assert _response_bytes(items[: count + 1], ensure_ascii=True) > MAX_RESPONSE_BYTES - 200_000


def test_the_largest_item_of_control_characters_fits_alone_and_twice() -> None:
    items = _items(*["\0" * MAX_ITEM_BYTES] * 3)
    assert fitting(items) == 2
    assert _response_bytes(items[:2], ensure_ascii=True) < MAX_RESPONSE_BYTES


def test_no_items_fit_on_an_empty_page() -> None:
    assert fitting([]) == 0


@given(
    st.lists(
        st.tuples(st.characters(exclude_categories=["Cs"]), st.integers(0, MAX_ITEM_BYTES // 4)),
        max_size=10,
    ),
    st.booleans(),
)
def test_what_fits_fits_in_any_script(texts: list[tuple[str, int]], ensure_ascii: bool) -> None:
    items = _items(*(character * count for character, count in texts))
    count = fitting(items)
    assert count or not items
    assert _response_bytes(items[:count], ensure_ascii) < MAX_RESPONSE_BYTES
