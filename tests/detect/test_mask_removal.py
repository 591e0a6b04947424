"""The pose model without its mask: the same landmarks to the bit, and whatever cannot be slimmed stays as it is."""

from __future__ import annotations

import io
import pickle
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from posecheck.capture.video_file import open_video
from posecheck.detect import mediapipe_detector as detector_module
from posecheck.detect.mask_removal import without_mask
from posecheck.detect.mediapipe_detector import Detector
from posecheck.detect.models import load_model
from posecheck.errors import ModelError
from posecheck.records import Frame, Pose
from posecheck.records.folders import data_dir

DETECTOR, LANDMARKS = "pose_detector.tflite", "pose_landmarks_detector.tflite"
SAMPLES = sorted(data_dir("samples").glob("*.mp4"))
FRAMES = 60  # of each sample, from all over it


def parts(bundle: bytes) -> dict[str, bytes]:
    """The networks of a bundle by name."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as file:
        return {name: file.read(name) for name in file.namelist()}


def bundled(networks: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """A bundle of these networks."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", compression) as file:
        for name, network in networks.items():
            file.writestr(name, network)
    return data.getvalue()


def schema() -> Any:
    """MediaPipe's own reader of TFLite files, which shares nothing with ours."""
    from mediapipe.tasks.metadata import schema_py_generated

    return schema_py_generated


def unpacked(network: bytes) -> Any:
    """A network as objects."""
    return schema().ModelT.InitFromObj(schema().Model.GetRootAsModel(network, 0))


def changed(change: Callable[[Any], object]) -> bytes:
    """The full model, its landmark network changed by `change` and packed again."""
    import flatbuffers

    networks = parts(load_model().data)
    network = unpacked(networks[LANDMARKS])
    change(network)
    builder = flatbuffers.Builder(len(networks[LANDMARKS]) + 65536)
    builder.Finish(network.Pack(builder), b"TFL3")
    no_files = b"PK\x05\x06" + bytes(18)  # the empty zip that follows a network: MediaPipe looks for one
    return bundled(networks | {LANDMARKS: bytes(builder.Output()) + no_files})


def shapes(graph: Any) -> list[list[int]]:
    """The shapes of a graph's outputs."""
    return [[int(n) for n in graph.tensors[i].shape] for i in graph.outputs]


def made_by(network: Any) -> list[list[int]]:
    """What each operator makes, which tells it from all others."""
    return [list(operator.outputs) for operator in network.subgraphs[0].operators]


