"""The data of the course: where it comes from, what form it has, what is said without it."""

import os

import keras
import numpy as np
import pytest

from grader import datasets
from grader.datasets import NoData

REAL = os.environ.get("KATA_DATA", "")
real = pytest.mark.skipif(not REAL, reason="not run: no data (KATA_DATA is not set)")


def test_pots_follow_the_rule_of_chapter_3(rng):
    x, y = datasets.kimchi(500, rng)
    assert x.shape == (500, 2)
    assert y.shape == (500,)
    assert (x.min(axis=0) >= [130, 30]).all()
    assert (x.max(axis=0) <= [220, 150]).all()
    assert 0.2 < y.mean() < 0.8
    hidden = (x - [170, 75]) / [20, 30] @ [[-4, 0, 3], [0, -4, 2]] + [-3, -1, -4]
    assert (y == (hidden <= 0).all(axis=1)).all()


def test_pots_come_again_with_the_same_seed():
    one, other = (datasets.kimchi(7, np.random.default_rng(5)) for _ in range(2))
    assert (one.x == other.x).all()
    assert (datasets.kimchi(7, np.random.default_rng(6)).x != one.x).all()


def test_the_worked_example_is_a_good_stew():
    class Chosen:
        def uniform(self, low, high, size):
            return np.array([[180.0, 90.0], [150.0, 90.0], [180.0, 60.0], [190.0, 105.0]])

    assert datasets.kimchi(4, Chosen()).y.tolist() == [1, 0, 0, 0]


def test_small_digits_need_no_network():
    x, y = datasets.digits()
    assert (x.shape, x.min(), x.max()) == ((1797, 8, 8), 0, 16)
    assert np.bincount(y).min() > 170
    zeros_and_ones = datasets.digits_01()
    assert zeros_and_ones.x.shape == (360, 8, 8)
    assert np.bincount(zeros_and_ones.y).tolist() == [178, 182]


@real
@pytest.mark.parametrize(
    ("load", "n", "of_each"), [(datasets.mnist, 10_000, 892), (datasets.fashion_mnist, 900, 90)]
)
def test_images_from_a_folder(load, n, of_each):
    x, y = load()
    assert (x.shape, x.dtype) == ((n, 28, 28), np.uint8)
    assert (x.min(), x.max()) == (0, 255)
    assert np.bincount(y, minlength=10).min() == of_each
    assert len(datasets.CLOTHES) == 10


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """A machine with neither a data folder nor a network: Keras really tries, and cannot."""
    monkeypatch.delenv("KATA_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(keras.src.utils.file_utils, "urlretrieve", refused)


def refused(url, *_):
    raise OSError(f"no way to {url}")


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_without_data_both_ways_to_it_are_named(offline, name):
    with pytest.raises(NoData, match=f"{name}: not on this machine") as caught:
        getattr(datasets, name)()
    assert "Set KATA_DATA to a folder" in str(caught.value)
    assert f"keras.datasets.{name}.load_data()" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive",
        {"x": np.zeros((3, 28, 28), np.uint8)},
        {"x": np.zeros((3, 784), np.uint8), "y": np.zeros(3)},
        {"x": np.zeros((3, 28, 28)), "y": np.zeros(3)},
        {"x": np.zeros((3, 28, 28), np.uint8), "y": np.zeros(2)},
        {"x": np.array([{}], object), "y": np.zeros(1)},
    ],
    ids=["empty", "no archive", "no y", "flat", "floats", "too few labels", "objects"],
)
def test_a_file_that_is_no_data_is_named(monkeypatch, tmp_path, content):
    monkeypatch.setenv("KATA_DATA", str(tmp_path))
    path = tmp_path / datasets.MNIST
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        np.savez(path, **content)
    with pytest.raises(NoData, match=datasets.MNIST):
        datasets.mnist()
