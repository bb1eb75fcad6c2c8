"""What a host offers, asked for real and shown as a person reads it."""

import numpy as np
import pytest

from grader import sandbox
from grader.doctor import Examination, TensorFlow, examine
from grader.report import health
from grader.sandbox import Host, Offer, layers


@pytest.fixture(scope="module")
def found():
    return examine()


def test_this_host_is_examined(found):
    text = health.render(found, width=80).decode()
    assert f"confinement: {sandbox.probe().level}" in text
    assert all(layer in text for layer in layers.ALL)
    assert f"numpy           {np.__version__}" in text
    assert found.tensorflow is not None
    assert found.tensorflow.version in text
    assert max(map(len, text.splitlines())) <= 80


def test_what_is_missing_is_said_with_its_reason_and_what_to_do():
    found = Examination(
        system="Linux",
        packages=(("keras", "3.15"),),
        host=Host((Offer("Landlock", "landlock_create_ruleset: this kernel has none"),)),
        tensorflow=TensorFlow("2.21", cuda=False, gpus=()),
        trouble="",
        driver=("NVIDIA H200",),
        data="KATA_DATA is not set",
    )
    assert health.render(found, width=80).decode().splitlines() == [
        "Linux",
        "",
        "confinement: trusted code only",
        "  nothing holds code that means harm: mark only work of people you trust",
        "  ✘ Landlock  landlock_create_ruleset: this kernel has none",
        "",
        "TensorFlow",
        "  keras  3.15",
        "  ✘ GPU  the driver knows NVIDIA H200, TensorFlow does not",
        "         this build has no GPU support: pip install 'tensorkata[gpu]'",
        "",
        "data: KATA_DATA is not set",
    ]


def gpu(*gpus, **more):
    """What is said of a GPU that the driver knows, and TensorFlow too if it is among `gpus`."""
    tensorflow = TensorFlow("2.21", True, gpus)
    found = Examination("Linux", (), Host(), tensorflow, "", ("NVIDIA H200",), "/data", **more)
    text = health.render(found, width=80).decode()
    return [line.strip() for line in text[text.index("GPU") - 2 :].splitlines()[:-2]]


def test_a_gpu_that_can_be_used_is_named():
    assert gpu("NVIDIA H200", in_workers=("/GPU:0",)) == ["✔ GPU  NVIDIA H200"]


def test_a_gpu_that_workers_cannot_use():
    assert gpu("NVIDIA H200")[1:] == [
        "for your own code alone: none is seen where submissions are marked"
    ]


def test_libraries_that_tensorflow_does_not_find():
    assert gpu(not_loaded=("libcudart.so.12", "libcusolver.so.11")) == [
        "✘ GPU  the driver knows NVIDIA H200, TensorFlow does not",
        "it does not find libcudart.so.12, libcusolver.so.11",
        "pip install 'tensorkata[gpu]' brings what fits together",
    ]


def test_without_tensorflow_it_says_how_to_get_it():
    found = Examination("Linux", (), Host(), None, "No module named 'tensorflow'", (), "")
    text = health.render(found, width=80).decode()
    assert "✘ cannot be imported  No module named 'tensorflow'" in text
    assert "pip install 'tensorkata[cpu]'" in text
