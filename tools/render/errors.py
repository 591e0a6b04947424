"""What can go wrong in the renderer, with the exit code of the command."""

from __future__ import annotations


class RenderError(Exception):
    """The base of all errors of the renderer: says what is wrong and what to do next."""

    exit_code = 1


class PlanError(RenderError):
    """The plan cannot be read or asks for something the renderer does not have."""

    exit_code = 2


class GraphicsError(RenderError):
    """No OpenGL context can be made: moderngl, EGL or Mesa is missing."""

    exit_code = 3
