"""Stretching in front of a camera, in the order in which things flow.

    camera (feeds, watch)    camera, stream or file → the newest Frame, and what is wrong with it
    cameras                  which cameras there are
    routine, routines/       what is to be done, as data
    flow (framing)           Pose → Moment: leads through a routine, hands-free
    screen (panels, ghost)   Moment → picture
    coach (wording)          Moment → Message: what is to be heard
    speaker (sound, voice)   Message → sound
    window                   shows pictures, takes keys
    detecting                Frame → Pose, in a thread
    recorder                 keeps film and tape, as far as asked for
    loop                     joins them: `run_live`

`flow`, `coach` and what they need are pure: same poses and keys in, same moments and messages out.
"""
