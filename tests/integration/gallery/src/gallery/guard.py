"""The authorizer function, which accepts only the staff."""


def handler(event, context):
    effect = "Allow" if event["authorizationToken"] == "Bearer curator" else "Deny"
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": event["methodArn"]}
    return {
        "principalId": "someone",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }
