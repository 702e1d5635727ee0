"""Orders with decimals and alternatives, in OpenAPI 3.1, placed once for each key."""

import uuid
from datetime import UTC, datetime

from openapi_first.runtime import Problem, ProblemEntry, Reply, current_request, invalid_request

_orders = {}
_placed = {}


def list_orders(limit, cursor):
    ids = list(_orders)
    if cursor is not None and cursor not in ids:
        raise invalid_request([ProblemEntry("is not a cursor", parameter="cursor")])
    start = ids.index(cursor) if cursor is not None else 0
    end = start + limit
    return {
        "data": [_orders[each] for each in ids[start:end]],
        "next_cursor": ids[end] if end < len(ids) else None,
    }


def place_order(idempotency_key, body):
    key = idempotency_key and idempotency_key.lower()
    earlier = _placed.get(key)
    if earlier is None:
        id = str(uuid.uuid4())
        earlier = {"body": body, "order": {"id": id, "placed": _now(), **body}}
        _orders[id] = earlier["order"]
    elif earlier["body"] != body:
        raise Problem(409, "The key was used with another body.")
    if key is not None:
        _placed[key] = earlier
    order = earlier["order"]
    return Reply(order, 201, {"Location": f"{current_request().path}/{order['id']}"})


def get_order(order_id):
    if order_id.lower() not in _orders:
        raise Problem(404, "There is no such order.")
    return _orders[order_id.lower()]


def cancel_order(order_id):
    del _orders[get_order(order_id)["id"]]


def _now():
    return datetime.now(UTC).isoformat()
