"""An item keeps its meaning in DynamoDB's attributes and in JSON."""

import re
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from items.failures import MalformedItem
from items.records import MAX_ITEM_BYTES, Content, Item, is_moment, now
from openapi_first.runtime.plan import DRAFT_4, SchemaPlan
from openapi_first.runtime.validators import validator_for
from support.faults.malformed_items import MALFORMED, malformed

_ID = "5f0c6a0e-6d6f-4d9c-9d54-3f1f4ce9c1a7"
_DATE_TIME = validator_for(SchemaPlan({"format": "date-time"}), {}, DRAFT_4)
_NAMES = st.text(min_size=1, max_size=255)
_CONTENTS = st.builds(Content, name=_NAMES, description=st.none() | st.text())


@given(_CONTENTS, st.none() | st.text(min_size=1))
def test_attributes_hold_all_of_an_item(content: Content, request_hash: str | None) -> None:
    item = Item.new(_ID, content, request_hash)
    assert Item.from_attributes(item.as_attributes()) == item


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_malformed_item_is_refused_with_its_key_and_attributes(kind: str) -> None:
    with pytest.raises(MalformedItem) as refused:
        Item.from_attributes(malformed(kind, _ID))
    assert refused.value.key == _ID
    named = {each.split()[0] for each in refused.value.complaints}
    assert named == set(MALFORMED[kind])


@pytest.mark.parametrize("id", [_ID.upper(), "no UUID", "", "{" + _ID + "}", _ID.replace("-", "")])
def test_an_id_in_another_form_than_the_canonical_one_is_malformed(id: str) -> None:
    with pytest.raises(MalformedItem, match="id is not a UUID") as refused:
        Item.from_attributes(malformed("name empty", id))
    assert refused.value.key == id


def test_complaints_have_no_values() -> None:
    attributes = malformed("name too long", _ID) | {"version": {"S": "secret"}}
    with pytest.raises(MalformedItem) as refused:
        Item.from_attributes(attributes)
    assert "secret" not in str(refused.value)
    assert "aaa" not in str(refused.value)


def test_attributes_of_others_are_no_harm() -> None:
    item = Item.new(_ID, Content("name"), None)
    assert Item.from_attributes({**item.as_attributes(), "ttl": {"N": "1"}}) == item


@given(_CONTENTS)
def test_json_shows_no_hidden_attribute(content: Content) -> None:
    shown = Item.new(_ID, content, "hash").as_json()
    assert set(shown) - {"description"} == {"id", "name", "created_at", "updated_at"}
    assert shown.get("description") == content.description


def test_a_new_item_was_updated_when_it_was_created() -> None:
    item = Item.new(_ID, Content("a"), None)
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


@given(
    st.from_regex(r"(0001|2024|9999)-(02|12)-(28|30)[Tt][012]\dZ?", fullmatch=True).map(
        lambda text: text[:13]
    ),
    st.sampled_from([":00:00", ":59:59", ":60:00", ":00:60"]),
    st.sampled_from(["", ".1", ".123456789"]),
    st.sampled_from(["Z", "z", "+00:00", "-23:59", "+10:75", "+23:60", "+24:00"]),
)
@example("2024-01-01T24", ":00:00", "", "Z")
@example("2024-01-01T00", ":00:00", "", "+10:75")
def test_a_moment_is_one_that_the_contract_allows(
    hour: str, minute: str, fraction: str, offset: str
) -> None:
    moment = hour + minute + fraction + offset
    if is_moment({"at": {"S": moment}}, "at"):
        assert _DATE_TIME.is_valid(moment)
