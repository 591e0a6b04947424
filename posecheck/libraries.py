"""Loads OpenCV and PyAV where they are used, says what to install when one does not load, and lends them settings."""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType

from posecheck.errors import DependencyError

# The Debian and Ubuntu package of each system library that the wheels of OpenCV and MediaPipe link to.
_PACKAGES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libGLESv2.so.2": "libgles2",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libSM.so.6": "libsm6",
    "libICE.so.6": "libice6",
    "libX11.so.6": "libx11-6",
    "libXext.so.6": "libxext6",
    "libXrender.so.1": "libxrender1",
    "libxcb.so.1": "libxcb1",
}
_SHARED_LIBRARY = re.compile(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object file")


@contextmanager
def default_environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """Add variables to the environment for a while, but for those that the user has set.

    Args:
        wanted: the values by the names of the variables.
    """
    added = {key: value for key, value in wanted.items() if key not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for key in added:
            os.environ.pop(key, None)


def load_cv2() -> ModuleType:
    """Import OpenCV.

    Returns:
        The module `cv2`.

    Raises:
        DependencyError: OpenCV, or a system library that it needs, is missing.
    """
    try:
        return importlib.import_module("cv2")
    except ImportError as error:
        raise missing_dependency(error, "opencv-python") from error


def load_av() -> ModuleType:
    """Import PyAV, after OpenCV.

    Both wheels bring libraries of the X window system under the same file names, and whichever is loaded first is taken
    by both. With PyAV's own, the first window of OpenCV never opens (PyAV issue 1050, OpenCV issue 29195).

    Returns:
        The module `av`.

    Raises:
        DependencyError: one of the two is missing, or does not load.
    """
    load_cv2()
    try:
        return importlib.import_module("av")
    except ImportError as error:
        raise missing_dependency(error, "av") from error


def missing_dependency(error: Exception, package: str) -> DependencyError:
    """The error that says in one line what to install when a package did not load.

    Args:
        error: what loading it raised.
        package: its name for pip.
    """
    found = _SHARED_LIBRARY.search(str(error))
    if found is None:
        reason = " ".join(str(error).split())
        return DependencyError(f"{package} does not load ({reason}): run pip install --force-reinstall posecheck")
    library = found.group(1)
    debian = _PACKAGES.get(library)
    remedy = f"apt install {debian}" if debian else f"apt-file search {library}, then apt install what it names"
    other = (
        ", or replace opencv-python with opencv-python-headless (no window then)" if package == "opencv-python" else ""
    )
    return DependencyError(
        f"{package} needs the system library {library}, which is missing: on Debian and Ubuntu {remedy}{other}"
    )
