"""The errors that a user's input or surroundings cause and that a command reports.

UserError
├── WrongArguments             the command line cannot be understood or contradicts itself
├── ContractError              the contract is invalid or cannot be compiled
│   ├── NotImportable          API Gateway would refuse the import document
│   └── UnreadableContract     no file, no YAML, or no OpenAPI of a known version
├── SettingsError              the settings beside the contract cannot be used
├── CannotInit                 `contract init` cannot write a project
├── CannotUpgrade              `contract upgrade` cannot upgrade one
├── NoWheel                    neither knows the engine's wheel
├── CannotGenerate             `contract client` cannot write a client
├── CannotServe                `contract serve` cannot start, or cannot reload
│   └── StageEnded             the stage of `contract test` did not start
├── TemplateError              the template, or what it includes, cannot be served
├── StageDocumentError         the import document cannot become a stage
├── EnvironmentFileError       the file of environment variables cannot be read
├── PlanError                  AWS would refuse the API keys or usage plans
├── KeySetError                the key set cannot be used
├── UsageFileError             the usage counters cannot be read
├── PortInUse                  something else listens on the port
├── LocalDynamoDBError         the local DynamoDB does not start
├── InitError                  the function cannot be loaded
├── Refused                    a stack cannot be deployed, or a deployed one cannot be asked
├── DriftError                 the deployed stage cannot be compared
├── CannotJudge                the stage cannot be tested
├── CoverageError              the coverage records cannot be read
├── NoOperationsModule         nothing says where the operations' functions are
├── HiddenFunctions            it is not known which functions there are
└── NotPython                  the module of operations cannot be read

Every other exception of the engine is handled inside it.
"""

from __future__ import annotations

from typing import ClassVar


class UserError(Exception):
    """The message says what is wrong, where, and how to fix it."""

    names_place: ClassVar[bool] = False
    """Whether each line of the message begins with a file, as those of a compiler do."""
