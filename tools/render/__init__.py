"""The project's own renderer of people with known joint angles: recordings whose truth is exact.

    plan → timeline → pose → body ─┬→ clothes, scene, camera → gl → degrade ─┬→ clip
                                   └→ angles → truth ────────────────────────┘

`python -m tools.render PLAN.json OUT_DIR` renders; `python -m tools.render.variety` makes plans. Needs moderngl and an
EGL library (the `render` extra); kinematics, truth and plans need numpy and pydantic only.
"""
