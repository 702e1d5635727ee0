"""An item keeps its meaning in DynamoDB's attributes and in JSON."""

import re
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from items.records import MAX_ITEM_BYTES, Content, Item, now

_CONTENTS = st.builds(Content, name=st.text(), description=st.none() | st.text())


@given(_CONTENTS, st.none() | st.text(min_size=1))
def test_attributes_hold_all_of_an_item(content: Content, request_hash: str | None) -> None:
    item = Item.new("an id", content, request_hash)
    assert Item.from_attributes(item.as_attributes()) == item


@given(_CONTENTS)
def test_json_shows_no_hidden_attribute(content: Content) -> None:
    shown = Item.new("an id", content, "hash").as_json()
    assert set(shown) - {"description"} == {"id", "name", "created_at", "updated_at"}
    assert shown.get("description") == content.description


def test_a_new_item_was_updated_when_it_was_created() -> None:
    item = Item.new("an id", Content("a"), None)
    assert item.created_at == item.updated_at


def test_a_moment_is_rfc_3339_in_utc_with_six_digits() -> None:
    moment = now()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", moment)
    offset = datetime.fromisoformat(moment).utcoffset()
    assert offset is not None
    assert not offset


def test_only_content_above_the_limit_is_surely_too_large() -> None:
    assert not Content("a", "b" * (MAX_ITEM_BYTES - 1)).surely_too_large()
    assert Content("a", "b" * MAX_ITEM_BYTES).surely_too_large()


def test_size_is_counted_in_utf_8() -> None:
    assert not Content("a", "\U0001f600" * (MAX_ITEM_BYTES // 4 - 1)).surely_too_large()
    assert Content("a", "\U0001f600" * (MAX_ITEM_BYTES // 4)).surely_too_large()
