"""Licences and versions of all dependencies, in one table: docs/dependencies.md.

    python -m tools.dependencies_page          # in an environment with all of requirements.lock
    python -m tools.dependencies_page --check  # whether the page has every package and version of the lock file

Versions are those of requirements.lock, licences those that the installed packages declare. A package that is not
installed here, as it belongs to another system, keeps the licence that the page has already.
"""

from __future__ import annotations

import argparse
import re
import sys
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata, requires
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE, LOCK = ROOT / "docs" / "dependencies.md", ROOT / "requirements.lock"
_LETTERS = 60  # of a licence: some packages give its whole text
_ROW = re.compile(r"^\| ([\w.-]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_HEAD = """# Dependencies

Versions are those of requirements.lock; licences are what the packages declare. Made by
`python -m tools.dependencies_page`; do not edit. "posecheck" needs it to run; "extra" is for one of the extras or for
development, or needed by another package. What belongs to another system was not installed where the page was made.

| package | version | licence | for |
|---|---|---|---|
"""


def locked() -> dict[str, str]:
    """Every package of the lock file with its version."""
    return dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE))


def shown() -> dict[str, tuple[str, str]]:
    """Every package of the page with its version and licence."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    rows = [row for row in _ROW.findall(text) if row[0] != "package"]
    return {name: (version, licence) for name, version, licence, _ in rows}


def licence_of(about: PackageMetadata) -> str:
    """The licence that a package declares, in a few words.

    Args:
        about: the metadata of the package.
    """
    trove = [one.split(" :: ")[-1] for one in about.get_all("Classifier") or [] if one.startswith("License ::")]
    declared = about.get_all("License-Expression") or trove or about.get_all("License") or ["not declared"]
    said = "; ".join(declared)
    return " ".join(said.split("\n")[0].split())[:_LETTERS].replace("|", "/")


def page() -> str:
    """The page as it is to be."""
    before = shown()
    direct = {_plain(re.split(r"[\s<>=!~;\[]", one)[0]) for one in requires("posecheck") or [] if "extra ==" not in one}
    rows = []
    for name, version in sorted(locked().items()):
        try:
            licence = licence_of(metadata(name))
        except PackageNotFoundError:
            licence = before.get(name, ("", "of another system"))[1]
        rows.append(f"| {name} | {version} | {licence} | {'posecheck' if _plain(name) in direct else 'extra'} |")
    return _HEAD + "\n".join(rows) + "\n"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        sys.exit({name: version for name, (version, _) in shown().items()} != locked())
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
