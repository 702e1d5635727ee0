"""Projects and their tasks: a resource in a resource."""

import uuid

from openapi_first.runtime import Problem, ProblemEntry, Reply, current_request, invalid_request

_projects = {}
_tasks = {}


def start_project(body):
    project = {"projectId": str(uuid.uuid4()), "name": body["name"]}
    _projects[project["projectId"]] = project
    _tasks[project["projectId"]] = {}
    location = f"{current_request().path}/{project['projectId']}"
    return Reply(project, 201, {"Location": location})


def get_project(project_id):
    if project_id.lower() not in _projects:
        raise Problem(404, "There is no such project.")
    return _projects[project_id.lower()]


def end_project(project_id):
    project = get_project(project_id)
    del _projects[project["projectId"]], _tasks[project["projectId"]]


def list_tasks(project_id, limit, after):
    tasks = _tasks_of(project_id)
    ids = list(tasks)
    if after is not None and after.lower() not in ids:
        raise invalid_request([ProblemEntry("is not a task of the project", parameter="after")])
    start = ids.index(after.lower()) + 1 if after is not None else 0
    chosen = ids[start : start + limit]
    page = {"tasks": [tasks[each] for each in chosen]}
    if start + limit < len(ids):
        page["last"] = chosen[-1]
    return page


def add_task(project_id, body):
    task = {"taskId": str(uuid.uuid4()), "done": False, **body}
    _tasks_of(project_id)[task["taskId"]] = task
    return Reply(task, 201, {"Location": f"{current_request().path}/{task['taskId']}"})


def get_task(project_id, task_id):
    tasks = _tasks_of(project_id)
    if task_id.lower() not in tasks:
        raise Problem(404, "There is no such task.")
    return tasks[task_id.lower()]


def change_task(project_id, task_id, body):
    task = {"taskId": get_task(project_id, task_id)["taskId"], "done": False, **body}
    _tasks_of(project_id)[task["taskId"]] = task
    return task


def remove_task(project_id, task_id):
    del _tasks_of(project_id)[get_task(project_id, task_id)["taskId"]]


def _tasks_of(project_id):
    return _tasks[get_project(project_id)["projectId"]]
