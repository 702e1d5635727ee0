"""Images of functions that others have built, and AWS's images for code in a folder.

AWS Lambda: images-create, images-test. AWS's entry point takes the handler only, so its emulator is
started directly; an image without the emulator gets it from this machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from openapi_first.aws.runtimes import BOOTSTRAP, EMULATOR, ENTRY_POINT
from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.functions.container import EMULATOR_FOLDER, Container, FunctionImage
from openapi_first.stage.messages.invoker import InitError


@dataclass(frozen=True, slots=True)
class RunnableImage:
    """An image of the local Docker engine. Created by `runnable_image`."""

    image: FunctionImage

    @property
    def name(self) -> str:
        return self.image.name

    async def start(self, configuration: FunctionConfiguration, *, with_code: bool) -> Container:
        """A container that listens, with the code and the layers of the configuration in their
        places if it is not in the image. Raises InitError."""
        image = self.image
        if with_code:
            mounted = {str(configuration.task_root): "/var/task"}
            if configuration.opt is not None:
                mounted[str(configuration.opt)] = "/opt"
            image = replace(image, mounted=mounted)
        return await image.start(configuration)


def runnable_image(
    names: Sequence[str], command: Sequence[str], emulator: Path | None, *, remedy: str
) -> RunnableImage:
    """The first image that the Docker engine has; `command` replaces that of its Dockerfile.

    `emulator` is the file aws-lambda-rie, for an image without it. `remedy` is how to get the
    first image. Raises InitError.
    """
    image = _first(names, emulator, command[-1] if command else None, remedy)
    if image.entry_point == ENTRY_POINT:
        return RunnableImage(replace(image, started_by=(EMULATOR, BOOTSTRAP), emulator=None))
    if emulator is None or not image.entry_point:
        return RunnableImage(image)
    inside = f"{EMULATOR_FOLDER}/{emulator.name}"
    return RunnableImage(replace(image, started_by=(inside, *image.entry_point)))


def _first(
    names: Sequence[str], emulator: Path | None, handler: str | None, remedy: str
) -> FunctionImage:
    errors = []
    for name in names:
        try:
            return FunctionImage.find(name, emulator, handler, remedy)
        except ModuleNotFoundError:
            raise InitError("the package `docker` is missing: install the extra `image`") from None
        except InitError as error:
            errors.append(error)
    raise errors[0]
