"""The starting files that `posecheck exercises new` writes: a whole exercise with each key explained, or a copy."""

from __future__ import annotations

import re

_CARE = (
    "You should feel a light pull, never pain. Stop if you feel sharp or pinching pain, numbness, tingling or "
    "dizziness. Ask your doctor or physiotherapist first after surgery or injury. General exercise guidance, not a "
    "medical device; the angles are estimates."
)
_TEXT = """\
# An exercise of your own for posecheck. As it stands: side bends while standing, seen from the front.
#
# Change what you like, then
#     posecheck exercises check @FILE@    tells what is wrong, and explains the exercise in plain words
#     posecheck replay RECORDING.mp4 --exercise @FILE@
#
# Ranges are [lowest, highest]; inf and -inf stand for no bound. Angles are in degrees, times in seconds.
# What can be measured, with zero, sign and the views in which it can be trusted:  posecheck exercises signals
# (with pictures: docs/signals.md).
#
# To have your editor complete the keys:  posecheck exercises schema --out exercise.schema.json
# and make this the first line, without "# ":
# #:schema ./exercise.schema.json

schema = 1         # the version of this format
name = "@NAME@"    # a-z, 0-9 and _, a letter first; as the file is called
title = "@TITLE@"  # what people call it

# how to do it; shown, and read out
steps = [
    "Stand upright, feet as wide as your hips, arms hanging.",
    "Bend your trunk to one side, without leaning forwards, until you feel a light stretch.",
    "Hold for 10 seconds, come back up, then bend to the other side. Two on each side.",
]

# words of care: when to stop, whom to ask
care = "@CARE@"

# the body position in which it is done; nothing counts in another one:
# standing, tall_kneeling, half_kneeling, floor_sitting, supine_knees_bent, lying
posture = "standing"
# posture_also = ["unknown"]           # what else it may be taken for (on one leg: unknown); may be left out

# what is counted apart. "direction": the groups as you name them, or one alone. "side": the groups left and right are
# the sides of the arm or leg that works, and signals can be named working_... and other_... (one limit for both).
# "rear_leg", for half_kneeling only: the sides of the kneeling leg, and signals can be named front_... and rear_...
groups_by = "direction"
groups = ["left", "right"]

switch_cue = "Now the other side."     # said when it is the other group's turn
reminder = "Keep breathing."           # said at each hold, never judged; may be left out

# what to say when the body is in another position; unknown: in all that are not named
[posture_cues]
floor_sitting = "Stand up."
unknown = "Stand upright, with your whole body in the picture."

# ---- where the camera has to be
[view]
camera = "In front of you, about hip height (0.7 to 1.2 m), 2.5 to 3 m away, your whole body in the picture."
yaw_enter = [0, 30]    # degrees, 0 is front or back, 90 the side: judging starts inside ...
yaw_exit = [0, 40]     # ... and stops outside: wider, so that it does not flicker at the limit
behind = false         # whether the camera may be behind the person
# folded = true        # the body is folded up, so its shape does not tell whether all of it is seen
cue = "Face the camera."                      # said when the view is wrong
landmarks = ["shoulder", "hip", "knee"]       # what must be in the picture, both sides:
                                              # ear, elbow, wrist, shoulder, hip, knee, ankle, heel, foot_index, ...
min_fps = 5            # fewer pictures a second are not judged
# trunk_enter = [3, inf]    # how long the trunk looks, in shoulder widths (a trunk that points at the camera
# trunk_exit = [2.4, inf]   # looks short); both may be left out

# ---- how many make a set
[goal]
each = 2               # counted repetitions of each group
alternate = true       # ask for the other group after each counted repetition

# ---- times in seconds
[timing]
target_s = 10          # what the person is asked to hold
full_s = 8             # held this long: it counts (at most target_s)
partial_s = 4          # held this long, but not full: listed as partial, not counted
log_s = 1              # shorter holds are not listed (at most full_s)
attempt_s = 2          # efforts that never became a hold are listed from this length
# These may be left out; shown is what then holds:
# setup_s = 0.7             # the starting position is kept this long first
# enter_s = 0.4             # inside the enter limits this long: a hold, dated back to its first moment
# grace_s = 0.5             # when the body is lost no longer than this, the time is credited
# end_after_s = 3.0         # outside the exit limits this long: the hold has ended
# leave_s = 1.0             # out of the posture this long: the hold has ended
# credit = "exit"           # the clock runs inside these limits: "exit" or "enter"
# end_when_back = false     # true for short repetitions: ended as soon as no attempt is seen
# over_when_held = false    # true where no way back is needed, as when standing up

# ---- the person's own zero, taken in the starting position; for limits that are `relative`
[[baselines]]
signal = "side_bend"   # + is towards the person's right
# plane = "image"      # "image": in the picture (when left out); "world": on the 3-D points
within = [-8, 8]       # readings outside are not taken as a starting position
keep = [-4, 4]         # whatever was read, the zero is kept inside
spread = 3             # readings that differ by more are not steady enough
take = "latest"        # which steady reading counts: "lowest", "latest" or "first"

# ---- what a hold needs: all `enter` limits of a group are met. Inside `exit` its clock runs on.
[[limits]]
signal = "side_bend"
setup = [-8, 8]        # the starting position needs this (the reading itself, never relative)

[[limits]]
signal = "side_bend"
group = "right"            # only for this group; for all when left out
relative = "difference"    # against the baseline: "difference" or "ratio"; the reading itself when left out
enter = [12, 35]           # a hold begins inside ...
exit = [9, 45]             # ... and goes on inside: wider than enter
attempt = [5, 90]          # an effort is seen, and listed when it never becomes a hold; its trend is drawn
# trend = "more"           # draw another signal's trend over weeks, and what is further: "more" or "less"

[[limits]]
signal = "side_bend"
group = "left"
relative = "difference"
enter = [-35, -12]
exit = [-45, -9]
attempt = [-90, -5]

# ---- what to correct, as many as you like
[[faults]]
name = "ease_off"                  # a short name of its own, for reports
signal = "side_bend"
relative = "difference"
above = 32                         # there above this value ...
# below = -32                      # ... or below this one: exactly one of the two
magnitude = true                   # compare the size without its sign, so to both sides
during = ["position", "hold"]      # when it is looked for: "setup", "position", "hold"
priority = "safety"                # which cue comes first: safety, visibility, posture, position, stretch, praise
cue = "Ease up a little."          # what to say: in plain words, what to do
# group = "left"                   # only for this group; for all when left out

[[faults]]
name = "stand_upright"
signal = "side_bend"
above = 8
magnitude = true
during = ["setup"]
priority = "position"
cue = "Stand upright first, for a moment."
"""

