"""The plan of a clip: who does what, seen how. A JSON file, checked to the last key.

Every key has its meaning, default and range here and nowhere else; `python -m tools.render --keys` prints them. Lengths
in metres, angles in degrees, times in seconds, colours sRGB 0 to 1. Places: x = the subject's left, -y = where the
subject faces (when lying: where the feet are), z = up; the subject is in the middle.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from .body import body_names
from .errors import PlanError
from .free import Free
from .looks import LIGHTS, OUTFITS, ROOMS, SKINS, Fit, Hair, Legs, Look, Room, Sleeves

Exercise: TypeAlias = Literal["ninety_ninety", "ninety_ninety_side_bend", "knee_drops", "free"]
Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
RGB: TypeAlias = tuple[Share, Share, Share]
XY: TypeAlias = tuple[float, float]
ANGLES = tuple(field.name for field in dataclasses.fields(Free))


class _Keys(BaseModel):
    """Base of all parts of a plan: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class KneelRep(_Keys):
    """One hold in half-kneeling: into position 6 s, hold, back 4.4 s."""

    side: Literal["L", "R"] = Field(description="the rear leg: the one whose knee is on the floor")
    hold: float = Field(20.5, gt=0, le=120, description="seconds in the full position")
    arm: float = Field(172.0, ge=0, le=180, description="elevation of the arms: 0 hanging, 180 overhead")
    shift: float = Field(0.11, ge=-0.1, le=0.3, description="hips forward")
    lean: float | None = Field(None, ge=-60, le=60, description="side bend towards the front leg's side; "
                               "none: 26 in the side-bend exercise, 0 otherwise")  # fmt: skip
    front: float = Field(0.0, ge=-0.3, le=0.4, description="front foot further ahead than at 90 degrees")
    tilt: float = Field(0.0, ge=-40, le=40, description="trunk forwards during the hold, - backwards")
    pause: tuple[float, float] | None = Field(None, alias="break", description="[after, for]: leaves the position once")
    rest: float = Field(1.0, ge=0, description="pause after the repetition")


class DropRep(_Keys):
    """One drop of the knees and back."""

    direction: Literal["in", "out", "left", "right"] = Field(alias="dir", description="left, right: both to that side")
    hold: float = Field(2.5, ge=0, le=30, description="seconds at the lowest point")
    amount: float | None = Field(None, ge=0, le=60, description="swivel; none: 27 in, 36 out, 25 to a side")
    move: float = Field(1.3, ge=0.3, le=5, description="seconds down, and back up but for 0.2")
    rest: float = Field(0.4, ge=0, description="pause after the repetition")


class KeyPose(_Keys):
    """A pose of a free motion, reached and then kept."""

    move: float = Field(ge=0, le=30, description="seconds to get there from the pose before")
    stay: float = Field(ge=0, le=120, description="seconds to stay")
    angles: dict[str, float] = Field(description="joint angles by the names of posecheck.testing.Body; none: 0")

    @field_validator("angles")
    @classmethod
    def _known(cls, value: dict[str, float]) -> dict[str, float]:
        for name in value:
            _one_of(name, ANGLES)
        return value


class CameraKeys(_Keys):
    """The camera; [azimuth, height, distance] is short for the first three."""

    azimuth: float = Field(description="0 = in front of the subject, 90 = on the subject's left, 180 = behind")
    height: float = Field(gt=0, le=2.9, description="above the floor")
    distance: float = Field(gt=0.3, le=8, description="along the floor from the middle of the room")
    tilt: float = Field(0.0, ge=-60, le=60, description="away from the subject, + higher")
    roll: float = Field(0.0, ge=-180, le=180, description="turned clockwise about its axis")
    barrel: float = Field(0.0, ge=-0.3, le=0.6, description="lens distortion, 0.3 is strong")


