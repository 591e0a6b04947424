"""The command for photographs: check."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from posecheck.cli.options import EXIT_CODES, JsonOption, ModelOption, examples, say
from posecheck.errors import NoPersonError, PosecheckError

if TYPE_CHECKING:
    from posecheck.detect.models import Model


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(epilog=examples("check photo.jpg", "check *.jpg --json signals.json") + EXIT_CODES)(check)


def check(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE", help="Photographs (JPEG, PNG, WebP, ...).")],
    json: JsonOption = None,
    model: ModelOption = "full",
) -> None:
    """Measure photographs: posture, view and every signal."""
    from posecheck.detect.models import load_model
    from posecheck.report.json_csv import write_json
    from posecheck.run import check_outputs

    check_outputs([json], [*images, Path(model)])
    found, failed = _measure_all(images, load_model(model))
    if json is not None:
        write_json(json, found)
    if failed is not None:
        raise typer.Exit(failed.exit_code)


def _measure_all(images: Iterable[Path], model: Model) -> tuple[list[dict[str, Any]], PosecheckError | None]:
    """Print what is measured in each picture; a bad one does not stop the others, the first failure is returned."""
    from posecheck.capture.photograph import read_image
    from posecheck.detect.mediapipe_detector import Detector
    from posecheck.photo import measure_photograph
    from posecheck.report.json_csv import measurement_dict
    from posecheck.report.terminal import console, measurement_view

    found: list[dict[str, Any]] = []
    failed: PosecheckError | None = None
    with Detector(model, mode="image") as detector:
        for path in images:
            try:
                measurement, reason = measure_photograph(detector, read_image(path))
            except PosecheckError as error:
                say(f"error: {error}")
                failed = failed or error
                continue
            if measurement.view is None:
                failed = failed or NoPersonError(f"nobody was seen in {path}")
            console().print(measurement_view(path, measurement, reason))
            found.append(measurement_dict(path.name, measurement, reason))
    return found, failed
