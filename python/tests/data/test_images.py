"""Pictures and figures as artifacts: what is accepted, how files are named, and stock reading and writing the same."""

import io
import json
import os
import re
import threading
import warnings

import numpy
import PIL.Image
import pytest

import trainyard as mlflow
from trainyard.tracking import multimedia, uploads

SERIES = re.compile(
    r"images/(?P<key>[^+]+)\+step\+(?P<step>\d+)\+timestamp\+(?P<timestamp>\d+)\+[0-9a-f-]{36}(\.png|\+compressed\.webp)"
)


def paths(run_id, folder=None):
    return sorted(file.path for file in mlflow.MlflowClient().list_artifacts(run_id, folder))


def load(run, path):
    return mlflow.artifacts.load_image(f"runs:/{run.info.run_id}/{path}")


def gradient():
    return (numpy.arange(600 * 300 * 3).reshape(300, 600, 3) % 256).astype(numpy.uint8)


def test_a_picture_of_a_series_has_a_thumbnail_and_says_key_step_and_time_in_its_name(store):
    with mlflow.start_run() as run:
        mlflow.log_image(gradient(), key="val/digits", step=3, timestamp=1700000000000, synchronous=True)
        mlflow.log_image(PIL.Image.new("L", (10, 20)), key="second")
    found = [SERIES.fullmatch(path) for path in paths(run.info.run_id, "images")]
    assert all(found) and len(found) == 4
    named = [(match["key"], match["step"]) for match in found]
    assert named == [("second", "0")] * 2 + [("val~digits", "3")] * 2
    assert found[2]["timestamp"] == "1700000000000"
    thumbnail, picture = (load(run, match[0]) for match in found[2:])
    assert thumbnail.format == "WEBP" and thumbnail.size == (256, 128)
    assert picture.format == "PNG" and numpy.array_equal(numpy.array(picture), gradient())
    assert mlflow.get_run(run.info.run_id).data.tags["mlflow.loggedImages"] == "True"


def test_a_picture_can_be_one_file(store):
    with mlflow.start_run() as run:
        mlflow.log_image(gradient(), "seen/first.png")
        mlflow.log_image(mlflow.Image(gradient()), "second.bmp")
        mlflow.log_image(PIL.Image.new("RGB", (4, 4), "red"), artifact_file="third.jpg")
    assert numpy.array_equal(numpy.array(load(run, "seen/first.png")), gradient())
    assert [load(run, name).format for name in ("second.bmp", "third.jpg")] == ["BMP", "JPEG"]
    assert "mlflow.loggedImages" not in mlflow.get_run(run.info.run_id).data.tags


def test_pictures_of_a_series_are_uploaded_in_the_background_and_before_the_run_ends(yard, monkeypatch):
    hold, logged = threading.Event(), threading.Event()
    write = mlflow.MlflowClient._write_image

    def slow(client, run_id, files):
        hold.wait(30)
        write(client, run_id, files)
        logged.set()

    monkeypatch.setattr(mlflow.MlflowClient, "_write_image", slow)
    with mlflow.start_run() as run:
        image = numpy.zeros((5, 5), numpy.uint8)
        mlflow.log_image(image, key="k")
        image[:] = 255  # what is uploaded is the picture as it was
        assert not logged.is_set()
        hold.set()
    assert logged.is_set()
    png = paths(run.info.run_id, "images")[1]
    assert numpy.array(load(run, png)).max() == 0


def test_a_picture_that_cannot_be_uploaded_is_reported(yard, monkeypatch):
    def fail(client, run_id, files):
        raise OSError("no space")

    with mlflow.start_run() as run:
        monkeypatch.setattr(mlflow.MlflowClient, "_write_image", fail)
        mlflow.log_image(numpy.zeros((5, 5)), key="k")
        with pytest.warns(
            RuntimeWarning, match=f"picture 'k' of run {run.info.run_id} could not be uploaded: no space"
        ):
            mlflow.flush_async_logging()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            mlflow.flush_async_logging()


def _away():
    return mlflow.MlflowException("no answer", "TEMPORARILY_UNAVAILABLE")


