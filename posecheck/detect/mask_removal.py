"""A pose model without its segmentation mask: the same landmarks for a third less work.

The landmark network of MediaPipe's pose models ends in five outputs. One of them is a mask of the person, and posecheck
never asks for it. MediaPipe computes it for every frame all the same. So posecheck takes it out of the model that it
loads; the file on the disk stays as it is.

How: the networks in a .task bundle are TFLite files, which are FlatBuffers. Nothing is packed anew. Two places of the
landmark network are overwritten where they stand. The list of operators loses those that only the mask needs. The list
of outputs names another output a second time, where the mask was: MediaPipe wants five outputs. All else stays the
same to the byte: weights, metadata, sizes. The fields read here are known by their numbers, which FlatBuffers never
changes, so neither flatbuffers nor a schema is needed.

A bundle that does not look as expected comes back as it is, and runs as it is. A mask is known by its shape, a picture
of one channel, so its size and the names of files do not matter.

Measured on two busy cores with mediapipe 0.10.31 and the model full: 34.6 ms of CPU time a frame as shipped, 23.6 ms
without the mask (median of 40 frames of knee_drops.mp4, followed as a video, twice in turn). Taking it out costs 17 ms,
once for all detectors of a process. No coordinate changes, in a video or in single pictures.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
import zlib

_HEADER_BYTES, _ENTRY_BYTES = 30, 46  # in a zip file, before a name: at the file's data, and in the list at the end
_IDENTIFIER = b"TFL3"
# the numbers of fields in TFLite's schema
_MODEL_SUBGRAPHS, _MODEL_SIGNATURES = 2, 7
_GRAPH_TENSORS, _GRAPH_OUTPUTS, _GRAPH_OPERATORS = 0, 2, 3
_OPERATOR_INPUTS, _OPERATOR_OUTPUTS = 1, 2
_TENSOR_SHAPE = 0


def without_mask(bundle: bytes) -> bytes:
    """Take the segmentation mask out of a pose model.

    `bundle`: the content of a .task file.
    Returns: the same bundle without the mask; `bundle` itself when there is no mask or it cannot be taken out.
    """
    slim = bytearray(bundle)
    changed = False
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as file:
            entry = file.start_dir
            for item in file.infolist():
                header = item.header_offset
                start = header + _HEADER_BYTES + sum(struct.unpack_from("<2H", slim, header + 26))
                network = memoryview(slim)[start : start + item.file_size]
                sound = item.compress_type == zipfile.ZIP_STORED and zlib.crc32(network) == item.CRC
                if sound and _take_out_mask(network):
                    changed = True
                    for checksum in (header + 14, entry + 16):
                        struct.pack_into("<I", slim, checksum, zlib.crc32(network))
                entry += _ENTRY_BYTES + sum(struct.unpack_from("<3H", slim, entry + 28))
    except (zipfile.BadZipFile, struct.error, IndexError, NotImplementedError, ValueError):
        return bundle
    return bytes(slim) if changed else bundle


def _take_out_mask(network: memoryview) -> bool:
    """Change a TFLite file in place; False, and nothing changed, when it has no mask that can be taken out."""
    if network[4:8] != _IDENTIFIER:
        return False
    buffer = _FlatBuffer(network)
    model = buffer.target(0)
    if buffer.length(model, _MODEL_SUBGRAPHS) != 1 or buffer.length(model, _MODEL_SIGNATURES):
        return False  # a signature may name the mask, another graph may need it
    (graph,) = buffer.tables(model, _MODEL_SUBGRAPHS)
    tensors = buffer.tables(graph, _GRAPH_TENSORS)
    outputs = buffer.numbers(graph, _GRAPH_OUTPUTS)
    masks = [i for i in outputs if _is_mask(buffer.numbers(tensors[i], _TENSOR_SHAPE))]
    others = [i for i in outputs if i not in masks]
    if len(masks) != 1 or not others:
        return False
    needed, kept = set(others), []
    for operator in reversed(buffer.tables(graph, _GRAPH_OPERATORS)):
        results = buffer.numbers(operator, _OPERATOR_OUTPUTS)
        if not results or needed.intersection(results):
            kept.append(operator)
            needed.update(buffer.numbers(operator, _OPERATOR_INPUTS))
    stand_in = min(others, key=lambda i: math.prod(buffer.numbers(tensors[i], _TENSOR_SHAPE)))  # the quickest to copy
    buffer.set_number(graph, _GRAPH_OUTPUTS, outputs.index(masks[0]), stand_in)
    buffer.set_tables(graph, _GRAPH_OPERATORS, kept[::-1])
    return True


def _is_mask(shape: list[int]) -> bool:
    """Whether an output is a picture of one channel: [1, height, width, 1]. The heat maps have 39."""
    return len(shape) == 4 and shape[1] > 1 and shape[2] > 1 and shape[3] == 1


class _FlatBuffer:
    """What is read from, and overwritten in, a FlatBuffer. A table is known by its place, a field by its number.

    A field holds the distance to a vector: a length, and as many entries of four bytes. Entries are numbers, or
    distances to tables. A distance is counted from the place where it stands.
    """

    def __init__(self, data: memoryview) -> None:
        self._data = data

    def target(self, place: int) -> int:
        """The place that the distance at `place` leads to."""
        return place + self._read("<I", place)

    def length(self, table: int, field: int) -> int:
        """The number of entries of a vector; 0 when the table has no such field."""
        vector = self._vector(table, field)
        return self._read("<I", vector) if vector else 0

    def numbers(self, table: int, field: int) -> list[int]:
        """The entries of a vector of numbers.

        Args:
            table: the place of the table.
            field: the number of the field that leads to the vector.
        """
        start, count = self._vector(table, field) + 4, self.length(table, field)
        return list(struct.unpack_from(f"<{count}i", self._data, start))

    def tables(self, table: int, field: int) -> list[int]:
        """The places of the tables that a vector leads to.

        Args:
            table: the place of the table.
            field: the number of the field that leads to the vector.
        """
        start, count = self._vector(table, field) + 4, self.length(table, field)
        distances = struct.unpack_from(f"<{count}I", self._data, start)
        return [start + 4 * i + distance for i, distance in enumerate(distances)]

    def set_number(self, table: int, field: int, index: int, value: int) -> None:
        """Overwrite one entry of a vector of numbers.

        Args:
            table: the place of the table.
            field: the number of the field that leads to the vector.
            index: which entry, from 0.
            value: the new number.
        """
        struct.pack_into("<i", self._data, self._vector(table, field) + 4 + 4 * index, value)

    def set_tables(self, table: int, field: int, places: list[int]) -> None:
        """Let a vector lead to other tables, as many as before or fewer.

        Args:
            table: the place of the table.
            field: the number of the field that leads to the vector.
            places: the places of the tables: some of those that it led to, in the same order.
        """
        vector = self._vector(table, field)
        distances = (place - (vector + 4 + 4 * i) for i, place in enumerate(places))
        struct.pack_into(f"<{len(places) + 1}I", self._data, vector, len(places), *distances)

    def _vector(self, table: int, field: int) -> int:
        """The place of a vector; 0 when the table has no such field."""
        layout = table - self._read("<i", table)
        slot = 4 + 2 * field
        offset = self._read("<H", layout + slot) if slot < self._read("<H", layout) else 0
        return self.target(table + offset) if offset else 0

    def _read(self, form: str, place: int) -> int:
        (value,) = struct.unpack_from(form, self._data, place)
        return int(value)
