"""The pages as documents: what they say, that they need nothing else, and that a long history is quick."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from posecheck.capture.video_file import open_video
from posecheck.detect.mediapipe_detector import Detector
from posecheck.detect.models import load_model
from posecheck.history.progress import Progress, SetFigures, Verdict, progress_of
from posecheck.judging.conditions import Condition
from posecheck.judging.trace import Bounds, Figure, SignalTrace, Trace
from posecheck.measure.uncertainty import FRONT_NEARER, KNEELING_NEARER, errors_of
from posecheck.records import Frame, Pose
from posecheck.records.folders import data_dir
from posecheck.report.pages import wording
from posecheck.report.pages.html import Link, moment, policy, style_hash
from posecheck.report.pages.pictures import blurred, head_of, others_in, picture
from posecheck.report.pages.plots import Ink, Plot, clock
from posecheck.report.pages.progress import progress_page
from posecheck.report.pages.report import report_page, told_reasons
from posecheck.synthetic.history import LAST, made_up_progress, made_up_sets
from posecheck.synthetic.poses import SIDE_CAMERA
from posecheck.testing import (
    dropped_out,
    half_kneeling,
    keys_of,
    knee_drops_set,
    make_pose,
    motion,
    ninety_ninety_set,
    standing,
)
from tests.effort import effort
from tests.judging.test_trace import traced

_ARMS_DEG = [errors_of("ninety_ninety", near)["arm_elevation"] for near in (FRONT_NEARER, KNEELING_NEARER)]
ARMS = "(?:" + "|".join(f"{error:.0f}" for error in _ARMS_DEG) + ")"  # their ±, by which leg is nearer


class Parsed(HTMLParser):
    """Collects what the tests ask of a document: elements with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._skip = 0
        self.feed(page)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._skip += tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._skip -= tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self.text += f" {data}"

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def broken() -> Trace:
    """A set of one hold in which the arms come down for a moment."""
    return traced(ninety_ninety_set(("right",), broken_s=1.5))


@pytest.fixture(scope="module")
def month() -> Progress:
    """A month of made-up sets."""
    return made_up_progress()


@pytest.fixture(scope="module", params=["report", "progress"])
def page(request: pytest.FixtureRequest, broken: Trace, month: Progress) -> str:
    """Each of the pages."""
    if request.param == "report":
        return report_page(broken, pictures={0: b"\xff\xd8 a picture"})
    return progress_page(month, report_link="set/{}".format)


# ---- what every page is


def test_a_page_needs_nothing_else(page: str) -> None:
    """No script, no style attribute, no handler, and no address that leads anywhere else."""
    found = Parsed(page)
    assert not found.all("script")
    assert len(found.all("style")) == 1
    for tag, attributes in found.elements:
        assert "style" not in attributes, (tag, attributes)
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        for name in ("src", "href", "action", "data"):
            value = attributes.get(name) or "#"
            assert value.startswith(("#", "data:", "set/")), (tag, name, value)
    assert "http://" not in page
    assert "https://" not in page
    assert "@import" not in page


