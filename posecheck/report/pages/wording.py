"""Signals, limits and verdicts in plain words, for people who stretch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.measure.signals import is_ratio
from posecheck.report.pages.plots import clock

if TYPE_CHECKING:  # words are quicker to load than what they tell of
    from posecheck.judging.conditions import Condition
    from posecheck.judging.trace import BreakReason, SignalTrace, Trace
    from posecheck.records import Repetition
    from posecheck.records.ranges import Span

MOST_OTHERS = 2  # a guess: conditions told beside the one to blame
SHORT_S = 5.0  # what is held no longer is a repetition, not a hold
_ANKLES = "of the distance between your ankles"


@dataclass(frozen=True, slots=True)
class Words:
    """How one signal is spoken of.

    `title` names it; `said` has {x} for the value with its unit, and {to} for the direction where `plus` and `minus`
    name two; `note` explains the scale.
    """

    title: str
    said: str
    plus: str = ""
    minus: str = ""
    note: str = ""


_START = "than in your starting position"
_WORDS = {
    ("rear_thigh_inclination", "difference"): Words(
        "Hips forward",
        f"your hips were {{x}} further {{to}} {_START}",
        "forward",
        "back",
        "0° is the starting position",
    ),
    ("rear_thigh_inclination", None): Words(
        "Thigh of the kneeling leg",
        "the thigh of your kneeling leg leaned {x} {to}",
        "forwards",
        "back",
        "0° is upright",
    ),
    ("front_shin_inclination", "difference"): Words(
        "Front shin, from the start",
        f"your front shin leaned {{x}} further {{to}} {_START}",
        "forwards",
        "back",
        "0° is the starting position",
    ),
    ("front_shin_inclination", None): Words(
        "Front shin", "your front shin leaned {x} {to}", "forwards", "back", "0° is upright"
    ),
    ("front_knee_flexion", None): Words("Front knee", "your front knee was bent {x}", note="0° is straight"),
    ("rear_knee_flexion", None): Words("Back knee", "your back knee was bent {x}", note="0° is straight"),
    ("trunk_lean", None): Words("Trunk lean", "your trunk leaned {x} {to}", "forwards", "back", "0° is upright"),
    ("arm_elevation", None): Words(
        "Arms raised", "your arms were raised {x}", note="0° is hanging, 180° is straight up"
    ),
    ("bend_to_front", "difference"): Words(
        "Side bend",
        "your trunk was bent {x} {to}",
        "to the side of the front leg",
        "to the side of the kneeling leg",
        "0° is your own upright position",
    ),
    ("knee_drop", "difference"): Words(
        "Knee drop", "your knees dropped {x} {to}", "inwards", "outwards", "0° is your starting position"
    ),
    ("knee_shift", "difference"): Words(
        "Knees to one side",
        f"both knees moved by {{x}} {_ANKLES} {{to}}",
        "to your right",
        "to your left",
        f"0 is the middle, as a share {_ANKLES}",
    ),
}


def words_for(name: str, relative: str | None) -> Words:
    """How a signal is spoken of; one of somebody's own exercise by its plain name.

    Args:
        name: of the signal.
        relative: "difference" or "ratio" to the start; None for the reading itself.
    """
    known = _WORDS.get((name, relative))
    if known is not None:
        return known
    plain = name.replace("_", " ")
    against = {"difference": ", from the start", "ratio": ", as a share of the start"}.get(relative or "", "")
    return Words(f"{plain.capitalize()}{against}", f"your {plain}{against} was {{x}}")


def unit(name: str, relative: str | None) -> str:
    """What stands at a plot's axis: "degrees" or "share".

    Args:
        name: of the signal.
        relative: "difference" or "ratio" to the start; None for the reading itself.
    """
    return "share" if is_ratio(name, relative) else "degrees"


def number(value: float, ratio: bool, decimals: int = 0) -> str:
    """A value with its unit: "21°", "0.29"; a minus that can be read.

    Args:
        value: degrees or a ratio.
        ratio: whether it is a ratio, which always has two decimals.
        decimals: of degrees.
    """
    text = f"{value:.2f}" if ratio else f"{round(value, decimals) + 0.0:.{decimals}f}°"
    return text.replace("-", "−")


def with_error(value: float, error: float | None, ratio: bool, decimals: int = 0) -> str:
    """A value with its uncertainty: "21° ± 5".

    Args:
        value: degrees or a ratio.
        error: its ± in degrees; None when it is not known.
        ratio: whether the value is a ratio, for which no ± is shown.
        decimals: of degrees.
    """
    text = number(value, ratio, decimals)
    return text if error is None or ratio else f"{text} ± {error:.0f}"


def said(condition: Condition) -> str:
    """What was measured, as the middle of a sentence: "your trunk leaned 21° ± 5 forwards"."""
    words = words_for(condition.name, condition.relative)
    ratio = is_ratio(condition.name, condition.relative)
    value = condition.value or 0.0
    bound = _missed_bound(condition)
    # rounded, it must not look as if it were inside the limit
    close = bound is not None and not ratio and round(value) == round(bound)
    shown = with_error(abs(value) if words.plus else value, condition.error, ratio, 1 if close else 0)
    return words.said.format(x=shown, to=words.plus if value >= 0 else words.minus).strip()


def _missed_bound(condition: Condition) -> float | None:
    value = condition.value or 0.0
    if condition.low is not None and value < condition.low:
        return condition.low
    return condition.high if condition.high is not None and value > condition.high else None


def asked(condition: Condition) -> str:
    """The limit that was missed: "up to 15° forwards is right", "145° or more is needed"."""
    bound = _missed_bound(condition)
    if bound is None:
        return ""
    return _bound_words(condition.name, condition.relative, bound, is_low=bound == condition.low)


def _bound_words(name: str, relative: str | None, bound: float, *, is_low: bool) -> str:
    words, ratio = words_for(name, relative), is_ratio(name, relative)
    if not words.plus:
        shown = number(bound, ratio)
        return f"{shown} or more is needed" if is_low else f"up to {shown} is right"
    shown = number(abs(bound), ratio, 0 if bound == round(bound) else 1)
    to = words.plus if bound > 0 or (bound == 0 and not is_low) else words.minus
    needed = (bound > 0) == is_low
    return f"{shown} or more {to} is needed" if needed else f"up to {shown} {to} is right"


def limits_text(signal: SignalTrace) -> str:
    """All limits of a signal in a sentence: "A hold begins at 145° or more and goes on at 130° or more."."""
    parts = []
    for bounds in signal.bounds:
        what = "A hold" if bounds.group is None else f"A repetition {bounds.group}"
        enter, leave = (_span_words(signal, span) for span in (bounds.enter, bounds.exit))
        parts.append(f"{what} begins at {enter} and goes on at {leave}." if enter != leave else f"Right is {enter}.")
    return " ".join(parts)


def _span_words(signal: SignalTrace, span: Span) -> str:
    low, high = span
    ratio, words = is_ratio(signal.name, signal.relative), words_for(signal.name, signal.relative)

    def size(value: float) -> str:
        return number(abs(value) if words.plus else value, ratio, 0 if value == round(value) else 1)

    def to(value: float) -> str:
        return f" {words.plus if value >= 0 else words.minus}" if words.plus and value else ""

    if low is not None and high is not None:
        if words.plus and low == -high:
            return f"up to {size(high)} {words.minus} or {words.plus}"
        if to(low) == to(high):  # the smaller one first
            return f"{' to '.join(size(value) for value in sorted((low, high), key=abs))}{to(high)}"
        return f"{size(low)}{to(low)} to {size(high)}{to(high)}"
    if low is not None:
        return f"{size(low)}{to(low)} or more"
    return f"{size(high)}{to(high)} or less" if high is not None else "any value"


# ---- repetitions


def noun(trace: Trace) -> str:
    """What one repetition of this exercise is called."""
    return "hold" if trace.target_s >= SHORT_S else "repetition"


def side(group: str) -> str:
    """A group as the end of a name: "left side", "in"."""
    return f"{group} side" if group in ("left", "right") else group


def name_of(trace: Trace, number_: int | None, group: str) -> str:
    """A repetition by its number and side: "Hold 2, right side".

    Args:
        trace: the course of the set; it says what a repetition is called.
        number_: its number; None for one too short to have one.
        group: its side or direction.
    """
    what = noun(trace).capitalize()
    return f"{what} {number_}, {side(group)}" if number_ is not None else f"Short {what.lower()}, {side(group)}"


def sure_side(repetition: Repetition) -> str:
    """The side or direction of a repetition, and how surely it is so where the legs tell it: "left, 97% sure"."""
    sure = repetition.side_probability
    return repetition.group if sure is None else f"{repetition.group}, {min(sure, 0.99):.0%} sure"


def verdict(repetition: Repetition) -> str:
    """Whether a repetition counted (✓), and if not (✗) why, in a few words."""
    return "✓ counted" if repetition.counted else f"✗ {repetition.text or 'not counted'}"


def seconds(value: float) -> str:
    """A length of time that stays on one line: "9.8 s"."""
    return f"{value:.1f}\N{NO-BREAK SPACE}s"


# ---- reasons


def outcome(trace: Trace, reason: BreakReason) -> str:
    """What became of a repetition, as a title: "Hold 2, right side: paused after 10.8 s".

    Args:
        trace: the course of the set.
        reason: why the repetition was paused or not counted.
    """
    broke = reason.broke
    name = name_of(trace, broke.number, broke.group)
    if broke.what == "paused":
        return f"{name}: paused after {seconds(broke.held_s)}"
    if broke.held_s > 0:
        return f"{name}: not counted, held {seconds(broke.held_s)} of {trace.target_s:g} s"
    return f"{name}: not counted"


def explained(trace: Trace, reason: BreakReason) -> tuple[str, ...]:
    """Why a repetition was paused or not counted, in sentences.

    They say what was measured when, what is right, and how sure that is.

    Args:
        trace: the course of the set.
        reason: one of its reasons.
    """
    seen, broke = reason.seen, reason.broke
    if seen is None or reason.seen_s is None or broke.at_s is None:
        text = broke.text or "No limit was missed."
        return (text[0].upper() + text[1:] + ("" if text.endswith((".", "!")) else "."),)
    effort = broke.what == "refused" and broke.held_s == 0
    when = _when(trace, reason, effort)
    if seen.value is None:
        return (f"{when} {_unseen(seen)}",)
    needed_for = f" for a {noun(trace)} to begin" if effort else f" for the {noun(trace)} to go on"
    limit = asked(seen)
    found = [f"{when} {said(seen)}; {limit}" + (f"{needed_for}." if limit.endswith("needed") else ".")]
    others = [f"{said(c)} ({asked(c)})" for c in reason.others if c.value is not None][:MOST_OTHERS]
    if others:
        found.append(f"At that moment {_listed(others)}, too.")
    elif seen.error is not None and (seen.missed_by or 0.0) < seen.error:
        found.append(
            f"The limit was missed by {number(seen.missed_by or 0.0, False, 1)}, which is less than the measurement's "
            f"± {seen.error:.0f}: it may have been just right. A little more makes it sure."
        )
    return tuple(found)


def _listed(parts: list[str]) -> str:
    """Words in a row: "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _when(trace: Trace, reason: BreakReason, effort: bool) -> str:
    """The time of a reason as the beginning of a sentence."""
    at_s = (reason.broke.at_s or 0.0) - trace.zero_s
    seen_s = (reason.seen_s if reason.seen_s is not None else reason.broke.end_s) - trace.zero_s
    until_s = (reason.until_s if reason.until_s is not None else reason.broke.end_s) - trace.zero_s
    if effort and clock(at_s) != clock(until_s):
        return f"From {clock(at_s)} to {clock(until_s)}"
    if not effort and clock(seen_s) != clock(at_s):
        return f"The clock stopped at {clock(at_s)}: at {clock(seen_s)}"
    return f"At {clock(seen_s)}"


