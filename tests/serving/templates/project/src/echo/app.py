import json
import os

import util


def handler(event, context):
    found = {"who": util.NAME, "pid": os.getpid(), "stage": event["requestContext"]["stage"]}
    found |= {"path": event["requestContext"]["path"], "variables": event["stageVariables"]}
    return {"statusCode": 200, "body": json.dumps(found)}