def test_a_page_carries_its_own_policy(page: str) -> None:
    """The policy in the page allows its one style block by its hash, embedded pictures, and nothing else."""
    (meta,) = [m for m in Parsed(page).all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert meta["content"] == policy()
    assert style_hash() in policy()
    assert policy().startswith("default-src 'none'")
    assert "unsafe" not in policy()


def test_headings_are_in_order_and_ids_are_unique(page: str) -> None:
    """One h1, no level left out, no id twice, and whatever is referred to by id is there."""
    found = Parsed(page)
    levels = [int(tag[1]) for tag, _ in found.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    ids = [a["id"] for _, a in found.elements if a.get("id")]
    assert len(ids) == len(set(ids))
    for name in ("aria-labelledby", "aria-describedby"):
        for _, attributes in found.elements:
            assert set((attributes.get(name) or "").split()) <= set(ids)
    assert all((a["href"] or "")[1:] in ids for a in found.all("a") if (a["href"] or "").startswith("#"))


def test_plots_have_a_text_and_take_their_colours_from_the_page(page: str) -> None:
    """Each plot is named and described, none has a fixed colour, and each figure has its values as a table."""
    found = Parsed(page)
    plots = [a for a in found.all("svg") if "plot" in (a.get("class") or "")]
    assert plots
    assert all(a.get("aria-label") and a.get("aria-describedby") and a.get("role") == "img" for a in plots)
    colours = {a[name] for _, a in found.elements for name in ("fill", "stroke") if a.get(name)}
    assert colours <= {"none", *Ink} | {c for c in colours if (c or "").startswith("url(#")}
    assert page.count("<details>") >= page.count("<figcaption") - 1
    assert page.count("<table>") == page.count("<caption>")


# ---- the report


def test_a_report_explains_a_pause(broken: Trace) -> None:
    """What failed first, its value, its limit, when, and what to change stand in plain words."""
    text = Parsed(report_page(broken)).text
    assert "Hold 1, right side: paused after 10.8 s" in text
    assert re.search(
        rf"The clock stopped at 0:18: at 0:19 your arms were raised 0° ± {ARMS}; 130° or more is needed", text
    )
    assert "Next time: Reach both arms up, as far as is comfortable." in text
    assert "1 of 4 holds counted" in text
    assert broken.care in text


def test_what_else_failed_is_told_too() -> None:
    """Who comes out of the stretch altogether is told what failed first, and what else was missed at that moment."""
    deep = half_kneeling("right", hips_forward=15, arm_elevation=172)
    start = half_kneeling("right")
    keys = keys_of((0, 3, start), (1, 10, deep), (0.6, 2, start), (0.6, 15, deep), (1, 1, start))
    text = Parsed(report_page(traced(motion(keys, detected=True, planted=True)))).text
    told = re.search(r"paused after [\d.]+ s (.*?) Next time", text)
    assert told is not None
    assert re.search(rf"your arms were raised 0° ± {ARMS}\b", told[1])
    assert re.search(r"your hips were \d° ± 1?\d further \w+ than in your starting position", told[1])
    assert "3.5° or more forward is needed" in told[1]
    assert "At that moment" in told[1]
    assert "just right" not in told[1]


def test_a_refused_effort_is_told_with_its_span_and_limit() -> None:
    """Arms held too low are told from when to when, with the value they had, and the limit to begin."""
    text = Parsed(report_page(traced(ninety_ninety_set(("right",), arm_deg=120)))).text
    assert re.search(
        rf"From 0:07 to 0:28 your arms were raised 120° ± {ARMS}; 145° or more is needed for a hold to", text
    )


def test_a_hold_that_ended_too_soon_is_told_once() -> None:
    """The pause with which a hold ended is not told beside its refusal; it is said how long to hold on."""
    trace = traced(ninety_ninety_set(("right",), hold_s=12))
    assert [r.broke.what for r in trace.reasons] == ["paused", "refused"]
    (index,) = told_reasons(trace)
    text = Parsed(report_page(trace)).text
    assert trace.reasons[index].broke.what == "refused"
    assert "Hold on until the 20 s are over." in text
    assert text.count("Hold 1, right side:") == 1


def test_a_complete_set_has_nothing_to_change() -> None:
    """A set that reached its goal says so, and lists nothing to do differently."""
    trace = traced(knee_drops_set(), "knee_drops")
    text = Parsed(report_page(trace)).text
    assert "All 10 repetitions counted" in text
    assert "Nothing to change" in text
    assert "Next time" not in text


def test_what_was_not_judged_is_told() -> None:
    """A stretch in which nobody was seen is in the timeline, with what would help, and takes no credit."""
    trace = traced(dropped_out(ninety_ninety_set(("right",)), (12.0, 16.0)))
    text = Parsed(report_page(trace)).text
    assert "Not judged I can&#39;t see you" in text or "Not judged I can't see you" in text
    assert "4 s not judged" in text
    assert "; in other postures: " in text
    assert "s standing" in text  # before and after the hold
    assert "of it could be judged" in text


def test_names_of_files_are_escaped(broken: Trace) -> None:
    """A source that is called like markup stays text."""
    evil = replace(broken, summary=replace(broken.summary, source="<script>alert(1)</script>.mp4"))
    page = report_page(evil)
    assert "<script" not in page
    assert "<script>alert(1)</script>.mp4" in Parsed(page).text


def test_a_report_of_nothing_can_be_read() -> None:
    """A set without a single repetition, even without a pose, makes a page that says so."""
    poses = [Pose.absent(i / 15, (640, 480)) for i in range(60)]
    assert "No hold was seen" in Parsed(report_page(traced(poses))).text
    assert "No hold was seen" in Parsed(report_page(traced([]))).text


def test_the_time_of_a_set_is_written_out(broken: Trace) -> None:
    """Day, month and year are in words, with the time of the place and its zone; links are at the top."""
    when = datetime(2026, 11, 6, 7, 5, tzinfo=timezone(timedelta(hours=1)))
    page = report_page(broken, when=when, links=[Link("History", "../"), Link("Report", "", current=True)])
    assert moment(when) == "Friday, 6 November 2026, 07:05 (UTC+01:00)"
    assert moment(when) in Parsed(page).text
    assert [a.get("href") for a in Parsed(page).all("a")][1:3] == ["../", ""]


def test_a_report_of_half_an_hour_stays_small(broken: Trace) -> None:
    """Of a long recording no more is drawn than can be seen, and its tables do not grow without end."""
    times = 55
    span = broken.times[-1] + 0.2
    long = replace(
        broken,
        end_s=times * span,
        times=tuple(t + number * span for number in range(times) for t in broken.times),
        signals=tuple(replace(s, values=s.values * times, errors=s.errors * times) for s in broken.signals),
    )
    assert long.end_s > 1800
    assert len(report_page(long)) < 600_000


def test_the_same_set_makes_the_same_page(broken: Trace) -> None:
    """A page has nothing in it that differs from one run to the next."""
    assert report_page(broken) == report_page(broken)


# ---- words


@pytest.mark.parametrize(
    ("condition", "said", "asked"),
    [
        (
            Condition("trunk_lean", value=21.2, error=4.4, low=-15, high=15, missed_by=6.2),
            "your trunk leaned 21° ± 4 forwards",
            "up to 15° forwards is right",
        ),
        (
            Condition("trunk_lean", value=-24.0, error=5.0, low=-20, high=20, missed_by=4.0),
            "your trunk leaned 24° ± 5 back",
            "up to 20° back is right",
        ),
        (
            Condition("arm_elevation", value=129.7, error=11.0, low=130, missed_by=0.3),
            "your arms were raised 129.7° ± 11",
            "130° or more is needed",
        ),
        (
            Condition("rear_thigh_inclination", relative="difference", value=-1.0, low=6, high=45, missed_by=7),
            "your hips were 1° further back than in your starting position",
            "6° or more forward is needed",
        ),
        (
            Condition("knee_drop", relative="difference", value=-3.0, low=-90, high=-7.5, missed_by=4.5),
            "your knees dropped 3° outwards",
            "7.5° or more outwards is needed",
        ),
        (
            Condition("knee_shift", relative="difference", value=-0.29, low=-0.09, high=0.09, missed_by=0.2),
            "both knees moved by 0.29 of the distance between your ankles to your left",
            "up to 0.09 to your left is right",
        ),
        (
            Condition("left_hip_flexion", value=20.0, low=30, missed_by=10),
            "your left hip flexion was 20°",
            "30° or more is needed",
        ),
    ],
)
def test_conditions_in_plain_words(condition: Condition, said: str, asked: str) -> None:
    """What was measured and what is right are said with direction, unit and ±, for signals of any exercise."""
    assert wording.said(condition) == said
    assert wording.asked(condition) == asked


@pytest.mark.parametrize(
    ("name", "relative", "enter", "exits", "words"),
    [
        ("arm_elevation", None, (145, None), (130, None), "A hold begins at 145° or more and goes on at 130° or more."),
        (
            *("trunk_lean", None, (-15, 15), (-20, 20)),
            "A hold begins at up to 15° back or forwards and goes on at up to 20° back or forwards.",
        ),
        (
            *("knee_drop", "difference", (-90, -7.5), (-90, -6)),
            "A hold begins at 7.5° to 90° outwards and goes on at 6° to 90° outwards.",
        ),
        (
            *("front_shin_inclination", None, (-26, 28), (-30, 34)),
            "A hold begins at 26° back to 28° forwards and goes on at 30° back to 34° forwards.",
        ),
    ],
)
def test_limits_in_plain_words(
    name: str,
    relative: str | None,
    enter: tuple[float | None, float | None],
    exits: tuple[float | None, float | None],
    words: str,
) -> None:
    """Limits are a sentence, with the direction once where both ends have the same."""
    signal = SignalTrace(name, "image", relative, (Bounds(None, enter, exits),), (), ())
    assert wording.limits_text(signal) == words


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (59.6, "1:00"), (124, "2:04"), (3603.6, "1:00:04")])
def test_times_of_a_recording(seconds: float, shown: str) -> None:
    """Times are shown as minutes and seconds, with hours where there are any."""
    assert clock(seconds) == shown


