"""One function for each operation of the contract."""

from openapi_first.runtime import Problem, Reply

_CARRIERS = {"hare": ({"DE", "FR"}, True), "snail": ({"DE", "FR", "PT"}, False)}


def quote(body):
    if body["to"] == "AQ":
        raise Problem(422, "Nobody goes there.")
    price = 3.5 + body["grams"] // 1000
    if body["to"] == "XX":
        price += 0.25  # violates the contract
    return {"price": price, "currency": "EUR"}


def list_carriers(country, tracked):
    return [
        name
        for name, (served, tracks) in _CARRIERS.items()
        if served.issuperset(country) and tracked in (None, tracks)
    ]


def put_label(number, body):
    return Reply(None, headers={"X-Printed": str(number)})