class OutfitKeys(_Keys):
    """Changes to a named outfit."""

    base: str = Field(default="blue", description="one of the named outfits")
    shirt: RGB | None = None
    trousers: RGB | None = None
    shoes: RGB | Literal["barefoot"] | None = None
    hair_colour: RGB | None = None
    skin: RGB | str | None = Field(default=None, description="a colour or a named skin")
    legs: Legs | None = None
    sleeves: Sleeves | None = None
    fit: Fit | None = None
    hair: Hair | None = None

    @field_validator("base")
    @classmethod
    def _known(cls, value: str) -> str:
        return _one_of(value, OUTFITS)

    @field_validator("skin")
    @classmethod
    def _known_skin(cls, value: RGB | str | None) -> RGB | str | None:
        return _one_of(value, SKINS) if isinstance(value, str) else value

    def look(self) -> Look:
        """Return the outfit with all changes."""
        change: dict[str, Any] = {k: v for k, v in self if k != "base" and v is not None}
        if change.get("shoes") == "barefoot":
            change["shoes"] = None
        if isinstance(self.skin, str):
            change["skin"] = SKINS[self.skin]
        return dataclasses.replace(OUTFITS[self.base], **change)


class RoomKeys(_Keys):
    """Changes to a named room."""

    base: str = Field(default="home", description="one of the named rooms")
    wall: RGB | None = None
    floor: RGB | None = None
    mat: RGB | Literal["none"] | None = None
    planks: bool | None = None
    decorated: bool | None = Field(default=None, description="window, picture and skirting boards")
    size_m: float | None = Field(default=None, ge=1.5, le=6, description="half the room's width")

    @field_validator("base")
    @classmethod
    def _known(cls, value: str) -> str:
        return _one_of(value, ROOMS)

    def room(self) -> Room:
        """Return the room with all changes."""
        change: dict[str, Any] = {k: v for k, v in self if k != "base" and v is not None}
        if change.get("mat") == "none":
            change["mat"] = None
        return dataclasses.replace(ROOMS[self.base], **change)


class Furniture(_Keys):
    """A piece of furniture, also in front of a foot."""

    kind: Literal["box", "chair", "table"] = "box"
    at: XY = Field(description="middle of its bottom")
    size: tuple[float, float, float] = Field((0.4, 0.4, 0.4), description="width, depth, height")
    turn: float = Field(0.0, description="about the vertical")
    colour: RGB = (0.45, 0.33, 0.24)


class Passer(_Keys):
    """A second person, walking from one place to another or standing."""

    body: str = "A"
    outfit: OutfitKeys = OutfitKeys()
    start: XY = Field(description="where the person comes from, or stands")
    end: XY | None = Field(None, description="none: stands at `start`")
    from_s: float = Field(0.0, ge=0, description="comes in; nobody before")
    to_s: float = Field(1e9, description="gone after")
    heading: float | None = Field(None, description="of one who stands, 0 = as the subject; none: towards the subject")

    _outfit = field_validator("outfit", mode="before")(lambda v: {"base": v} if isinstance(v, str) else v)

    @field_validator("body")
    @classmethod
    def _known(cls, value: str) -> str:
        return _one_of(value, body_names())