# ---- plots


def test_two_plots_of_a_page_do_not_share_names() -> None:
    """What one plot refers to is its own, so that it looks the same beside another one."""
    parts = []
    for key in ("one", "two"):
        plot = Plot(key, (330, 200), (0, 1), (0, 1))
        plot.boxes([(0, 1, 0, 1)], Ink.BAD, "////")
        parts.append(plot.svg(key))
    ids = [set(re.findall(r'\bid="([^"]+)"', part)) for part in parts]
    for part, own in zip(parts, ids, strict=True):
        assert own
        assert set(re.findall(r"#([\w-]+)", part)) <= own
    assert not ids[0] & ids[1]


# ---- pictures


def scene() -> tuple[Frame, Figure, Pose]:
    """A picture of noise with a body in it."""
    pose = make_pose(half_kneeling("right"), 0.0, SIDE_CAMERA)
    assert pose.points_px is not None
    assert pose.visibility is not None
    image = np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8)
    points = tuple((float(x), float(y)) for x, y in pose.points_px)
    return Frame(0, 0.0, image), Figure(0.0, (640, 480), points, tuple(map(float, pose.visibility))), pose


def test_the_face_is_blurred_and_nothing_else() -> None:
    """Around every landmark of the face no detail is left, generously; the rest of the picture is as it was."""
    frame, figure, pose = scene()
    assert pose.points_px is not None
    head = head_of(np.array(figure.points))
    out = blurred(frame.image, head)
    for x, y in pose.points_px[:11].round().astype(int):
        near = (slice(y - 4, y + 5), slice(x - 4, x + 5))
        assert frame.image[near].std() > 60
        assert out[near].std() < 25, (x, y)
    ys, xs = np.mgrid[0:480, 0:640]
    outside = ((xs - head.x) / head.across) ** 2 + ((ys - head.y) / head.down) ** 2 > 1.01
    assert np.array_equal(out[outside], frame.image[outside])
    trunk = np.linalg.norm(pose.points_px[[11, 12]].mean(axis=0) - pose.points_px[[23, 24]].mean(axis=0))
    assert head.across > 0.35 * trunk