def test_pictures_wait_for_a_server_that_is_away(yard, monkeypatch):
    write, attempts = mlflow.MlflowClient._write_image, []

    def sometimes(client, run_id, files):
        attempts.append(run_id)
        if len(attempts) < 3:
            raise _away()
        write(client, run_id, files)

    monkeypatch.setattr(uploads, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(mlflow.MlflowClient, "_write_image", sometimes)
    with mlflow.start_run() as run:
        mlflow.log_image(numpy.zeros((5, 5)), key="first")
        mlflow.log_image(numpy.zeros((5, 5)), key="second")
    assert len(paths(run.info.run_id, "images")) == 4 and len(attempts) == 4


def test_the_end_of_a_run_does_not_wait_for_ever_for_a_server(yard, monkeypatch):
    def never(client, run_id, files):
        raise _away()

    monkeypatch.setattr(uploads, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(uploads, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(mlflow.MlflowClient, "_write_image", never)
    with pytest.warns(RuntimeWarning, match="could not be uploaded: no answer") as warned:
        with mlflow.start_run():
            mlflow.log_image(numpy.zeros((5, 5)), key="first")
            mlflow.log_image(numpy.zeros((5, 5)), key="second")
    assert ["first" in str(warned[0].message), "second" in str(warned[1].message)] == [True, True]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_child_uploads_pictures_of_its_own(yard):
    with mlflow.start_run() as run:
        mlflow.log_image(numpy.zeros((5, 5)), key="parent")
        mlflow.flush_async_logging()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                client = mlflow.MlflowClient()
                client.log_image(run.info.run_id, numpy.zeros((5, 5)), key="child", synchronous=False)
                uploads.wait()
                code = 0
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(paths(run.info.run_id, "images")) == 4


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (numpy.array([[0.0, 0.5, 1.0]]), [[0, 127, 255]]),
        (numpy.array([[0.0, 1.0]], numpy.float32), [[0, 255]]),
        (numpy.array([[True, False]]), [[255, 0]]),
        (numpy.array([[[7], [9]]], numpy.int64), [[7, 9]]),
        (numpy.array([[[1, 2, 3, 4]]], numpy.uint8), [[[1, 2, 3, 4]]]),
    ],
)
def test_arrays_become_pixels(array, expected):
    assert multimedia.convert_to_pil_image(array).size == array.shape[1::-1]
    assert numpy.array(multimedia.convert_to_pil_image(array)).tolist() == expected


def test_floats_beyond_the_range_are_rescaled_with_a_warning():
    with pytest.warns(UserWarning, match=r"out of acceptable range \[0\.0, 1\.0\]"):
        image = multimedia.convert_to_pil_image(numpy.array([[-1.0, 0.0, 3.0]]))
    assert numpy.array(image).tolist() == [[0, 63, 255]]
    with pytest.warns(UserWarning):
        assert numpy.array(multimedia.convert_to_pil_image(numpy.full((2, 2), 5.0))).max() == 0


REFUSED = [
    ({"image": numpy.array([[300]]), "key": "k"}, ValueError, "Integer pixel values out of acceptable range"),
    ({"image": numpy.array([[-1]]), "key": "k"}, ValueError, "minimum value -1"),
    ({"image": numpy.zeros((2, 2, 2)), "key": "k"}, ValueError, "Invalid channel length: 2"),
    ({"image": numpy.zeros(4), "key": "k"}, ValueError, "must be a 2D or 3D array"),
    ({"image": numpy.array([["a"]]), "key": "k"}, TypeError, "Invalid array data type"),
    ({"image": "picture.png", "key": "k"}, TypeError, "Unsupported image object type"),
    ({"image": numpy.zeros((2, 2)), "key": "a+b"}, ValueError, "invalid characters"),
    ({"image": numpy.zeros((2, 2))}, TypeError, "exactly one of `artifact_file` or `key`"),
    ({"image": numpy.zeros((2, 2)), "artifact_file": "a.png", "step": 1}, TypeError, "cannot be used in conjunction"),
    ({"image": numpy.zeros((2, 2)), "artifact_file": "a.xyz"}, ValueError, "unknown file extension"),
]


@pytest.mark.parametrize(("arguments", "error", "expected"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_picture_is_refused_and_nothing_is_stored(yard, arguments, error, expected):
    with mlflow.start_run() as run:
        with pytest.raises(error, match=expected):
            mlflow.log_image(**arguments)
    assert paths(run.info.run_id) == []


@pytest.mark.stock
def test_errors_and_pixels_are_those_of_stock(stock):
    theirs = stock(
        "import json, mlflow, numpy, warnings\n"
        "from mlflow.tracking.multimedia import convert_to_pil_image, compress_image_size\n"
        "warnings.simplefilter('ignore')\n"
        "arrays = [[[300]], [[-1]], [[0.2, 0.7]], [[-1.0, 2.0]], [[True, False]], [1, 2], [['a']], [[[1, 2]]]]\n"
        "found = []\n"
        "for array in arrays:\n"
        "    try: found.append(numpy.array(convert_to_pil_image(numpy.array(array))).tolist())\n"
        "    except Exception as error: found.append([type(error).__name__, str(error)])\n"
        "sizes = [(600, 300), (300, 600), (10, 10), (1000, 999), (257, 256)]\n"
        "import PIL.Image\n"
        "found.append([compress_image_size(PIL.Image.new('L', size)).size for size in sizes])\n"
        "image = mlflow.Image([[[1, 2, 3], [4, 5, 6]]])\n"
        "found.append([image.size, image.to_list(), image.to_array().tolist(), image.resize((1, 1)).size])\n"
        "found.append(mlflow.Image([[1, 2], [3, 4]]).to_list())\n"
        "print(json.dumps(found))"
    )
    ours = []
    for array in ([[300]], [[-1]], [[0.2, 0.7]], [[-1.0, 2.0]], [[True, False]], [1, 2], [["a"]], [[[1, 2]]]):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ours.append(numpy.array(multimedia.convert_to_pil_image(numpy.array(array))).tolist())
        except Exception as error:
            ours.append([type(error).__name__, str(error)])
    sizes = [(600, 300), (300, 600), (10, 10), (1000, 999), (257, 256)]
    ours.append([multimedia.compress_image_size(PIL.Image.new("L", size)).size for size in sizes])
    image = mlflow.Image([[[1, 2, 3], [4, 5, 6]]])
    ours.append([image.size, image.to_list(), image.to_array().tolist(), image.resize((1, 1)).size])
    ours.append(mlflow.Image([[1, 2], [3, 4]]).to_list())
    assert json.loads(json.dumps(ours)) == theirs


def test_an_image_is_made_of_files_too(tmp_path):
    image = mlflow.Image(gradient())
    image.save(str(tmp_path / "a.png"))
    assert numpy.array_equal(mlflow.Image(str(tmp_path / "a.png")).to_array(), gradient())
    assert mlflow.Image(tmp_path / "a.png").to_pil().format == "PNG"
    with pytest.raises(TypeError, match="Unsupported image object type"):
        mlflow.Image(3)


def test_an_artifact_that_is_no_picture_is_said_to_be_none(yard):
    with mlflow.start_run() as run:
        mlflow.log_text("words", "a.png")
    with pytest.raises(mlflow.MlflowException, match="Unable to form a PIL Image") as caught:
        load(run, "a.png")
    assert caught.value.error_code == "BAD_REQUEST"


def test_pictures_of_stock_are_read_here_and_ours_by_stock(stock_server, stock):
    mlflow.set_tracking_uri(stock_server)
    with mlflow.start_run() as run:
        mlflow.log_image(gradient(), key="a b/c", step=2)
    their_run, pixels = stock(
        "import json, sys, mlflow, numpy\n"
        "mlflow.set_tracking_uri(sys.argv[1])\n"
        "path = [f.path for f in mlflow.MlflowClient().list_artifacts(sys.argv[2], 'images')][1]\n"
        "ours = mlflow.artifacts.load_image(f'runs:/{sys.argv[2]}/{path}')\n"
        "with mlflow.start_run() as run:\n"
        "    mlflow.log_image(numpy.array(ours), key='a b/c', step=2, synchronous=True)\n"
        "print(json.dumps([run.info.run_id, int(numpy.array(ours).astype(int).sum())]))",
        stock_server,
        run.info.run_id,
    )
    assert pixels == int(gradient().astype(int).sum())
    names = [
        [SERIES.fullmatch(path).group("key", "step") for path in paths(run_id, "images")]
        for run_id in (run.info.run_id, their_run)
    ]
    assert names[0] == names[1] == [("a b~c", "2")] * 2
    theirs = mlflow.get_run(their_run)
    assert numpy.array_equal(numpy.array(load(theirs, paths(their_run, "images")[1])), gradient())
    assert theirs.data.tags["mlflow.loggedImages"] == mlflow.get_run(run.info.run_id).data.tags["mlflow.loggedImages"]


def test_matplotlib_figures_are_written_in_the_format_of_the_name(store):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2, 1), dpi=100)
    figure.subplots().plot([1, 2])
    with mlflow.start_run() as run:
        mlflow.log_figure(figure, "plots/a.png", save_kwargs={"dpi": 50})
        mlflow.log_figure(figure, "a.svg")
        mlflow.log_figure(figure, "a.data", save_kwargs={"format": "pdf"})
    assert load(run, "plots/a.png").size == (100, 50)
    assert "<svg" in mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/a.svg")
    with open(mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/a.data"), "rb") as file:
        assert file.read(4) == b"%PDF"


def test_plotly_figures_are_pages_that_load_the_library_from_the_web(yard):
    import plotly.graph_objects as go

    figure = go.Figure(go.Scatter(y=[1, 2]))
    with mlflow.start_run() as run:
        mlflow.log_figure(figure, "a.html")
        mlflow.log_figure(figure, "part.html", save_kwargs={"include_plotlyjs": False, "full_html": False})
        with pytest.raises(TypeError, match=r"Unsupported file extension for plotly figure: '\.xyz'"):
            mlflow.log_figure(figure, "a.xyz")
        with pytest.raises(TypeError, match="Unsupported figure object type"):
            mlflow.log_figure(io.BytesIO(), "a.png")
    page, part = (mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/{name}") for name in ("a.html", "part.html"))
    assert "<html>" in page and "cdn.plot.ly" in page and len(page) < 100_000
    assert "<html>" not in part and "cdn.plot.ly" not in part
    assert paths(run.info.run_id) == ["a.html", "part.html"]
