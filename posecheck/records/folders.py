"""Where posecheck's own data and the user's files lie."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

DATA_ENV = "POSECHECK_DATA"


def data_dir(kind: Literal["models", "samples"]) -> Path:
    """The folder of the embedded data: inside the package when installed, beside it in a clone."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "data" / kind
    return installed if installed.is_dir() else package.parent / kind


def user_data_dir() -> Path:
    """The user's data folder on this system, or POSECHECK_DATA when that is set; it need not be there."""
    if override := os.environ.get(DATA_ENV):
        return Path(override)
    from platformdirs import user_data_path

    return user_data_path("posecheck", appauthor=False)