def test_pictures_are_blurred_unless_asked_otherwise() -> None:
    """A picture is a small JPEG, cut to the body, and its face keeps its detail only when that was asked for."""
    import cv2

    frame, figure, _ = scene()
    hidden, shown = picture(frame, figure), picture(frame, figure, blur=False)
    images = [cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) for data in (hidden, shown)]
    assert all(data.startswith(b"\xff\xd8") for data in (hidden, shown))
    assert all(image is not None and image.shape[0] == 400 for image in images)
    first, second = (np.asarray(image, np.float64) for image in images)
    differs = np.abs(first - second)
    assert differs[:120].mean() > 5  # the head is at the top of what is cut out
    assert differs[250:].mean() < 0.1


class Sees:
    """A detector that sees one body after the other, then nobody."""

    def __init__(self, *poses: Pose) -> None:
        self.poses = list(poses)
        self.shown: list[NDArray[np.uint8]] = []

    def detect(self, frame: Frame) -> Pose:
        self.shown.append(frame.image)
        return self.poses.pop(0) if self.poses else Pose.absent(frame.t, (640, 480))

    def close(self) -> None:
        """Nothing is held."""


def test_the_faces_of_others_are_blurred_too() -> None:
    """Whoever else is found has the head blurred, one after the other, each looked for without those found before."""
    frame, figure, pose = scene()
    assert pose.points_px is not None
    others = [replace(pose, points_px=0.5 * pose.points_px + np.array([x, 20.0])) for x in (20.0, 380.0)]
    finder = Sees(*others)
    found = others_in(frame, np.array(figure.points), finder)
    assert all(points is other.points_px for points, other in zip(found, others, strict=True))
    assert len(finder.shown) == 3
    painted = [(image != frame.image).any(axis=2).sum() for image in finder.shown]
    assert 0 < painted[0] < painted[1] < painted[2]
    alone, hidden = (picture(frame, figure, finder=Sees(*some)) for some in ((), others))
    assert alone == picture(frame, figure)
    assert hidden != alone
    shown = picture(frame, figure, blur=False, finder=Sees(*others))
    assert shown == picture(frame, figure, blur=False)