def _unseen(condition: Condition) -> str:
    if condition.name == "view":
        return "the camera could not see you well enough to judge."
    if condition.name == "posture":
        return f"{condition.words}."
    return f"{words_for(condition.name, condition.relative).title.lower()} was {condition.words}."


def to_change(trace: Trace, reason: BreakReason) -> str | None:
    """What to do differently next time; None when nothing is to be changed.

    Args:
        trace: the course of the set.
        reason: one of its reasons.
    """
    broke = reason.broke
    if broke.what == "refused" and reason.seen is None and broke.held_s >= trace.full_s:
        return None  # more than was asked for
    cue = reason.cue or _further(reason)
    if broke.what == "refused" and 0 < broke.held_s < trace.full_s:
        return " ".join(filter(None, (f"Hold on until the {trace.target_s:g} s are over.", cue)))
    return cue


def _further(reason: BreakReason) -> str | None:
    """What to do about a limit that the exercise has no cue for."""
    seen = reason.seen
    bound = None if seen is None else _missed_bound(seen)
    if seen is None or bound is None:
        return None
    words = words_for(seen.name, seen.relative)
    further = (bound > 0) == (bound == seen.low) if words.plus else bound == seen.low
    shown = number(abs(bound) if words.plus else bound, is_ratio(seen.name, seen.relative))
    to = f" {words.plus if bound >= 0 else words.minus}" if words.plus else ""
    if further:
        return f"{words.title}: go a little further, to {shown} or more{to}."
    return f"{words.title}: a little less, up to {shown}{to}."
