"""Where tests are: beside each other as the modules that they test are."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).parent
SOURCES = {
    "benchmarks": TESTS.parent / "benchmarks",
    "items": TESTS.parent / "src" / "items",
    "tools": TESTS.parent / "tools",
}
"""The folders whose modules are not the engine's."""
ENGINE = TESTS.parent / "src" / "openapi_first"
WHOLE_PRODUCT = {
    "browser": "pages in a real browser",
    "faults": "the sample service while DynamoDB, the network and workers fail",
    "image": "the container image",
    "importer": "an independent check of the import into API Gateway",
    "integration": "the product as its users start it",
    "packaging": "the wheel, its dependencies and the locks",
    "stack": "template, deployment and workflows",
    "support": "what several tests share",
}
SPANNING = {
    "stage/access/test_authorization_flow.py": "a policy and an authorizer, together",
    "aws/test_facts.py": "the tables, against each other and against their users",
    "aws/test_only_place.py": "no fact of the tables stands elsewhere",
    "conformance/reports/test_reports.py": "one run in every format",
    "diff/test_references.py": "schemas that refer to others and to themselves",
    "diff/test_soundness.py": "generated changes, through all modules",
    "drift/test_command.py": "what the command prints, through all modules",
    "cli/test_exit_status.py": "each command with each kind of wrong input",
    "openapi/test_wider_reading.py": "what public contracts write, up to the handler",
    "cli/test_keep_going.py": "one option of several commands, and bad input of all",
    "cli/test_lowering.py": "what each command lowers and renders",
    "items/test_concurrency.py": "races on the store",
    "items/test_contract.py": "openapi.yaml itself",
    "items/test_paging.py": "store, cursor and pages together",
    "project/test_makefile.py": "the targets that call AWS",
    "project/test_proxy_events.py": "what the tests of a project send and read",
    "runtime/test_any_method.py": "operations that no method or no function of their own serves",
    "runtime/test_bad_input.py": "each kind of bad input, through the real handler",
    "runtime/test_powertools.py": "shorter ways than those of Powertools, through the handler",
    "samples/test_generated.py": "generated schemas and the official suite, through all modules",
    "stage/test_facts.py": "rules of the gateway that no module keeps by itself",
    "stage/test_verdicts.py": "the stage against the verdicts of lint",
}
MOST_LINES = 500


def mirrored() -> list[Path]:
    """The test files that belong to a module, relative to this folder."""
    files = (path.relative_to(TESTS) for path in sorted(TESTS.rglob("test_*.py")))
    return [path for path in files if path.parts[0] not in WHOLE_PRODUCT and len(path.parts) > 1]


def test_a_test_file_is_where_its_module_is() -> None:
    for path in mirrored():
        first, *rest = path.parent.parts
        folder = SOURCES.get(first, ENGINE / first).joinpath(*rest)
        assert folder.is_dir(), f"{path}: there is no {folder}"
        name = path.stem.removeprefix("test_")
        exists = (folder / f"{name}.py").is_file() or (folder / name).is_dir()
        assert exists or path.as_posix() in SPANNING, f"{path}: there is no module {name}"


def test_what_spans_modules_is_there() -> None:
    assert set(SPANNING) <= {path.as_posix() for path in mirrored()}
    assert set(WHOLE_PRODUCT) <= {path.name for path in TESTS.iterdir()}


def test_no_file_is_too_long_and_no_folder_too_full() -> None:
    for path in TESTS.rglob("*.py"):
        assert len(path.read_text().splitlines()) <= MOST_LINES, path
    for folder in (path for path in TESTS.rglob("*") if path.is_dir()):
        shared = [path for path in folder.glob("*.py") if not path.name.startswith("test_")]
        assert len(shared) <= 12, folder
