"""Records as plain data: nothing is lost on the way there and back, and what is wrong is refused."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from posecheck.records import CueSpan, NotJudgedSpan, Repetition, Summary
from posecheck.records.serialising import as_data, from_data

pytestmark = pytest.mark.core

SUMMARY = Summary(
    *("0.1.0", "side_bend", "ü.mp4", 30.123456789, 450, 449, 29.5),
    repetitions=(
        Repetition(1, "left", 1.0, 21.5, 20.5, counted=True),
        Repetition(2, "right", 24.0, 26.0, 2.0, counted=False, reason="too_short", text="too short"),
    ),
    counts={"left": 1, "right": 0},
    goal={"left": 2, "right": 2},
    complete=False,
    cues=(CueSpan("lean", "Lean further.", 3.0, 4.0),),
    not_judged=(NotJudgedSpan("no_person", "Step into the picture.", 0.0, 0.5),),
)


def test_a_record_comes_back_as_it_was() -> None:
    """Through JSON and back a summary is equal to what it was, to the last digit."""
    assert from_data(Summary, json.loads(json.dumps(as_data(SUMMARY)))) == SUMMARY


def test_the_data_has_every_field_in_its_order() -> None:
    """No field of the record, or of a record in it, is left out."""
    data = as_data(SUMMARY)
    assert list(data) == [field.name for field in fields(Summary)]
    assert list(data["repetitions"][0]) == [field.name for field in fields(Repetition)]
    assert (data["repetitions"][1]["reason"], data["cues"][0]["text"]) == ("too_short", "Lean further.")


def test_data_of_the_wrong_type_is_refused() -> None:
    """A missing field and a text for a number are errors that name the field."""
    data = as_data(SUMMARY)
    with pytest.raises(ValueError, match="frames"):
        from_data(Summary, {**data, "frames": "many"})
    del data["goal"]
    with pytest.raises(ValueError, match="goal"):
        from_data(Summary, data)