class Plan(_Keys):
    """A whole clip."""

    name: str = Field(pattern=r"^[A-Za-z0-9][\w.-]*$", description="of the files written")
    exercise: Exercise
    body: str = Field(description="one of bodies/")
    outfit: OutfitKeys = Field(OutfitKeys(), description="a name, or changes to one")
    camera: CameraKeys
    reps: tuple[KneelRep, ...] | tuple[DropRep, ...] | tuple[KeyPose, ...] = Field(
        description="the repetitions, one after the other; of a free motion its poses"
    )
    hfov: float = Field(62.0, ge=20, le=120, description="horizontal field of view")
    at: tuple[float, float, float] | None = Field(None, description="the point looked at; none: middle of the subject")
    light: str = Field("day", description="one of the named lights")
    room: RoomKeys = Field(RoomKeys(), description="a name, or changes to one")
    furniture: tuple[Furniture, ...] = ()
    passers: tuple[Passer, ...] = ()
    fps: float = Field(15.0, ge=1, le=120)
    size: tuple[int, int] = (640, 480)
    crop: tuple[Share, Share, Share, Share] = Field((0, 0, 0, 0), description="share cut: left, top, right, bottom")
    seed: int = Field(0, ge=0, description="of sway and noise")
    lead: float | None = Field(None, ge=0, description="stillness before the first repetition; none: 1.5, drops 2")
    tail: float | None = Field(None, ge=0, description="after the last; none: 1, drops 1.5")
    feet: float = Field(0.30, ge=0.1, le=0.5, description="drops: each foot's distance from the midline")
    knee: float = Field(86.0, ge=60, le=130, description="drops: included angle of the knees")
    asym: float = Field(0.95, ge=0, le=2, description="drops: right knee's share of the left one's swivel")
    noise: float = Field(2.5, ge=0, le=40, description="of the sensor, standard deviation of 255")
    blur: float = Field(0.0, ge=0, le=8, description="standard deviation in pixels")
    exposure: float = Field(1.0, gt=0.05, le=4, description="brightness of the whole picture")
    flicker: float = Field(0.0, ge=0, le=0.5, description="share by which a lamp's light swings")
    jpeg: int | None = Field(None, ge=1, le=100, description="quality of a webcam's own compression; none: none")
    crf: int = Field(25, ge=0, le=51, description="H.264 quality, higher is worse")

    _outfit = field_validator("outfit", mode="before")(lambda v: {"base": v} if isinstance(v, str) else v)
    _room = field_validator("room", mode="before")(lambda v: {"base": v} if isinstance(v, str) else v)

    @field_validator("camera", mode="before")
    @classmethod
    def _triple(cls, value: Any) -> Any:
        if isinstance(value, list | tuple) and len(value) == 3:
            return dict(zip(("azimuth", "height", "distance"), value, strict=True))
        return value

    @field_validator("body")
    @classmethod
    def _known_body(cls, value: str) -> str:
        return _one_of(value, body_names())

    @field_validator("light")
    @classmethod
    def _known_light(cls, value: str) -> str:
        return _one_of(value, LIGHTS)

    @model_validator(mode="before")
    @classmethod
    def _reps(cls, data: Any) -> Any:
        """Read the repetitions as what the exercise has, so that errors speak of the right keys."""
        if not isinstance(data, dict) or not isinstance(data.get("reps"), list | tuple):
            return data
        kinds: dict[Any, type[_Keys]] = {"knee_drops": DropRep, "free": KeyPose}
        kind = kinds.get(data.get("exercise"), KneelRep)
        reps = []
        for i, rep in enumerate(data["reps"]):
            try:
                reps.append(rep if isinstance(rep, kind) else kind.model_validate(rep))
            except ValidationError as error:
                raise PlanError("; ".join(_messages(error, kind, f"reps[{i}]"))) from error
        return {**data, "reps": tuple(reps)}

    @model_validator(mode="after")
    def _sensible(self) -> Plan:
        left, top, right, bottom = self.crop
        if left + right > 0.9 or top + bottom > 0.9:
            raise ValueError("crop leaves less than a tenth of the picture")
        if not self.reps:
            raise ValueError("reps is empty")
        if min(self.size) < 64 or max(self.size) > 4096 or any(n % 2 for n in self.size):
            raise ValueError("size must be two even numbers from 64 to 4096")
        return self

    @property
    def drops(self) -> bool:
        """Whether the subject lies."""
        return self.exercise == "knee_drops"

    @property
    def free(self) -> bool:
        """Whether the motion is given by its poses."""
        return self.exercise == "free"

    @property
    def bends(self) -> bool:
        """Whether the exercise is the side bend."""
        return self.exercise == "ninety_ninety_side_bend"


def _one_of(value: str, known: Any) -> str:
    if value not in known:
        raise ValueError(f"{value!r} does not exist; allowed: {', '.join(known)}")
    return value


