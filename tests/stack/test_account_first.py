"""The first deployment of a stack into an account."""

from __future__ import annotations

from support.aws_account.account import AwsAccount
from support.aws_account.project import Project


def test_x(account: AwsAccount, project: Project) -> None:
    done = project.run("deploy", "--stack", "items")
    assert done.returncode == 0, done.stdout + done.stderr
    stack = account.stack("items")
    assert stack.status == "CREATE_COMPLETE"
    done = project.run("undeploy", "--stack", "items", answers="y\n" * 9)
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)
    assert not account.unexpected
    assert stack.status == "DELETE_COMPLETE"
    print([m.logical_id for m in stack.kept])
    print([str(each) for each in account.requests])
    done = project.run("deploy", "--stack", "items")
    assert done.returncode == 0, done.stdout + done.stderr
    print(list(account.region().tables.tables))


def test_y(account: AwsAccount) -> None:
    from openapi_first.import_document.document import import_document
    from openapi_first.openapi.loader import load
    from stack.template import ROOT
    from support.aws_account.packaging import deployed

    doc = import_document(load(ROOT / "openapi.yaml"))
    stack = deployed(account, "items", doc)
    assert stack.status == "CREATE_COMPLETE", stack.events
    stack = deployed(account, "items", doc, parameters={"MemorySize": "1024"})
    assert stack.status == "UPDATE_COMPLETE", stack.events[-4:]
    api = next(iter(account.region().gateway.apis.values()))
    assert len(api.imports) == 1
    doc2 = {**doc, "info": {**doc["info"], "description": "new"}}
    stack = deployed(account, "items", doc2)
    assert len(api.imports) == 2
    print(api.deployments.keys(), api.stages)
