"""What all pages share: templates, the one style sheet, and the policy under which they are shown."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent / "templates"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link at the top of a page; `current`: it is the page that is shown."""

    text: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, cell by cell."""

    cells: tuple[str, ...]


@cache
def style() -> str:
    """The text of the one <style> block that every page has."""
    return (FOLDER / "style.css").read_text(encoding="utf-8")


@cache
def style_hash() -> str:
    """The style block's source for a Content-Security-Policy: 'sha256-…' with its quotes."""
    digest = hashlib.sha256(style().encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def policy() -> str:
    """The Content-Security-Policy of a page: its own style and embedded pictures, no script, no network."""
    return f"default-src 'none'; style-src {style_hash()}; img-src data:; base-uri 'none'; form-action 'none'"


@cache
def environment() -> Environment:
    """The templates, with everything escaped that is not marked as markup."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    found = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals.update(style=lambda: Markup(style()), policy=policy)
    return found


def render(template: str, view: Any, links: tuple[Link, ...] = ()) -> str:
    """A page from its template and the record that it shows.

    Args:
        template: file name of the template.
        view: the record; the template knows it as `page`.
        links: what stands at the top of the page.
    """
    return environment().get_template(template).render(page=view, links=links)


def day(at: Any) -> str:
    """A date as it is written out: "Thursday, 26 November 2026"; of a date or a datetime."""
    return f"{_DAYS[at.weekday()]}, {at.day} {_MONTHS[at.month - 1]} {at.year}"


def short_day(at: Any) -> str:
    """A date in a table or at an axis: "26 Nov 2026"."""
    return f"{at.day} {_MONTHS[at.month - 1][:3]} {at.year}"


def moment(at: Any) -> str:
    """A date and time with its zone: "Thursday, 26 November 2026, 07:31 (UTC+01:00)"."""
    zone = at.strftime("%z")
    shown = f" (UTC{zone[:3]}:{zone[3:5]})" if zone else ""
    return f"{day(at)}, {at:%H:%M}{shown}"