def poses(bundle: bytes, frames: list[Frame], mode: Literal["video", "image"]) -> list[Pose]:
    """The poses that a bundle finds when nothing is taken out of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(detector_module, "_slimmed", lambda data: data)
        with Detector(replace(load_model(), data=bundle), mode=mode) as detector:
            return [detector.detect(frame) for frame in frames]


def frames_of(sample: Path, count: int) -> list[Frame]:
    """So many frames from all over a sample."""
    with open_video(sample) as source:
        length = sum(1 for _ in source)
    wanted = set(np.linspace(0, length - 1, count).astype(int))
    with open_video(sample) as source:
        return [frame for index, frame in enumerate(source) if index in wanted]


@pytest.fixture(scope="module")
def moment() -> list[Frame]:
    """A third of a second of a person, 640 x 480."""
    with open_video(SAMPLES[0], end_s=0.3) as source:
        return list(source)


# ---- what is taken out


def test_the_mask_is_gone_and_nothing_else() -> None:
    """Five outputs stay, none is a mask; only operators are gone, and weights and metadata are the same."""
    shipped, slim = parts(load_model().data), parts(without_mask(load_model().data))
    assert list(slim) == list(shipped)
    assert slim[DETECTOR] == shipped[DETECTOR]
    before, after = unpacked(shipped[LANDMARKS]), unpacked(slim[LANDMARKS])
    mask = [1, 256, 256, 1]
    assert shapes(before.subgraphs[0]) == [[1, 195], [1, 1], mask, [1, 64, 64, 39], [1, 117]]
    assert shapes(after.subgraphs[0]) == [[1, 195], [1, 1], [1, 1], [1, 64, 64, 39], [1, 117]]
    assert len(made_by(after)) < len(made_by(before))
    assert [made for made in made_by(before) if made in made_by(after)] == made_by(after)  # in the same order
    assert len(after.buffers) == len(before.buffers)
    assert all(np.array_equal(a.data, b.data) for a, b in zip(after.buffers, before.buffers, strict=True))
    assert [m.name for m in after.metadata] == [m.name for m in before.metadata]


def test_every_operator_that_is_left_gets_its_input() -> None:
    """What an operator or an output takes is a constant, the picture, or made by an operator before."""
    network = unpacked(parts(without_mask(load_model().data))[LANDMARKS])
    graph = network.subgraphs[0]
    made = {int(i) for i in graph.inputs}

    def there(index: int) -> bool:
        return index in made or index == -1 or network.buffers[graph.tensors[index].buffer].data is not None

    for operator in graph.operators:
        assert all(there(int(i)) for i in operator.inputs)
        made.update(int(i) for i in operator.outputs)
    assert {int(i) for i in graph.outputs} <= made


def test_a_mask_is_known_by_what_it_is() -> None:
    """Other file names, another size of the mask, another place among the outputs: it is found all the same."""

    def smaller(network: Any) -> None:
        graph = network.subgraphs[0]
        graph.tensors[graph.outputs[2]].shape = np.array([1, 128, 96, 1], np.int32)
        graph.outputs = graph.outputs[[2, 0, 1, 3, 4]]

    networks = parts(changed(smaller))
    slim = parts(without_mask(bundled({"a": networks[DETECTOR], "b": networks[LANDMARKS]})))
    graph = unpacked(slim["b"]).subgraphs[0]
    assert shapes(graph) == [[1, 1], [1, 195], [1, 1], [1, 64, 64, 39], [1, 117]]
    assert len(graph.operators) == 286


def test_it_is_stored_as_mediapipe_wants_it() -> None:
    """Everything stays where it was, uncompressed and aligned; the checksums are right; few bytes differ."""
    shipped = load_model().data
    slim = without_mask(shipped)
    assert len(slim) == len(shipped)
    with zipfile.ZipFile(io.BytesIO(shipped)) as old, zipfile.ZipFile(io.BytesIO(slim)) as new:
        assert new.testzip() is None
        assert [item.header_offset for item in new.infolist()] == [item.header_offset for item in old.infolist()]
    assert sum(a != b for a, b in zip(slim, shipped, strict=True)) < 2000


def test_names_and_comments_of_any_length_do_not_matter() -> None:
    """The checksums are right in a bundle with other files, extra fields and comments around the network."""
    data = io.BytesIO(b"before it all")
    data.seek(0, io.SEEK_END)
    with zipfile.ZipFile(data, "w") as file:
        for name in ("a" * 300, "b", "ä" * 50):
            item = zipfile.ZipInfo(name)
            item.comment, item.extra = b"c" * len(name), struct.pack("<2H", 0xCAFE, len(name)) + b"e" * len(name)
            file.writestr(item, parts(load_model().data)[LANDMARKS] if name == "b" else name)
        file.comment = b"the end"
    slim = without_mask(data.getvalue())
    assert slim != data.getvalue()
    with zipfile.ZipFile(io.BytesIO(slim)) as file:
        assert file.testzip() is None
        assert file.read("a" * 300) == b"a" * 300
        assert file.read("b") == parts(without_mask(load_model().data))[LANDMARKS]


def test_slimming_twice_is_slimming_once() -> None:
    """A bundle without a mask comes back as it is."""
    slim = without_mask(load_model().data)
    assert without_mask(slim) is slim


# ---- what cannot be slimmed


def no_mask(network: Any) -> None:
    graph = network.subgraphs[0]
    graph.outputs = graph.outputs[[0, 1, 3, 4]]


def two_masks(network: Any) -> None:
    graph = network.subgraphs[0]
    graph.tensors[graph.outputs[3]].shape = np.array([1, 64, 64, 1], np.int32)


def only_a_mask(network: Any) -> None:
    graph = network.subgraphs[0]
    graph.outputs = graph.outputs[[2]]


def two_graphs(network: Any) -> None:
    network.subgraphs = [network.subgraphs[0]] * 2


def a_signature(network: Any) -> None:
    """Names for what goes in and comes out, as newer converters write them."""
    graph, signature = network.subgraphs[0], schema().SignatureDefT()

    def named(index: int) -> Any:
        one = schema().TensorMapT()
        one.name, one.tensorIndex = graph.tensors[index].name, index
        return one

    signature.signatureKey, signature.subgraphIndex = b"serving_default", 0
    signature.inputs, signature.outputs = [[named(i) for i in ends] for ends in (graph.inputs, graph.outputs)]
    network.signatureDefs = [signature]


def no_weights(network: Any) -> None:
    for buffer in network.buffers:
        buffer.data = None


@pytest.mark.parametrize("change", [no_mask, two_masks, only_a_mask, two_graphs, a_signature])
def test_another_shape_comes_back_as_it_is(change: Callable[[Any], object]) -> None:
    """No mask, two, nothing but a mask, several graphs, signatures: left alone."""
    bundle = changed(change)
    assert without_mask(bundle) is bundle


@pytest.mark.parametrize(
    "bundle",
    [
        b"",
        b"hello",
        bundled({}),
        bundled(parts(load_model().data), zipfile.ZIP_DEFLATED),  # MediaPipe reads none either
        bundled({DETECTOR: b"network " * 1000, LANDMARKS: b"network " * 1000}),
        bundled({LANDMARKS: b"\x1c\x00\x00\x00TFL3"}),
        bundled({LANDMARKS: b"\xff\xff\xff\xffTFL3" + bytes(100)}),
        bundled({LANDMARKS: b"\x08\x00\x00\x00TFL3" + bytes(100)}),
        bundled({LANDMARKS: b"\x08\x00\x00\x00TFL3" + b"\xff" * 100}),
        bundled({LANDMARKS: b"\x08\x00\x00\x00TFL3" + b"\x01" * 100}),
    ],
)
def test_what_is_no_model_comes_back_as_it_is(bundle: bytes) -> None:
    """No bundle, or a bundle of something else: no error, the same bytes."""
    assert without_mask(bundle) is bundle


@pytest.mark.parametrize("share", [0.0001, 0.1, 0.5, 0.9, 0.9999])
def test_a_bundle_that_was_cut_off_comes_back_as_it_is(share: float) -> None:
    """A file of which the end is missing; and a network of which the end is missing, in a whole file."""
    data = load_model().data
    cut = data[: int(share * len(data))]
    assert without_mask(cut) is cut
    networks = parts(data)
    inner = bundled({LANDMARKS: networks[LANDMARKS][: int(share * len(networks[LANDMARKS]))]})
    assert isinstance(without_mask(inner), bytes)


def test_a_wrong_checksum_is_not_made_right() -> None:
    """A bundle with one wrong byte among the weights stays damaged for all to see."""
    damaged = bytearray(load_model().data)
    damaged[len(damaged) // 2] ^= 1
    bundle = bytes(damaged)
    assert without_mask(bundle) is bundle


def test_damage_in_the_network_raises_nothing() -> None:
    """Wherever four bytes of the graph's description are wrong, slimming gives bytes and no error."""
    network = parts(changed(no_weights))[LANDMARKS]
    assert without_mask(bundled({LANDMARKS: network})) != bundled({LANDMARKS: network})
    rng = np.random.default_rng(1)
    for place in (*range(0, 64, 4), *rng.integers(0, len(network) - 4, 100)):
        for wrong in (0xFFFFFFFF, 0x7FFFFFFF, 3):
            damaged = bytearray(network)
            struct.pack_into("<I", damaged, int(place), wrong)
            assert isinstance(without_mask(bundled({LANDMARKS: bytes(damaged)})), bytes)


