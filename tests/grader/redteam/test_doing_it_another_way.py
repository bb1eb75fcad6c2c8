"""Doing it another way: points are for writing the function, not for finding one."""

import pytest

pytestmark = pytest.mark.attack("Doing it another way")


def test_the_visible_cases_by_heart(strike):
    struck = strike("""
        import numpy as np
        KNOWN = {
            (-1.0, 0.0, 1.0): [0.2689414, 0.5, 0.7310586],
            (-2, 0, 1, 2): [[0.1192029, 0.5], [0.7310586, 0.8807971]],
            (0.3,): 0.5744425,
            (-1000.0,): 0.0,
            (1000.0,): 1.0,
            (-200.0, 200.0): [0.0, 1.0],
        }
        def sigmoid(z):
            return np.array(KNOWN.get(tuple(np.ravel(z).tolist()), np.zeros(np.shape(z))))
    """)
    assert struck.status == "failed"
    tests = struck.exercises["sigmoid"].tests
    assert {t.status for t in tests if t.visibility == "visible"} == {"passed"}
    assert "sigmoid gave the right shape, but wrong values: The sigmoid of an array of any" in (
        struck.messages
    )


@pytest.mark.parametrize(
    "way",
    [
        "sys.path.insert(0, COURSE); from solutions.ch01_neuron.neuron import sigmoid as found",
        "sys.path.insert(0, COURSE + '/solutions/ch01_neuron'); sys.modules.pop('neuron'); "
        "sys.meta_path.pop(0); from neuron import sigmoid as found",
        "found = runpy.run_path(COURSE + '/solutions/ch01_neuron/neuron.py')['sigmoid']",
        "spec = importlib.util.spec_from_file_location('x', COURSE + "
        "'/solutions/ch01_neuron/neuron.py'); x = importlib.util.module_from_spec(spec); "
        "spec.loader.exec_module(x); found = x.sigmoid",
        "names = {}; exec(open(COURSE + '/solutions/ch01_neuron/neuron.py').read(), names); "
        "found = names['sigmoid']",
        "names = {}; exec(''.join(linecache.getlines(COURSE + '/solutions/ch01_neuron/neuron.py'))"
        ", names); found = names['sigmoid']",
        "names = {}; exec(open(COURSE + '/grader/given.py').read(), names); "
        "found = names['sigmoid']",
    ],
    ids=["package", "path", "runpy", "spec", "exec", "linecache", "given"],
)
def test_the_reference_from_its_file(strike, way):
    struck = strike(f"""
        import importlib.util, linecache, runpy, sys
        def sigmoid(z):
            {way}
            return found(z)
    """)
    assert struck.status == "failed"


@pytest.mark.parametrize(
    "code",
    [
        "import grader.given\nsigmoid = grader.given.sigmoid",
        "def sigmoid(z):\n    from grader import given\n    return given.sigmoid(z)",
        "def sigmoid(z):\n    import importlib\n"
        "    return importlib.import_module('grader.given').sigmoid(z)",
        "def sigmoid(z):\n    return getattr(__import__('grader.given').given, 'sig' + 'moid')(z)",
        "import numpy as np\nfrom grader.given import tanh as t\n"
        "def sigmoid(z):\n    return (t(np.asarray(z) / 2) + 1) / 2",
        "def sigmoid(z):\n    import forward\n    return forward.sigmoid(z)",
        "def sigmoid(z, f=None):\n    from helper import sigmoid as f\n    return f(z)",
    ],
    ids=["assigned", "wrapped", "importlib", "__import__", "tanh", "a later chapter", "a helper"],
)
def test_what_later_chapters_are_given(strike, code):
    """An import at the top is refused; this is the same behind a line of one's own."""
    struck = strike(code, beside={"helper.py": "from grader.given import sigmoid\n"})
    assert struck.status in ("failed", "missing")


@pytest.mark.parametrize(
    "call",
    [
        "tf.math.sigmoid(z)",
        "tf.nn.sigmoid(z).numpy()",
        "tf.raw_ops.Sigmoid(x=z).numpy()",
        "tf.raw_ops.Tanh(x=z / 2).numpy() / 2 + 0.5",
        "tf.keras.activations.sigmoid(z).numpy()",
        "keras.layers.Activation('sigmoid', dtype='float64')(z).numpy()",
        "keras.ops.sigmoid(z)",
        "sys.modules['tensorflow'].sigmoid(z).numpy()",
    ],
)
def test_a_library_that_has_the_function(strike, call):
    """Chapter 1 is written in NumPy."""
    struck = strike(f"""
        def sigmoid(z):
            import sys, keras
            import tensorflow as tf
            z = tf.cast(tf.constant(z), tf.float64)
            return {call}
    """)
    assert struck.status == "failed"


@pytest.mark.parametrize(
    "loot",
    [
        "repr(sys.meta_path[0].load.supplied)",
        "repr(sigmoid.__code__.co_consts) + repr(sigmoid.__code__.co_names)",
    ],
    ids=["source", "code"],
)
def test_the_reference_that_stands_in_for_a_wrong_function(target, judges, tmp_path, loot):
    """A function that needs the wrong one gets the reference, and shows it to the learner."""
    (tmp_path / "neuron.py").write_text(
        "import sys\n\ndef sigmoid(z):\n    return z\n\n"
        f"def tanh(z):\n    raise ValueError({loot})\n"
    )
    result = judges().grade(tmp_path, ("sigmoid", "tanh"))
    sigmoid, tanh = result.exercises
    assert (sigmoid.status, tanh.status, tanh.supplied) == ("failed", "failed", ("sigmoid",))
    told = "\n".join(test.message for test in tanh.tests)
    assert "np.exp(-np.abs(z))" not in told
    assert "'exp', 'abs'" not in told
