"""matplotlib figure → inline SVG that takes its colours from the page, so that it follows light and dark.

matplotlib wants fixed colours: each `Ink` is one, and stands in the SVG for a CSS variable. Style attributes become
presentation attributes, as a strict Content-Security-Policy forbids the former; letters are text in the page's own
font. A unit of the figure is a CSS pixel: text is readable at phone width because a figure is made no wider than that.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SMALL = (330, 200)  # width and height in CSS pixels: fits a phone
PHONE_WIDTH, DESK_WIDTH = 330, 760
FONT = 11.5
_PX = 72  # of an inch: matplotlib's SVG unit
_MARGINS_PX = (46, 10, 36, 10)  # left, right, bottom, top
_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "posecheck",
    "font.size": FONT,
    "font.family": ["DejaVu Sans"],  # comes with matplotlib: no search for others
    "hatch.linewidth": 1.2,
    "axes.unicode_minus": True,
    "path.simplify": False,
}


class Ink(StrEnum):
    """The colours of plots: what matplotlib draws with, and the page's variable that it becomes."""

    TEXT = "#010101"
    GRID = "#010102"
    MAIN = "#010103"
    SECOND = "#010104"
    THIRD = "#010105"
    GOOD = "#010106"
    BAD = "#010107"
    PAPER = "#010108"

    @property
    def variable(self) -> str:
        return f"var(--plot-{self.name.lower()})"


_VARIABLES = {ink.value: ink.variable for ink in Ink}


@contextmanager
def drawn(width: int, height: int, *, left: int = _MARGINS_PX[0], bottom: int = _MARGINS_PX[2]) -> Iterator[Axes]:
    """Axes of a figure of this size in CSS pixels, with our settings inside the block; `svg_of` makes the picture."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it talks about its caches
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    _, right, _, top = _MARGINS_PX
    with matplotlib.rc_context(_SETTINGS):
        figure = Figure(figsize=(width / _PX, height / _PX))
        FigureCanvasSVG(figure)
        figure.patch.set_visible(False)
        box = (left / width, bottom / height, (width - left - right) / width, (height - bottom - top) / height)
        axes = figure.add_axes(box)
        axes.patch.set_visible(False)
        for name, spine in axes.spines.items():
            spine.set_visible(name in ("left", "bottom"))
            spine.set_color(Ink.GRID)
        axes.tick_params(color=Ink.GRID, labelcolor=Ink.TEXT, length=3)
        axes.grid(axis="y", color=Ink.GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        yield axes


def svg_of(axes: Axes, key: str, title: str, *, described_by: str = "", css: str = "") -> str:
    """The SVG of a figure, to stand inside a page; call it inside the block of `drawn`.

    Args:
        axes: from `drawn`.
        key: a name of its own in the page.
        title: what it shows, for those who do not see it.
        described_by: the id of the element that says it in words.
        css: further classes.
    """
    figure = axes.figure
    out = io.StringIO()
    _save(figure, out)  # type: ignore[arg-type]  # the figure of axes that are in no subfigure
    root = ElementTree.fromstring(out.getvalue())
    _local_names(root)
    _without(root, {"metadata", "style"})
    for element in root.iter():
        _themed(element)
    _own_ids(root, key)
    box = root.attrib["viewBox"]
    root.attrib.clear()
    root.attrib.update({"class": f"plot {css}".strip(), "viewBox": box, "role": "img", "aria-label": title})
    if described_by:
        root.attrib["aria-describedby"] = described_by
    root.attrib.update({"stroke-linejoin": "round", "stroke-linecap": "butt", "focusable": "false"})
    return ElementTree.tostring(root, encoding="unicode")


def _save(figure: Figure, out: io.StringIO) -> None:
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(out, format="svg", metadata=nothing)  # None leaves an entry out


def _local_names(root: ElementTree.Element) -> None:
    """HTML knows SVG without namespaces."""
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for name in list(element.attrib):
            if "}" in name:
                element.attrib[name.rpartition("}")[2]] = element.attrib.pop(name)


def _without(element: ElementTree.Element, tags: set[str]) -> None:
    for child in list(element):
        if child.tag in tags:
            element.remove(child)
        else:
            _without(child, tags)


def _themed(element: ElementTree.Element) -> None:
    """Style attributes become presentation attributes, inks become variables, and numbers get short."""
    for part in element.attrib.pop("style", "").split(";"):
        name, _, value = (piece.strip() for piece in part.partition(":"))
        if name == "font":  # the family is the page's
            size = re.search(r"([\d.]+)px", value)
            element.set("font-size", size[1] if size else str(FONT))
            if "bold" in value or "700" in value:
                element.set("font-weight", "700")
        elif name and name != "font-family":
            element.set(name, value)
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]
    for name, value in list(element.attrib.items()):
        if value in _VARIABLES:
            element.set(name, _VARIABLES[value])
        elif name in ("d", "x", "y", "transform", "points"):
            element.set(name, _NUMBER.sub(lambda found: f"{float(found[0]):.1f}", " ".join(value.split())))
    element.tail = None
    if element.tag != "text":
        element.text = None


def _own_ids(root: ElementTree.Element, key: str) -> None:
    """Ids that nothing refers to go; the others are made unlike those of the other plots of the page."""
    text = " ".join(value for e in root.iter() for name, value in e.attrib.items() if name != "id")
    used = set(re.findall(r"#([\w-]+)", text))
    for element in root.iter():
        for name, value in list(element.attrib.items()):
            if name == "id":
                if value in used:
                    element.set("id", f"{key}-{value}")
                else:
                    del element.attrib["id"]
            elif "#" in value:
                element.set(name, re.sub(r"#([\w-]+)", lambda found: f"#{key}-{found[1]}", value))


def clock(seconds: float) -> str:
    """A time of a recording as it is shown: 0:07, 2:04, 1:00:03.

    Example:
        >>> clock(7.4), clock(124), clock(3603.6)
        ('0:07', '2:04', '1:00:04')
    """
    whole = round(seconds)
    minutes, rest = divmod(abs(whole), 60)
    hours, minutes = divmod(minutes, 60)
    shown = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
    return f"−{shown}" if whole < 0 else shown


def clock_axis(axes: Axes, start_s: float, end_s: float, *, ticks: int) -> None:
    """A time axis with round steps and times as they are shown in the page."""
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    span = max(end_s - start_s, 1.0)
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
    step = next((s for s in steps if span / s <= ticks), steps[-1])
    axes.set_xlim(start_s, start_s + span)
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda t, _: clock(t)))
    axes.set_xlabel("time, minutes:seconds", color=Ink.TEXT)
