"""Records ⇄ plain data, as JSON holds it: field by field, by pydantic, in the only place."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")

_ADAPTERS: dict[type, TypeAdapter[Any]] = {}  # each is made once: that takes longer than to use it


def as_data(record: object) -> dict[str, Any]:
    """The fields of a record in their order, and those of the records in it: texts, numbers, lists, dicts and None.

    Args:
        record: a dataclass.
    """
    found: dict[str, Any] = _adapter(type(record)).dump_python(record, mode="json")
    return found


def from_data(kind: type[T], data: object) -> T:
    """The record that `as_data` made the data of, with every field checked.

    Args:
        kind: the dataclass.
        data: what JSON held.

    Raises:
        ValueError: a field is missing or has the wrong type; a pydantic.ValidationError, which says where.
    """
    found: T = _adapter(kind).validate_python(data)
    return found


def _adapter(kind: type) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
