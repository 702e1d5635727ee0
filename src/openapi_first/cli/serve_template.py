"""`contract serve` for a SAM or CloudFormation template, or the folder cdk.out."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from openapi_first.cli.options.stage import PORT
from openapi_first.cli.options.template import of_contracts


def serve_declared(options: argparse.Namespace, path: Path, environment: Mapping[str, str]) -> None:
    """Serves a template; `environment` are the variables of every function."""
    from openapi_first.serving.gateway_options import values_by_name
    from openapi_first.serving.templates.declaration import ServedTemplate
    from openapi_first.serving.templates.server import TemplateOptions, serve_template
    from openapi_first.stage.access.tokens import KeySet
    from openapi_first.stage.messages.settings import Settings
    from openapi_first.templates.read import Choices

    wrong = of_contracts(options)
    if wrong:
        options.wrong_arguments(
            f"{', '.join(wrong)}: not for a template, which declares functions, stages, keys and "
            "plans itself"
        )
    choices = Choices(
        parameters=dict(options.parameter),
        region=options.region or os.environ.get("AWS_REGION") or "",
        api=options.api or "",
        stage=options.stage or "",
        environment=options.config_env or "default",
    )
    serve_template(
        TemplateOptions(
            served=ServedTemplate(path, choices, options.env_vars),
            host=options.host,
            port=PORT if options.port is None else options.port,
            api_key=options.api_key,
            environment=environment,
            concurrency=options.concurrency,
            dynamodb=not options.no_dynamodb,
            raw_logs=options.raw_logs,
            emulator=options.emulator,
            key_set=None if options.jwks is None else KeySet(options.jwks),
            usage_file=options.usage_file,
            settings=Settings(
                upstreams=dict(options.upstream),
                condition_keys=values_by_name(options.context),
                stage_in_path=not options.no_stage_prefix,
            ),
            announce_to=options.announce,
        )
    )