@pytest.mark.model
def test_a_real_passer_is_blurred_too() -> None:
    """Two people of the samples side by side: the pose model finds the one who is not judged, at the right place."""
    frames = []
    for name in ("side_bend", "ninety_ninety"):
        with open_video(data_dir("samples") / f"{name}.mp4", 4.0, 5.0) as source:
            frames.append(next(iter(source)))
    left, right = (frame.image[:, 80:560] for frame in frames)
    frame = Frame(0, 0.0, np.hstack([left, right]))
    model = load_model()
    with Detector(model, mode="image") as finder:
        judged, other = (finder.detect(Frame(0, 0.0, np.ascontiguousarray(image))) for image in (left, right))
        assert judged.points_px is not None
        assert other.points_px is not None
        found = others_in(frame, judged.points_px, finder)
    head = head_of(other.points_px + np.array([left.shape[1], 0.0]))
    near = [head_of(points) for points in found]
    assert any(abs(one.x - head.x) + abs(one.y - head.y) < 0.5 * head.across for one in near), (head, near)


def test_a_body_at_the_edge_can_be_pictured() -> None:
    """A head that is half outside the picture is blurred as far as it is there."""
    frame, figure, _ = scene()
    moved = replace(figure, points=tuple((x - 300, y - 60) for x, y in figure.points))
    assert picture(frame, moved).startswith(b"\xff\xd8")


# ---- progress


def text_of(sets: Iterable[SetFigures], today: date = LAST) -> str:
    return Parsed(progress_page(progress_of(sets, today))).text


def test_progress_tells_a_change_only_beyond_the_repeat_error(month: Progress) -> None:
    """Each trend that exceeds its repeat error is told as a change with its figures, every other one as none."""
    text = Parsed(progress_page(month)).text
    verdicts = {t.verdict for t in month.trends}
    assert verdicts == {Verdict.CHANGE, Verdict.NO_CHANGE}
    for trend in month.trends:
        assert trend.change is not None
        assert trend.repeat_error is not None
        than = "exceeds" if abs(trend.change) > trend.repeat_error else "is within"
        assert f"{abs(trend.change):.1f}° more {than} the repeat error of {trend.repeat_error:.1f}°" in text
    assert text.count("clear change") >= len(month.trends)


def test_knees_outwards_are_shown_as_more() -> None:
    """Drops outwards, which are measured below zero, are shown as degrees that grow."""
    text = text_of(made_up_sets())
    assert re.search(r"Knee drop, out .*?13° at first, 16° now", text)
    assert "−1" not in text.partition("Knee drop, out, newest first")[2].partition("Left")[0].partition("as a table")[0]


def test_few_sets_and_none_make_a_page() -> None:
    """One set is too few to tell, and an empty history says what fills it."""
    few = text_of(made_up_sets(1, seed=3)[:1])
    assert "too few sets to tell" in few
    assert "1 set so far" in few
    assert "posecheck live" in text_of([])


def test_a_long_history_is_a_page_in_under_a_second() -> None:
    """Five years with some 9,000 sets: figures and page take less than a second of the processor."""
    sets = made_up_sets(5 * 365, a_day=2)
    page = progress_page(progress_of(sets, LAST))
    found = effort(lambda: progress_page(progress_of(sets, LAST)), rounds=3)
    assert found < 1000, found
    assert len(sets) > 9000
    assert len(page) < 600_000
    assert "Held time a month" in page


def test_a_standing_body_is_no_repetition() -> None:
    """Who only stands there gets a page without a verdict on anything."""
    text = Parsed(report_page(traced(motion(keys_of((0, 4, standing())))))).text
    assert "No hold was seen" in text