_COPIED = """\
# An exercise of your own for posecheck, begun as a copy of @FROM@. What its comments say of limits, and of where they
# come from, is true of @FROM@. The ± that was measured for @FROM@ is not known of this one.
#     posecheck exercises check @FILE@
#         tells what is wrong, and explains the exercise in plain words
#     posecheck exercises signals
#         lists what can be measured (with pictures: docs/signals.md)

"""


def starting_file(name: str, file: str) -> str:
    """The TOML text of a new exercise, which is valid as it stands.

    Args:
        name: its name: a-z, 0-9 and _, a letter first.
        file: how the file is called in the commands that its comments name.
    """
    title = name.replace("_", " ").capitalize()
    words = {"@FILE@": file, "@NAME@": name, "@TITLE@": title, "@CARE@": _CARE}
    text = _TEXT
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text


def copied_file(text: str, name: str, file: str, source: str) -> str:
    """The TOML text of a new exercise that begins as another one.

    Args:
        text: of the other one, which is valid.
        name: the name of the new one: a-z, 0-9 and _, a letter first.
        file: how its file is called in the commands that its comments name.
        source: the name of the other one.
    """
    head = _COPIED.replace("@FILE@", file).replace("@FROM@", source)
    title = name.replace("_", " ").capitalize()
    # the first of each: the other names in a file are those of its faults, further down
    for key, value in (("name", name), ("title", title)):
        text = re.sub(rf"^{key}\s*=.*$", f'{key} = "{value}"', text, count=1, flags=re.MULTILINE)
    return head + text