# ---- what stays the same


def test_the_model_keeps_its_identity() -> None:
    """A model that was slimmed for a detector still is the official file, sent to another process too."""
    model = load_model()
    before = (model.sha256, model.size, model.data)
    detector_module._slimmed(model.data)
    again = pickle.loads(pickle.dumps(model))
    for one in (model, again):
        assert (one.sha256, one.size, one.data) == before
    assert detector_module._slimmed(again.data) == detector_module._slimmed(model.data) != model.data


def test_slimming_imports_no_library() -> None:
    """Neither MediaPipe nor flatbuffers is needed."""
    code = (
        "import sys, posecheck.detect.mask_removal as s; s.without_mask(b'');"
        "sys.exit(any(m in sys.modules for m in ('cv2', 'mediapipe', 'flatbuffers')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.model
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_every_coordinate_is_the_same(sample: Path) -> None:
    """All over each sample the poses of the slimmed model equal those of the shipped one to the bit, in both modes."""
    shipped = load_model().data
    slim = without_mask(shipped)
    frames = frames_of(sample, FRAMES)
    assert len(frames) == FRAMES
    video = poses(slim, frames, "video")
    assert video == poses(shipped, frames, "video")
    assert sum(pose.present for pose in video) > FRAMES / 2
    image = poses(slim, frames[::2], "image")
    assert image == poses(shipped, frames[::2], "image")
    assert sum(pose.present for pose in image) > FRAMES / 4


@pytest.mark.model
def test_the_detector_runs_the_slimmed_model(monkeypatch: pytest.MonkeyPatch, moment: list[Frame]) -> None:
    """Detectors of one process share one slimmed model, and find what it finds."""
    model = load_model()
    used: list[bytes] = []
    create = detector_module._create_from

    def noted(bundle: bytes, *args: Any) -> Any:
        used.append(bundle)
        return create(bundle, *args)

    monkeypatch.setattr(detector_module, "_create_from", noted)
    for _ in range(2):
        with Detector(model) as detector:
            found = [detector.detect(frame) for frame in moment]
    assert used[0] is used[1]
    assert used[0] == without_mask(model.data) != model.data
    assert found == poses(model.data, moment, "video")


@pytest.mark.model
def test_a_bundle_that_cannot_be_slimmed_runs_as_it_is(moment: list[Frame]) -> None:
    """A model whose graph is not as expected finds the same poses, mask and all."""
    bundle = changed(a_signature)
    assert without_mask(bundle) is bundle
    with Detector(replace(load_model(), data=bundle)) as detector:
        assert [detector.detect(frame) for frame in moment] == poses(load_model().data, moment, "video")


@pytest.mark.model
def test_when_the_slimmed_model_is_refused_the_shipped_one_runs(
    monkeypatch: pytest.MonkeyPatch, moment: list[Frame], capfd: pytest.CaptureFixture[str]
) -> None:
    """MediaPipe has the last word: whatever it does not take, the file as it is goes instead, without a sound."""
    monkeypatch.setattr(detector_module, "_slimmed", lambda _: b"hello")
    with Detector(load_model()) as detector:
        assert [detector.detect(frame) for frame in moment] == poses(load_model().data, moment, "video")
    assert capfd.readouterr().err == ""


@pytest.mark.model
def test_a_damaged_model_is_refused_as_before() -> None:
    """A network that lost its end is an error that says so, slimmed or not."""
    networks = parts(load_model().data)
    bundle = bundled(networks | {LANDMARKS: networks[LANDMARKS][:1000]})
    with pytest.raises(ModelError, match="refuses the model"):
        Detector(replace(load_model(), data=bundle))
