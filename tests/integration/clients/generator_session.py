"""The session of openapi-generator's Python client, run in an environment that has it:
BASE_URL KEY."""

from __future__ import annotations

import sys

from openapi_client import (  # type: ignore[import-not-found]
    ApiClient,
    ApiException,
    Configuration,
    ItemInput,
    ItemsApi,
)


def status(call: object, *arguments: object, **more: object) -> int:
    try:
        call(*arguments, **more)
    except ApiException as error:
        refusal = error
    assert refusal.data.title
    return refusal.status


if __name__ == "__main__":
    url, key = sys.argv[1:]
    settings = Configuration(host=url, api_key={"apiKey": key})
    with ApiClient(settings) as client, ApiClient(Configuration(host=url)) as keyless:
        api = ItemsApi(client)
        created = api.create_item_with_http_info(ItemInput(name="Guide"))
        item, tag = created.data, created.headers["ETag"]
        assert api.get_item(item.id) == item
        assert item in api.list_items(limit=100).items
        body = ItemInput(name="Guide", description="Second edition")
        assert api.update_item(item.id, body, if_match=tag).description == "Second edition"
        assert status(api.update_item, item.id, body, if_match=tag) == 412
        api.delete_item(item.id)
        assert status(api.get_item, item.id) == 404
        assert status(ItemsApi(keyless).get_item, item.id) == 403
