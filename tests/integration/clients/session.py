"""The session of the Python client, run in an environment that has it: BASE_URL KEY."""

from __future__ import annotations

import sys

from items_api_client import AuthenticatedClient, Client  # type: ignore[import-not-found]
from items_api_client.api.items import (  # type: ignore[import-not-found]
    create_item,
    delete_item,
    get_item,
    list_items,
    update_item,
)
from items_api_client.models import Item, ItemInput, Problem  # type: ignore[import-not-found]

if __name__ == "__main__":
    url, key = sys.argv[1:]
    api = AuthenticatedClient(url, token=key, prefix="", auth_header_name="x-api-key")
    created = create_item.sync_detailed(client=api, body=ItemInput(name="Guide"))
    assert created.status_code == 201, created
    item = created.parsed
    assert isinstance(item, Item)
    assert item.created_at.tzinfo is not None
    assert get_item.sync(item.id, client=api) == item
    page = list_items.sync(client=api, limit=100)
    assert item in page.items
    body = ItemInput(name="Guide", description="Second edition")
    tag = created.headers["ETag"]
    updated = update_item.sync(item.id, client=api, body=body, if_match=tag)
    assert updated.description == "Second edition"
    stale = update_item.sync_detailed(item.id, client=api, body=body, if_match=tag)
    assert stale.status_code == 412
    assert isinstance(stale.parsed, Problem)
    assert stale.parsed.title == "Precondition Failed"
    assert delete_item.sync_detailed(item.id, client=api).status_code == 204
    missing = get_item.sync_detailed(item.id, client=api)
    assert (missing.status_code, missing.parsed.status) == (404, 404)
    refused = get_item.sync_detailed(item.id, client=Client(url))
    assert refused.status_code == 403
    assert refused.parsed.title == "Forbidden"
