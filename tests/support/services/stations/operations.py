"""Stations: a read-only API, with numbered pages and links."""

from openapi_first.runtime import Problem, Reply, current_request

_stations = {
    code: {
        "code": code,
        "country": ("DE", "FR", "PT")[number % 3],
        "gauge": ("narrow", "standard", "broad")[number % 3],
        "closed": None if number % 2 else "2020-02-29",
        "position": [number - 5.5, number * 1.25],
    }
    for number, code in enumerate(f"AA{letter}" for letter in "ABCDEFGHIJK")
}


def list_stations(page, size, country):
    found = [each for each in _stations.values() if country in (None, each["country"])]
    start = (page - 1) * size
    body = {"stations": found[start : start + size], "page": page}
    if start + size < len(found):
        body["next"] = page + 1
    return Reply(body, headers={"X-Total-Count": str(len(found))})


def get_station(code, if_none_match):
    station = _stations.get(code)
    if station is None:
        raise Problem(404, "There is no such station.")
    headers = {"ETag": f'"{code}-1"'}
    tags = [each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")]
    if headers["ETag"] in tags or "*" in tags:
        return Reply(None, 304, headers)
    if current_request().headers.get("Accept", "").startswith("text/plain"):
        return Reply(f"{code} in {station['country']}", headers=headers, media_type="text/plain")
    return Reply(station, headers=headers, media_type="application/json")
