"""Stretching in front of a camera, in the order in which things flow.

    detection_thread                Frame → Pose, in a thread
    guide/routine, guide/routines/  what is to be done, as data
    guide/flow, framing             Pose → Moment (flow_records): leads through a routine, hands-free
    ui/screen and beside it         Moment → picture
    ui/window                       shows pictures, takes keys
    guide/coach, phrases            Moment → Message: what is to be heard
    audio/speaker, sound, voice     Message → sound
    recorder                        keeps film and tape, as far as asked for
    history_writer                  keeps the sets in the history
    loop                            joins them: `run_live`

The camera is read in `posecheck.capture`. `flow`, `coach` and what they need are pure: the same poses and keys give the
same moments and messages.
"""
