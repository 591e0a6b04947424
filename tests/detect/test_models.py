"""The pose model: found, verified, fetched whole or not at all; nothing here leaves the machine."""

from __future__ import annotations

import hashlib
import http.server
import io
import pickle
import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from multiprocessing import context
from pathlib import Path
from typing import IO

import pytest

from posecheck.detect import models
from posecheck.detect.models import Model, fetch_model, list_models, load_model, model_url
from posecheck.errors import ModelError, OutputError
from posecheck.records import folders
from posecheck.records.folders import data_dir
from tests.waiting import PATIENCE_S

FULL = data_dir("models") / "pose_landmarker_full.task"
FULL_SHA256 = "4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad"


@pytest.fixture(autouse=True)
def user_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own."""
    monkeypatch.setenv("POSECHECK_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "models"


def bundle(names: tuple[str, ...] = ("pose_detector.tflite", "pose_landmarks_detector.tflite")) -> bytes:
    """A .task bundle that holds nothing of use."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name in names:
            file.writestr(name, b"network " * 1000)
    return data.getvalue()


def test_the_embedded_model_is_whole() -> None:
    """The default model is there, with the size and sha256 of Google's."""
    model = load_model()
    assert (model.name, model.size, model.sha256) == ("full", 9_398_198, FULL_SHA256)
    assert hashlib.sha256(model.data).hexdigest() == FULL_SHA256
    assert len(model.data) == model.size
    assert model.path == FULL


def test_the_readme_tells_the_truth() -> None:
    """models/README.md names every known model with its sha256, the source and the licence."""
    readme = (data_dir("models") / "README.md").read_text("utf-8")
    for name, sha256 in models._SHA256.items():
        assert f"| {name} |" in readme
        assert sha256 in readme
    assert "Apache License 2.0" in readme
    assert model_url("full").replace("full", "NAME") in readme


def test_a_path_to_a_known_model_is_told_by_its_content(tmp_path: Path) -> None:
    """A copy under another name is still the model full."""
    path = shutil.copy(FULL, tmp_path / "mine.task")
    assert load_model(path).name == "full"
    assert load_model(str(path)).sha256 == FULL_SHA256


def test_an_own_model_may_have_any_hash(tmp_path: Path) -> None:
    """A bundle of the user's own is taken as it is, under its own name."""
    path = tmp_path / "mine.task"
    path.write_bytes(bundle())
    model = load_model(path)
    assert (model.name, model.sha256) == ("mine", hashlib.sha256(bundle()).hexdigest())


@pytest.mark.parametrize("name", ["full", "lite", "heavy"])
def test_a_damaged_known_model_is_refused_by_name_and_hash(tmp_path: Path, name: str) -> None:
    """A file that is named like a known model and differs is refused with both hashes and what to do."""
    path = tmp_path / f"pose_landmarker_{name}.task"
    path.write_bytes(FULL.read_bytes()[:-1000])
    with pytest.raises(ModelError, match=rf"{name}.* is damaged.*sha256 .*posecheck models get {name}") as caught:
        load_model(path)
    assert models._SHA256[name] in str(caught.value)
    assert hashlib.sha256(path.read_bytes()).hexdigest() in str(caught.value)
    assert "\n" not in str(caught.value)


def changed(data: bytes) -> bytes:
    """The data with one byte of its middle changed."""
    middle = len(data) // 3
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a .task bundle"),
        (b"hello", "not a .task bundle"),
        (bundle()[:-30], "not a .task bundle"),
        (bundle(("pose_detector.tflite",)), "lacks pose_landmarks_detector.tflite"),
        (changed(bundle()), "is damaged in pose_detector.tflite"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    """Text, truncated and changed bundles, and bundles of other tasks are refused before MediaPipe sees them."""
    path = tmp_path / "mine.task"
    path.write_bytes(data)
    with pytest.raises(ModelError, match=message):
        load_model(path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("huge", "no model named huge: use lite, full, heavy"),
        ("none.task", "no model file none.task"),
        ("nowhere/none", "no model file"),
        ("x" * 300 + ".task", "no model file"),
        ("heavy", "posecheck models get heavy.*download https.*heavy.task elsewhere and put the file at .*data"),
    ],
)
def test_a_missing_model_says_what_to_do(name: str, message: str) -> None:
    """An unknown name, a missing file and a model not fetched yet each say what to do."""
    with pytest.raises(ModelError, match=message):
        load_model(name)


