"""Loads OpenCV and PyAV where they are used, says what to install when one does not load, and lends them settings.

Judging poses and tapes, and testing, do without all three libraries of pictures.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
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
PICTURES = {"cv2": "opencv-python", "mediapipe": "mediapipe", "av": "av"}  # modules that read pictures, and packages
_DO_WITHOUT = "Poses, tapes and tests are judged without it."
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
        cv2 = importlib.import_module("cv2")
    except ImportError as error:
        raise missing_dependency(error, "opencv-python") from error
    if not hasattr(cv2, "FontFace"):
        raise other_version("opencv-python")
    return cv2


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


def need_pictures() -> None:
    """Find out, without loading them, whether the libraries that read pictures are installed.

    Raises:
        DependencyError: one is not.
    """
    for module, package in PICTURES.items():
        known = sys.modules[module] if module in sys.modules else importlib.util.find_spec(module)
        if known is None:
            raise missing_dependency(ModuleNotFoundError(f"No module named {module!r}", name=module), package)


def other_version(package: str) -> DependencyError:
    """The error that says in one line which version of a package is needed, and which is there.

    Args:
        package: its name for pip.
    """
    try:
        there = importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        there = "of an unknown version"
    wanted = _requirement(package)
    return DependencyError(f"{package} {there} cannot be used: pip install '{wanted}' for pictures. {_DO_WITHOUT}")


def _requirement(package: str) -> str:
    """A package with the versions that posecheck asks for; its name alone where that is not known."""
    with suppress(importlib.metadata.PackageNotFoundError):
        for wanted in importlib.metadata.requires("posecheck") or ():
            if re.fullmatch(rf"{re.escape(package)}[^\w.;-][^;]*", wanted):
                return wanted.replace(" ", "")
    return package


def missing_dependency(error: Exception, package: str) -> DependencyError:
    """The error that says in one line what to install when a package did not load.

    Args:
        error: what loading it raised.
        package: its name for pip.
    """
    found = _SHARED_LIBRARY.search(str(error))
    if found is None:
        reason = " ".join(str(error).split())
        if isinstance(error, ModuleNotFoundError) and error.name in PICTURES:
            wanted = _requirement(package)
            return DependencyError(
                f"pictures need {package}, which is not installed: pip install '{wanted}'. {_DO_WITHOUT}"
            )
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
