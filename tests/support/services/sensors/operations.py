"""Sensors: no links, no headers, and ids whose name is another one in the path."""

import uuid

from openapi_first.runtime import Problem, Reply

_sensors = {}


def list_sensors():
    return {"sensors": list(_sensors.values())}


def add_sensor(body):
    sensor = {**body, "id": str(uuid.uuid4())}
    _sensors[sensor["id"]] = sensor
    return Reply(sensor, 201)


def get_sensor(sensor_id):
    if sensor_id.lower() not in _sensors:
        raise Problem(404, "There is no such sensor.")
    return _sensors[sensor_id.lower()]


def change_sensor(sensor_id, body):
    sensor = {**body, "id": get_sensor(sensor_id)["id"]}
    _sensors[sensor["id"]] = sensor
    return sensor


def remove_sensor(sensor_id):
    del _sensors[get_sensor(sensor_id)["id"]]