def test_a_sound_copy_stands_in_for_a_damaged_one(
    tmp_path: Path, user_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the embedded model is damaged, the fetched one is used; without it the damage is told."""
    embedded = tmp_path / "embedded"
    embedded.mkdir()
    (embedded / FULL.name).write_bytes(b"damaged")
    monkeypatch.setattr(models, "data_dir", lambda _: embedded)
    with pytest.raises(ModelError, match="is damaged"):
        load_model("full")
    assert {s.name: (s.present, s.verified) for s in list_models()}["full"] == (True, False)
    user_folder.mkdir(parents=True)
    shutil.copy(FULL, user_folder)
    assert load_model("full").path == user_folder / FULL.name
    assert {s.name: (s.present, s.verified) for s in list_models()}["full"] == (True, True)


def test_the_list_tells_what_is_here(user_folder: Path) -> None:
    """Full is embedded and verified; the others would go into the user's folder."""
    lite, full, heavy = list_models()
    assert (full.name, full.where, full.present, full.verified, full.size) == ("full", FULL, True, True, 9_398_198)
    assert (lite.name, lite.present, lite.verified, lite.size) == ("lite", False, False, 0)
    assert heavy.where == user_folder / "pose_landmarker_heavy.task"


def test_the_user_folder_is_that_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without POSECHECK_DATA models go into the user's data folder."""
    from platformdirs import user_data_path

    monkeypatch.delenv("POSECHECK_DATA")
    assert models.user_models_dir() == user_data_path("posecheck", appauthor=False) / "models"


def test_installed_data_is_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a wheel the data is in posecheck/data, in a clone beside the package."""
    monkeypatch.setattr(folders, "__file__", str(tmp_path / "posecheck" / "records" / "folders.py"))
    assert data_dir("samples") == tmp_path / "samples"
    (tmp_path / "posecheck" / "data" / "samples").mkdir(parents=True)
    assert data_dir("samples") == tmp_path / "posecheck" / "data" / "samples"


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves a model, and the faults of servers."""

    content = b""

    def do_GET(self) -> None:
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        if self.path != "/nolength":
            self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content[: len(self.content) // 2] if self.path == "/cut" else self.content)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], models.Opener]]:
    """Serves a made-up lite model on this machine; gives openers that fetch a path from there."""
    Handler.content = bundle() * 100
    monkeypatch.setitem(models._SHA256, "lite", hashlib.sha256(Handler.content).hexdigest())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def opener(path: str) -> models.Opener:
        def open_url(url: str) -> AbstractContextManager[IO[bytes]]:
            assert url == model_url("lite")
            response: AbstractContextManager[IO[bytes]] = direct.open(
                f"http://127.0.0.1:{server.server_port}{path}", timeout=PATIENCE_S
            )
            return response

        return open_url

    yield opener
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("path", ["/whole", "/nolength"])
def test_a_model_is_fetched_whole(serve: Callable[[str], models.Opener], user_folder: Path, path: str) -> None:
    """A download is verified and stored under its name, progress rises to the end, and the model loads by name."""
    steps: list[tuple[int, int | None]] = []
    stored = fetch_model("lite", lambda done, total: steps.append((done, total)), serve(path))
    assert stored == user_folder / "pose_landmarker_lite.task"
    assert list(user_folder.iterdir()) == [stored]
    assert stored.read_bytes() == Handler.content
    size = len(Handler.content)
    assert steps[-1] == (size, None if path == "/nolength" else size)
    assert [done for done, _ in steps] == sorted({done for done, _ in steps})
    assert len(steps) > 1
    assert load_model("lite").path == stored


@pytest.mark.parametrize(("path", "message"), [("/cut", "stopped after .* of .* bytes"), ("/missing", "404")])
def test_a_failed_download_leaves_nothing(
    serve: Callable[[str], models.Opener], user_folder: Path, path: str, message: str
) -> None:
    """A truncated or refused download leaves no file, and says where to get and where to put it by hand."""
    with pytest.raises(ModelError, match=rf"{message}.*https://.*lite\.task elsewhere and put the file at ") as caught:
        fetch_model("lite", opener=serve(path))
    assert str(user_folder / "pose_landmarker_lite.task") in str(caught.value)
    assert list(user_folder.iterdir()) == []


def test_a_wrong_download_leaves_the_old_model(serve: Callable[[str], models.Opener], user_folder: Path) -> None:
    """When something else came, its hash is told and the model that was there stays."""
    old = fetch_model("lite", opener=serve("/whole")).read_bytes()
    Handler.content = b"a page that asks for a password"
    with pytest.raises(ModelError, match=r"has sha256 .* instead of"):
        fetch_model("lite", opener=serve("/whole"))
    assert [path.read_bytes() for path in user_folder.iterdir()] == [old]


def test_no_network_says_what_to_do(user_folder: Path) -> None:
    """Without a network the error names the address and the place for the file."""

    def no_network(url: str) -> AbstractContextManager[IO[bytes]]:
        raise urllib.error.URLError(f"no route to {url}")

    with pytest.raises(ModelError, match=r"cannot download the model heavy.*elsewhere and put the file at"):
        fetch_model("heavy", opener=no_network)
    assert list(user_folder.iterdir()) == []


def test_ctrl_c_leaves_nothing(serve: Callable[[str], models.Opener], user_folder: Path) -> None:
    """A download stopped by the user leaves no partial file."""

    def stop(_done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_model("lite", stop, serve("/whole"))
    assert list(user_folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the model cannot be stored, nothing is downloaded."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("POSECHECK_DATA", str(tmp_path / "file"))

    def never(_: str) -> AbstractContextManager[IO[bytes]]:
        raise AssertionError("nothing should be opened")

    with pytest.raises(OutputError, match="cannot write"):
        fetch_model("lite", opener=never)


def test_an_unknown_model_is_not_fetched() -> None:
    """Only the known models can be fetched."""
    with pytest.raises(ModelError, match="no model named huge"):
        fetch_model("huge")


def test_importing_models_loads_no_heavy_library() -> None:
    """The module imports neither cv2 nor mediapipe, and platformdirs only when it is needed."""
    heavy = "{'cv2', 'mediapipe', 'platformdirs'}"
    code = f"import sys, posecheck.detect.models; sys.exit(bool({heavy} & {{*sys.modules}}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_model_is_read_again_by_the_processes_that_start_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only its place is handed to them; when the file is another one by then, there is no data in it."""
    data = bytes(range(256)) * 100
    path = tmp_path / "mine.task"
    path.write_bytes(data)
    model = Model("mine", hashlib.sha256(data).hexdigest(), len(data), path, data)
    assert pickle.loads(pickle.dumps(model)) == model
    monkeypatch.setattr(context, "get_spawning_popen", object)
    packed = pickle.dumps(model)
    assert len(packed) < 1000
    assert pickle.loads(packed) == model
    path.write_bytes(data + b"x")
    assert pickle.loads(packed).data == b""
    path.unlink()
    assert pickle.loads(packed).data == b""
