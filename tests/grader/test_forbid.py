"""A chapter's forbidden packages: put up with around a function, and not to be had in it."""

import sys
import textwrap

import numpy as np
import pytest
import tensorflow

from grader import forbid, wire
from grader.confined import Confined
from grader.here import Here
from grader.inprocess import load
from grader.learner import Budget, Learner
from grader.sandbox import Limits

BANNED = {"tensorflow": "NumPy will do", "keras": "NumPy will do"}

NOTEBOOK = textwrap.dedent(
    """
    import numpy as np
    import tensorflow as tf
    from tensorflow.keras import layers

    x = tf.constant([1.0, 2.0]) + 1
    model = tf.keras.Sequential([layers.Dense(3), layers.Dense(1)])
    for step in tf.range(3):
        x = x - 0.1 * step
    with tf.GradientTape() as tape:
        loss = -(x @ x) ** 2 / 2
    EPS = 1e-7

    class Net(tf.Module):
        pass

    @tf.function
    def half(z):
        return z / 2

    def own(z):
        return half(np.asarray(z) + EPS)

    def borrowed(z):
        return tf.math.sigmoid(z).numpy()

    def late(z):
        import tensorflow.math
        return tensorflow.math.sigmoid(z)

    def asked(z):
        return layers.Dense(3)
    """
)


@pytest.fixture(params=["in this process", "in a worker"])
def learner(request, tmp_path, shared_zygotes):
    """The notebook's functions, where TensorFlow is forbidden."""
    if request.param == "in this process":
        path = tmp_path / "notebook.py"
        path.write_text(NOTEBOOK)
        side = Here(lambda: vars(load(path, "notebook.py", BANNED)))
        yield Learner(side, "notebook", {}, Budget(10), "own")
        return
    module = wire.Module("notebook", (wire.Cell("notebook.py", NOTEBOOK),))
    asked = wire.Load((module,), forbidden=BANNED)
    inside = Confined(shared_zygotes(("numpy",), (), ()), asked, Limits(), 10)
    yield Learner(inside, "notebook", {}, Budget(10), "own")
    assert inside.notes["notebook"] == ()
    inside.close()


def test_what_stands_around_a_function_costs_it_nothing(learner):
    assert learner.own(3.0) == pytest.approx(1.5)


def test_a_function_that_uses_a_forbidden_package_is_told_so(learner):
    with pytest.raises(ImportError, match="this chapter is written without tensorflow"):
        learner.borrowed(1.0)
    with pytest.raises(ImportError, match="this chapter is written without tensorflow"):
        learner.asked(1.0)


def test_everybody_else_keeps_the_package(learner):
    learner.own(np.zeros(2))
    assert sys.modules["tensorflow"] is tensorflow
    assert not any(isinstance(finder, forbid.Forbidden) for finder in sys.meta_path)


def test_a_worker_has_no_such_package_even_in_its_files(shared_zygotes, course):
    """What the finder keeps back, code could find by itself; there is nothing to be found."""
    text = """
import sys
sys.meta_path[:] = [f for f in sys.meta_path if type(f).__name__ != "Forbidden"]
for name in [name for name in sys.modules if name.startswith("tensorflow")]:
    del sys.modules[name]
def stolen(z):
    import tensorflow.math
    return tensorflow.math.sigmoid(z)
def honest(name):
    import importlib
    sys.path_importer_cache.clear()
    return importlib.import_module(name).__name__
"""
    from grader.sources import Sources

    sources = Sources([])
    module = wire.Module("m", (wire.Cell("m.py", text),))
    asked = wire.Load((module,), forbidden={"tensorflow": "NumPy will do"})
    try:
        inside = Confined(sources.workers(("tensorflow",)), asked, Limits(), 20)
        worker = Learner(inside, "m", {}, Budget(20), "stolen")
        with pytest.raises((ImportError, PermissionError), match="tensorflow"):
            worker.stolen(1.0)
        assert worker.honest("rich.table") == "rich.table"
        inside.close()
    finally:
        sources.close()
