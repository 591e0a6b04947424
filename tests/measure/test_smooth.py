"""Smoothing: steadier, unbiased, not late, and the same at every frame rate."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import sin

import numpy as np
import pytest

from posecheck.measure import measure
from posecheck.measure.smooth import Smoother, Smoothing
from posecheck.records import Measurement, Reading, Signal, View
from posecheck.testing import half_kneeling, make_pose

HOW = Smoothing()
KNEE, LEAN, GAP = Signal.LEFT_KNEE_FLEXION, Signal.TRUNK_LEAN, Signal.KNEE_GAP_RATIO


def view_from(yaw_deg: float) -> View:
    """How a camera at this yaw sees somebody."""
    view = measure(make_pose(half_kneeling())).view
    assert view is not None
    return replace(view, yaw_deg=yaw_deg)


def run(samples: Iterable[tuple[float, float]], signal: Signal = KNEE) -> list[float]:
    """Smoothed values of one signal from (t, raw value)."""
    smoother = Smoother()
    view = view_from(90.0)
    found = []
    for t, value in samples:
        smooth = smoother.update(Measurement(t, view, image={signal: Reading(value, 0.9)}))
        found.append(smooth.image[signal].value)
    return found


def ticks(seconds: float, fps: float, value: Callable[[float], float], start: float = 0.0) -> list[tuple[float, float]]:
    """(t, value(t)) at a frame rate."""
    return [(start + i / fps, value(start + i / fps)) for i in range(int(seconds * fps) + 1)]


@pytest.mark.parametrize("fps", [10, 15, 30])
def test_jitter_is_reduced_without_bias(fps: int) -> None:
    """Noise of 2 degrees round a still angle comes down by more than 40 %, and the mean stays."""
    random = np.random.default_rng(1)
    found = np.array(run(ticks(60, fps, lambda _: 90 + random.normal(0, 2)))[fps:])
    assert found.std() < 0.6 * 2
    assert found.mean() == pytest.approx(90, abs=0.3)


def test_a_still_signal_passes_unchanged() -> None:
    """Without noise nothing is added."""
    assert run(ticks(2, 15, lambda _: 42.5)) == [42.5] * 31


@pytest.mark.parametrize("fps", [5, 10, 15, 30])
def test_a_step_arrives(fps: int) -> None:
    """A change that stays is reached to within half a degree after 2 s."""
    found = run(ticks(1, fps, lambda _: 80.0) + ticks(2, fps, lambda _: 95.0, 1 + 1 / fps))
    assert found[-1] == pytest.approx(95, abs=0.5)


@pytest.mark.parametrize("fps", [10, 15, 30])
def test_a_moving_angle_is_not_late(fps: int) -> None:
    """An angle that moves at 30 degrees a second is followed with a delay of about 0.1 s."""
    samples = ticks(2, fps, lambda t: 30 * t)
    delay_s = (samples[-1][1] - run(samples)[-1]) / 30
    assert 0 <= delay_s < 0.15


def test_the_frame_rate_hardly_matters() -> None:
    """The same movement at 10 and at 30 frames a second is smoothed to the same within 1.5 degrees."""

    def wave(t: float) -> float:
        return 90 + 15 * sin(1.5 * t)

    slow, quick = run(ticks(10, 10, wave)), run(ticks(10, 30, wave))[::3]
    assert np.abs(np.array(slow) - np.array(quick)).max() < 1.5


def test_a_jump_is_left_out() -> None:
    """One frame that no body can reach changes nothing."""
    samples = ticks(2, 15, lambda _: 90.0)
    samples[15] = (samples[15][0], 200.0 - 30)
    samples[16] = (samples[16][0], 90.0)
    assert run(samples) == [90.0] * len(samples)


@pytest.mark.parametrize("fps", [10, 15, 30])
def test_a_jump_that_stays_is_accepted(fps: int) -> None:
    """A value that stays where it jumped to is taken over at once after the hold time, not before."""
    samples = ticks(1, fps, lambda _: 20.0) + ticks(1, fps, lambda _: 175.0, 1 + 1 / fps)
    found = dict(zip((t for t, _ in samples), run(samples), strict=True))
    assert all(v == 20.0 for t, v in found.items() if t < 1.0 + HOW.hold_s - 1e-6 and t > 1.0)
    assert all(v == 175.0 for t, v in found.items() if t > 1.0 + HOW.hold_s + 1 / fps + 1e-6)


def test_a_gap_starts_afresh() -> None:
    """After a gap the first value counts, nothing is dragged along."""
    samples = [*ticks(1, 15, lambda _: 90.0), (1.0 + HOW.gap_s + 0.1, 110.0)]
    assert run(samples)[-1] == 110.0


def test_a_short_gap_does_not() -> None:
    """A gap shorter than that is bridged: the filter goes on."""
    samples = [*ticks(1, 15, lambda _: 90.0), (1.0 + HOW.gap_s - 0.2, 110.0)]
    assert 90.0 < run(samples)[-1] < 110.0


def test_angles_wrap_round() -> None:
    """From 179 to -179 degrees is a step of 2, and the filter never passes through 0."""
    found = run(ticks(3, 15, lambda t: (175 + 5 * t + 180) % 360 - 180), LEAN)
    assert all(abs(value) > 170 for value in found)
    assert found[-1] < 0


def test_ratios_do_not_wrap_and_are_followed() -> None:
    """A ratio is smoothed in its own small unit: 0.6 of a step is reached within half a second."""
    found = run(ticks(1, 15, lambda _: 1.0) + ticks(0.6, 15, lambda _: 0.8, 1 + 1 / 15), GAP)
    assert 0.8 <= found[-1] < 0.88


def test_confidence_is_not_smoothed() -> None:
    """How far a reading can be trusted is that of its own frame."""
    smoother, view = Smoother(), view_from(90.0)
    for i, confidence in enumerate((0.9, 0.2, 0.7)):
        smooth = smoother.update(Measurement(i / 15, view, image={KNEE: Reading(90, confidence)}))
        assert smooth.image[KNEE].confidence == confidence


def test_both_planes_have_their_own_filters() -> None:
    """Image and world do not mix."""
    smoother, view = Smoother(), view_from(90.0)
    for i in range(5):
        smooth = smoother.update(Measurement(i / 15, view, image={KNEE: Reading(90, 1)}, world={KNEE: Reading(50, 1)}))
    assert (smooth.image[KNEE].value, smooth.world[KNEE].value) == (90, 50)


def test_the_yaw_is_averaged_over_a_second() -> None:
    """A yaw that flickers is steadied, one that stays is reached when the second is over."""
    smoother = Smoother()
    yaws = [80.0 if i % 2 else 90.0 for i in range(30)] + [20.0] * 17
    views = [smoother.update(Measurement(i / 15, view_from(yaw))).view for i, yaw in enumerate(yaws)]
    assert views[29] is not None
    assert views[29].yaw_deg == pytest.approx(85, abs=1)
    assert views[-1] is not None
    assert views[-1].yaw_deg == pytest.approx(20)


def test_the_rightness_is_averaged_over_a_second() -> None:
    """A frame that is turned front to back hardly shows; a turn that stays is complete when the second is over."""
    smoother, front = Smoother(), view_from(0.0)
    turns = [-1.0] * 30 + [1.0] + [-1.0] * 15 + [1.0] * 17
    found = []
    for i, lateral_orientation in enumerate(turns):
        view = smoother.update(Measurement(i / 15, replace(front, lateral_orientation=lateral_orientation))).view
        assert view is not None
        found.append(view.lateral_orientation)
    assert found[29] == pytest.approx(-1)
    assert max(found[30:46]) < -0.8
    assert -0.3 < found[54] < 0.3
    assert found[-1] == pytest.approx(1)


def test_nobody_passes_unchanged() -> None:
    """A measurement without a person is handed on as it is."""
    nobody = Measurement(1.0)
    assert Smoother().update(nobody) is nobody


def test_a_signal_that_comes_later_starts_with_itself() -> None:
    """A signal that was missing at first is taken as it is when it is first seen."""
    smoother, view = Smoother(), view_from(90.0)
    smoother.update(Measurement(0.0, view))
    assert smoother.update(Measurement(0.1, view, image={KNEE: Reading(70, 1)})).image[KNEE].value == 70


def test_a_stamp_that_comes_twice_changes_nothing() -> None:
    """A second reading with the same time leaves the filters as they were: no time has passed."""
    smoother, view = Smoother(), view_from(90.0)
    smoother.update(Measurement(0.0, view, image={KNEE: Reading(70, 1)}))
    again = smoother.update(Measurement(0.0, view, image={KNEE: Reading(90, 1)}))
    assert again.image[KNEE].value == 70


def test_a_reading_that_is_known_to_be_wrong_leaves_no_trace() -> None:
    """Readings without any confidence pass as they are, and the next good one is smoothed as if they had not been."""
    smoother = Smoother()
    view = view_from(90.0)
    for i in range(30):
        smoother.update(Measurement(i / 15, view, image={KNEE: Reading(90.0, 0.9)}))
    for i in range(30, 35):
        wrong = smoother.update(Measurement(i / 15, view, image={KNEE: Reading(20.0, 0.0)}))
        assert wrong.image[KNEE] == Reading(20.0, 0.0)
    assert smoother.update(Measurement(35 / 15, view, image={KNEE: Reading(90.0, 0.9)})).image[KNEE].value == 90.0


def test_a_view_that_jumps_about_is_not_sure() -> None:
    """Yaws that differ by 60 degrees from frame to frame lower the confidence to near a half, steady ones do not."""

    def sure(yaws: tuple[float, float]) -> float:
        smoother = Smoother()
        for i in range(30):
            smooth = smoother.update(Measurement(i / 15, replace(view_from(yaws[i % 2]), confidence=1.0)))
        assert smooth.view is not None
        return smooth.view.confidence

    assert sure((80.0, 80.0)) == pytest.approx(1.0)
    assert sure((70.0, 80.0)) > 0.95
    assert sure((20.0, 80.0)) < 0.6