def parse(data: Any, source: str = "plan") -> Plan:
    """Check a plan read from JSON.

    Raises:
        PlanError: naming each wrong key and what is allowed.
    """
    try:
        return Plan.model_validate(data)
    except ValidationError as error:
        raise PlanError(f"{source}: " + "; ".join(_messages(error, Plan, ""))) from error
    except PlanError as error:
        raise PlanError(f"{source}: {error}") from error


def read(path: Path) -> Plan:
    """Read a plan, or the plan inside a truth file.

    Raises:
        PlanError: the file is missing, not JSON, or not a plan.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PlanError(f"{path}: cannot be read ({error.strerror}); give a plan's JSON file") from error
    except ValueError as error:
        raise PlanError(f"{path}: not JSON ({error})") from error
    if isinstance(data, dict) and isinstance(data.get("plan"), dict):
        data = data["plan"]
    return parse(data, str(path))


def to_json(plan: Plan) -> dict[str, Any]:
    """Return the plan as it would be written: only the keys that were given, short forms where they suffice."""
    data = plan.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if set(data["camera"]) == {"azimuth", "height", "distance"}:
        data["camera"] = [data["camera"][key] for key in ("azimuth", "height", "distance")]
    for owner in (data, *data.get("passers", ())):
        for key in ("outfit", "room"):
            if set(owner.get(key, ())) == {"base"}:
                owner[key] = owner[key]["base"]
    return data


def _messages(error: ValidationError, model: type[BaseModel], prefix: str) -> Iterator[str]:
    """Word each problem as: where, what, what is allowed."""
    for problem in error.errors():
        where = ".".join([prefix] * bool(prefix) + [str(p) for p in problem["loc"]])
        if problem["type"] == "extra_forbidden":
            owner = _owner(model, problem["loc"][:-1])
            keys = sorted(field.alias or name for name, field in owner.model_fields.items())
            yield f"unknown key {where!r}; allowed: {', '.join(keys)}"
        else:
            yield f"{where}: {problem['msg']}" if where else str(problem["msg"])


def _owner(model: type[BaseModel], path: tuple[int | str, ...]) -> type[BaseModel]:
    """Return the model a problem's path leads to."""
    inner: dict[str, type[BaseModel]] = {
        "camera": CameraKeys, "outfit": OutfitKeys, "room": RoomKeys, "furniture": Furniture, "passers": Passer,
    }  # fmt: skip
    for key in path:
        model = inner.get(str(key), model)
    return model


def describe() -> Iterator[tuple[str, str, str, str]]:
    """Yield (section, key, default, meaning) for each key of a plan, then the named values."""
    for model in (Plan, KneelRep, DropRep, KeyPose, CameraKeys, OutfitKeys, RoomKeys, Furniture, Passer):
        section = (model.__doc__ or "").splitlines()[0].rstrip(".")
        for name, field in model.model_fields.items():
            default = "-" if isinstance(field.default, BaseModel) else json.dumps(field.default, default=str)
            choices = " | ".join(dict.fromkeys(_choices(field.annotation)))
            meaning = "; ".join(text for text in (choices, field.description) if text)
            yield section, field.alias or name, "required" if field.is_required() else default, meaning
    named = {"bodies": body_names(), "outfits": OUTFITS, "skins": SKINS, "rooms": ROOMS, "lights": LIGHTS}
    for kind, names in named.items():
        yield "Named values", kind, "-", ", ".join(names)


def _choices(annotation: Any) -> Iterator[str]:
    """Yield the words a key may have, however deep they stand in its type."""
    for inner in get_args(annotation):
        if isinstance(inner, str):
            yield inner
        else:
            yield from _choices(inner)


__all__ = [
    "CameraKeys",
    "DropRep",
    "Furniture",
    "KeyPose",
    "KneelRep",
    "Passer",
    "Plan",
    "describe",
    "parse",
    "read",
    "to_json",
]
