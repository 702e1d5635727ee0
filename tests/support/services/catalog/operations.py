"""Products that are found by deepObject and other parameters with a style."""

import secrets
import string

from openapi_first.runtime import Problem, Reply

_products = {}


def find_products(filter, fields, offset, limit, x_unit):
    wanted = filter or {}
    found = [
        each
        for each in _products.values()
        if wanted.get("colour", each["colour"]) == each["colour"]
        and wanted.get("min_price", 0) <= each["price"] <= wanted.get("max_price", 1000)
    ]
    names = fields or ("sku", "colour", "price")
    page = found[offset : offset + limit]
    return {"products": [{name: each[name] for name in names} for each in page]}


def add_product(body):
    sku = "".join(secrets.choice(string.ascii_lowercase) for _ in range(8))
    _products[sku] = {"sku": sku, **body}
    return Reply(_products[sku], 201)


def get_product(sku, range):
    if sku not in _products:
        raise Problem(404, "There is no such product.")
    return _products[sku]


def remove_product(sku):
    get_product(sku, None)
    del _products[sku]
