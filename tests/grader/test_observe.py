"""What a test sees of a call is the same in process and in a worker: tensors, probes, slopes."""

import numpy as np
import pytest

from grader import calls, diagnose, given, keeping, observe, probes, wire
from grader.compare import Mismatch, same
from grader.confined import Confined
from grader.errors import Stopped
from grader.here import Here
from grader.inprocess import load
from grader.learner import Budget, Learner, assignments
from grader.sandbox import Limits

WORK = """
import numpy as np
import tensorflow as tf

def replace(variable, row):
    variable[0].assign(row)
    return variable

def double(variable):
    variable.assign(2 * variable)

def copy(variable, row):
    changed = tf.Variable(variable)
    changed[0].assign(row)
    return changed

def square(x, y):
    return tf.reduce_sum(x * y * y)

def by_numpy(x, y):
    return np.sum(np.asarray(x) * np.asarray(y) ** 2)

def slope(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)

def race(slow, fast, timer, work):
    started = timer()
    slow(work)
    middle = timer()
    fast(work)
    return (middle - started) / (timer() - middle)

def compiled(f, numbers, copies=1):
    @tf.function
    def step(x, number):
        return number * sum(f(x) for _ in range(copies))
    return [step(tf.constant(2.0), number) for number in numbers]

def put(x, device):
    with tf.device(device):
        return tf.identity(x)

class Counter:
    def __init__(self, start):
        self.count = start

    def up(self, by=1):
        self.count += by
        return self.count

    def add(self, other):
        self.up(other.count)

    def steps(self, n):
        return (self.up() for _ in range(n))

    def __call__(self, x):
        return np.full(3, x + self.count)

def down(model, x, rate):
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(tf.math.log(model(x)[:, 0]))
    slopes = tape.gradient(loss, model.trainable_variables)
    for variable, slope in zip(model.trainable_variables, slopes):
        variable.assign_sub(rate * slope)
    return loss

@tf.function
def looped(x):
    for _ in tf.range(3):
        if tf.reduce_sum(x) < 10:
            x = x + 1
    return x

def are_one(model, others, last=None):
    return [model is other for other in (*others, last)]

def spun(rng):
    return rng.normal()

def stairs(n):
    yield from range(n)

def roll(rng):
    return 7 - rng.integers(1, 7, size=8)

def drawn():
    import random
    return [random.random(), np.random.rand(), tf.random.uniform([]).numpy().item()]
"""

MISTAKES = '''
class _Base:
    def __init__(self, start):
        self.count = start

    def up(self, by=1):
        self.count += by
        return self.count

    def add(self, other):
        self.up(other.count)

    def steps(self, n):
        return (self.up() for _ in range(n))


class Counter_forgets_its_start(_Base):
    """You start at 0, whatever was asked for."""

    def __init__(self, start):
        self.count = 0


class Counter_adds_twice(_Base):
    """You add the other counter twice."""

    def add(self, other):
        self.up(2 * other.count)


class Counter_steps_one_short(_Base):
    """Your steps end one too early."""

    def steps(self, n):
        return (self.up() for _ in range(n - 1))
'''


@pytest.fixture
def learner(learner_of):
    return learner_of(WORK)


@pytest.fixture(params=["in process", "in a worker"])
def learner_of(request, tmp_path, shared_zygotes, tf):
    """Make proxies of a module with some source, in this process or in workers."""
    workers = shared_zygotes(("numpy", "tensorflow"), (), ())
    made = []

    def here(text):
        path = tmp_path / f"work{len(made)}.py"
        path.write_text(text, "utf-8")
        made.append(path)
        return Here(lambda: vars(load(path, "work.py")), str(path), "work.py")

    def there(text):
        module = wire.Module("work", (wire.Cell("work.py", text),))
        made.append(Confined(workers, wire.Load((module,), two_cpus=True), Limits(), 20))
        return made[-1]

    side = here if request.param == "in process" else there
    yield lambda text: Learner(side(text), "work", {"Counter": ()}, Budget(20), "work")
    for each in made:
        if isinstance(each, Confined):
            each.close()


def test_a_variable_is_seen_to_change(learner, tf):
    variable = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with calls.recording() as record:
        answer = learner.replace(variable, [7.0, 8.0])
    assert answer is variable
    same(variable, [[7, 8], [3, 4]], kind="variable")
    assert (record[0].assigned, record[0].returned, record[0].changed) == ((0,), 0, ())
    same(record[0].arguments[0], [[1, 2], [3, 4]])


def test_a_variable_of_one_number_is_seen_to_change(learner, tf):
    variable = tf.Variable(3.0)
    with calls.recording() as record:
        learner.double(variable)
    same(variable, 6, kind="variable")
    assert (record[0].assigned, record[0].left) == ((0,), (6,))


def test_another_variable_is_another_one(learner, tf):
    variable = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    answer = learner.copy(variable, [7.0, 8.0])
    assert answer is not variable
    same(variable, [[1, 2], [3, 4]])
    same(answer, [[7, 8], [3, 4]], kind="variable")


def test_a_mistake_that_copies_is_told_from_the_answer_that_does_not(learner, tf):
    def replace_copy(variable, row):
        """You work on a copy."""
        return tf.Variable([[7.0, 8.0], [3.0, 4.0]])

    mistakes = [diagnose.Mistake("replace", "replace_copy", "You work on a copy.", replace_copy)]
    with calls.recording() as record:
        learner.replace(tf.Variable([[1.0, 2.0], [3.0, 4.0]]), [7.0, 8.0])
    assert diagnose.explain(mistakes, "replace", record) == ""


def test_what_a_variable_held_when_it_was_given_back_is_remembered(learner, tf):
    def replace_halved(variable, row):
        """You halve the row."""
        variable[0].assign([value / 2 for value in row])
        return variable

    mistakes = [diagnose.Mistake("replace", "replace_halved", "You halve it.", replace_halved)]
    variable = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with calls.recording() as record:
        learner.replace(variable, [3.5, 4.0])
        learner.replace(variable, [9.0, 9.0])
    same(record[0].held, [[3.5, 4], [3, 4]])
    assert diagnose.explain(mistakes, "replace", record) == ""


def test_the_derivative_by_an_argument(learner, tf):
    x, y = tf.constant([1.0, 2.0]), tf.constant([3.0, 5.0])
    value, slope = learner.square.under_tape(x, y, by=1)
    same(value, 9 + 50, kind="tensor")
    same(slope, [6, 20], kind="tensor")


def test_numpy_cannot_be_differentiated(learner, tf):
    with calls.recording():
        _, slope = learner.by_numpy.under_tape(tf.constant([1.0]), tf.constant([3.0]), by=1)
        with pytest.raises(Mismatch, match="cannot be differentiated by"):
            same(slope, [6])


def test_probes_are_passed_by_name(learner):
    same(learner.slope(probes.cubic, 2.0, 1e-4), 12)
    same(learner.slope(given.tanh, 0.0, 1e-4), 1)


def test_a_limited_probe_answers_so_many_calls(learner):
    limited = probes.Limited("cubic", 2)
    with calls.recording() as record:
        same(learner.slope(limited, 2.0, 1e-4), 12)
    (again,) = keeping.revived(record[0].arguments[:1])
    same(again(3.0), 27)  # one that has not been asked yet
    with pytest.raises(RuntimeError, match="called more than 1 times"):
        learner.slope(probes.Limited("cubic", 1), 2.0, 1e-4)


def test_a_traced_probe_tells_how_often_it_is_compiled(learner, tf):
    rates = [tf.constant(rate) for rate in (1.0, 2.0, 3.0)]
    same(learner.compiled(probes.Traced("cubic", 1), rates), (8, 16, 24))
    with pytest.raises(RuntimeError, match="traced more than 2 times"):
        learner.compiled(probes.Traced("cubic", 2), [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="holds the function more than 2 times"):
        learner.compiled(probes.Traced("cubic", 2), rates, 3)
    with pytest.raises(TypeError, match=r"outside of a tf\.function"):
        learner.slope(probes.Traced("cubic", 2), tf.constant(2.0), 1e-4)


def test_a_probe_goes_by_how_it_was_made(learner, tf):
    with calls.recording() as record:
        learner.down(probes.Network(2, 3), tf.ones([1, 2]), 0.5)
    assert str(record[0]) == "down(Network(2, 3), (1, 2), 0.5)"


def test_a_pair_of_arrays_goes_by_their_shapes(learner, tf):
    with calls.recording() as record:
        learner.are_one(1, (np.ones((2, 3)), np.ones(2)))
        learner.are_one(1, (tf.ones((2, 3)), tf.ones(2)))
        learner.are_one(1, (np.ones(9), "and what is not an array"))
        learner.are_one(1, (np.float32(0.1), np.float32(2 / 3)))
    assert [str(call) for call in record[:2]] == ["are_one(1, ((2, 3), (2,)))"] * 2
    assert [str(call) for call in record[2:]] == ["are_one(1, tuple of 2)"] * 2


def test_the_methods_of_a_probe_share_it(learner):
    machine = probes.Machine(slow=(9.0, 6.0), fast=(2.0,))
    with calls.recording() as record:
        same(learner.race(machine.slow, machine.fast, machine.clock, 10), 4.5)
    slow, fast, clock, work = keeping.revived(record[0].arguments)
    slow(work), fast(work)
    assert clock() == 110


def test_a_method_by_name_shares_the_probe_too_when_it_is_asked_again(learner):
    machine = probes.Machine(slow=(9.0, 6.0), fast=(2.0,))
    with calls.recording() as record:
        same(learner.race(machine.slow, machine.fast, timer=machine.clock, work=10), 4.5)
    same(record[0].again(learner, lambda value: value), 4.5)


def test_probes_that_are_alike_are_not_one(learner):
    one, other = probes.Network(2, 3), probes.Network(2, 3)
    assert learner.are_one(one, [one, other], last=one) == [True, False, True]
    assert learner.are_one(one, (), last=other) == [False]


def test_what_was_a_method_once_is_not_asked_for_again(learner):
    counter = learner.Counter(5)
    with calls.recording() as record:
        assert [counter.up(), counter.up(by=2)] == [6, 8]
    assert [call.attribute for call in record] == [True, False, False]


def test_where_a_tensor_lies_is_known(learner, tf):
    for device in ("/CPU:1", "/CPU:0"):
        answer = learner.put(tf.constant([1.0]), device)
        same(answer, [1], device=device)
    with calls.recording():
        answer = learner.put(tf.constant([1.0]), "/CPU:0")
        with pytest.raises(Mismatch, match="placed on CPU:0, not on the device it was given"):
            same(answer, [1], device="/CPU:1")


def test_objects_stay_where_they_are_and_are_asked(learner):
    counter, other = learner.Counter(5), learner.Counter(start=2)
    assert counter.up() == 6
    assert counter.up(by=3) == 9
    counter.add(other)
    assert counter.count == 11
    assert list(counter.steps(2)) == [12, 13]
    same(counter(2.0), [15, 15, 15])


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("self.count = start", "You start at 0, whatever was asked for."),
        ("self.up(other.count)", "You add the other counter twice."),
        ("for _ in range(n)", "Your steps end one too early."),
    ],
)
def test_a_mistake_in_an_object_is_named(learner_of, tmp_path, broken, told):
    wrong = {
        "self.count = start": "self.count = 0",
        "self.up(other.count)": "self.up(other.count + other.count)",
        "for _ in range(n)": "for _ in range(1, n)",
    }
    path = tmp_path / "mistakes.py"
    path.write_text(MISTAKES, "utf-8")
    mistakes = diagnose.read(path, ["Counter"])
    work = learner_of(WORK.replace(broken, wrong[broken]))
    with calls.recording() as record:
        counter, other = work.Counter(5), work.Counter(3)
        counter.add(other)
        _ = counter.count
        _ = list(counter.steps(2))
    assert diagnose.explain(mistakes, "Counter", record) == told


def test_a_model_that_a_test_passes_is_seen_to_learn(learner):
    model = probes.Network(2, 3, 2)
    before = [variable.numpy() for variable in model.variables]
    x = np.array([[1.0, -1.0], [0.5, 2.0]])
    with calls.recording() as record:
        losses = [float(learner.down(model, x, 0.5)) for _ in range(3)]
    assert losses[0] > losses[1] > losses[2]
    assert all((new.numpy() != old).any() for new, old in zip(model.variables, before, strict=True))
    (again,) = keeping.revived(record[0].arguments[:1])
    same(again.variables[0], before[0])
    assert record[0].assigned == (0,)


def test_a_loop_in_a_compiled_function_is_compiled(learner, tf):
    """AutoGraph reads the source again, which in a worker is in no file."""
    same(learner.looped(tf.constant([1, 2])), [4, 5], kind="tensor")


def test_a_loop_in_any_cell_of_a_notebook_is_compiled(shared_zygotes, tf):
    first, second = WORK.partition("def drawn")[0], "def twice(x):\n    return looped(looped(x))\n"
    more = second + WORK.partition("@tf.function")[2].partition("def drawn")[0].replace(
        "def looped", "@tf.function\ndef again"
    )
    cells = (wire.Cell("work.ipynb[1]", first), wire.Cell("work.ipynb[2]", more))
    asked = wire.Load((wire.Module("work", cells, rest_goes_on=True),))
    inside = Confined(shared_zygotes(("numpy", "tensorflow"), (), ()), asked, Limits(), 20)
    learner = Learner(inside, "work", {}, Budget(20), "work")
    same(learner.twice(tf.constant([1, 2])), [5, 6], kind="tensor")
    same(learner.again(tf.constant([1, 2])), [4, 5], kind="tensor")
    inside.close()


def test_sums_are_rounded_as_they_are_here_where_mistakes_are_tried(learner_of, tf):
    """Where they cancel, as 1 - p does, the last bit of p decides what is left of them."""
    text = "import tensorflow as tf\n\ndef layer(x, w):\n    return tf.nn.softmax(x @ w)\n"
    rng = np.random.default_rng(1)
    for inputs, units in [(3, 4), (64, 10), (300, 50)]:
        x = tf.constant(rng.normal(size=(40, inputs)), tf.float32)
        w = tf.constant(rng.normal(size=(inputs, units)), tf.float32)
        np.testing.assert_array_equal(learner_of(text).layer(x, w), tf.nn.softmax(x @ w))


CHANGES = [
    lambda x: x["list"].append(1),
    lambda x: x["list"].pop(),
    lambda x: x["list"].append(x),
    lambda x: x["list"].__setitem__(0, 5),
    lambda x: x["list"][0].fill(7),
    lambda x: x["list"][0].sort(),
    lambda x: x.pop("list"),
    lambda x: x.update(list=3),
    lambda x: x.update(network=None),
    lambda x: x["network"].variables[1].assign([0.0, 1.0]),
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_done_to_an_argument_is_seen(change, tf):
    argument = {"list": [np.array([2.0, -1.0]), (1, 2)], "network": probes.Network(1, 2)}
    assert observe.observe(lambda x: None, [argument], {}).changed == ()
    seen = observe.observe(change, [argument], {})
    assert (seen.error, seen.changed) == (None, (0,))


def test_what_is_random_is_the_same_in_every_run(learner_of):
    one, other = (learner_of(WORK).drawn() for _ in range(2))
    assert one == other
    once = learner_of(WORK)
    assert once.drawn() != once.drawn()


def test_a_mistake_that_draws_from_anywhere_is_replayed_with_the_same_luck(learner_of, tmp_path):
    path = tmp_path / "mistakes.py"
    text = "import random\nimport numpy as np\nimport tensorflow as tf\n"
    body = WORK.partition("def drawn():")[2].replace("    import random", '    """Anywhere."""')
    path.write_text(f"{text}def drawn_anywhere():{body}", "utf-8")
    with calls.recording() as record:
        for seed in (1, 2):
            learner = learner_of(WORK)
            learner._seed = seed
            learner.drawn()
            learner.drawn()
    assert diagnose.explain(diagnose.read(path, ["drawn"]), "drawn", record) == "Anywhere."


def test_a_generator_is_remembered_as_it_was(learner):
    rng = np.random.default_rng(1)
    with calls.recording() as record:
        learner.spun(rng)
    rng.normal()
    again = record[0].again(learner, lambda value: value)
    same(again, record[0].value)


def test_no_other_function_can_be_passed(learner):
    with pytest.raises(TypeError, match="cannot be passed"):
        learner.slope(np.sin, 0.0, 1e-4)


@pytest.mark.parametrize(
    "told",
    [
        [(0, [np.zeros(3, np.float32)])],
        [(0, [np.zeros(2)])],
        [(1, [np.zeros(2, np.float32)])],
        [(-2, [np.zeros(2, np.float32)])],
        [(5, [np.zeros(2, np.float32)])],
        [(0, [])],
        [(0, [np.zeros(2, np.float32)] * 2)],
        [("x", 1)],
        [0],
        7,
        None,
    ],
)
def test_a_variable_is_given_nothing_that_it_cannot_hold(tf, told):
    with pytest.raises(wire.WireError):
        assignments((tf.Variable([1.0, 2.0]), 3.0), told)


def test_a_worker_that_says_so_is_stopped(confined_liar, tf):
    with pytest.raises(Stopped, match="a Variable with other content"):
        confined_liar.f(tf.Variable([1.0, 2.0]))


@pytest.fixture
def confined_liar(shared_zygotes):
    """A worker whose answers claim what no Variable can hold."""
    text = """
import numpy as np
from grader import wire

def f(variable):
    real = wire.Answer
    def lie(number, value, *rest):
        return real(number, value, (), (), wire.pack([(0, [np.zeros((2, 2))])]))
    wire.Answer = lie
    return variable
"""
    asked = wire.Load((wire.Module("work", (wire.Cell("work.py", text),)),))
    confined = Confined(shared_zygotes(("numpy", "tensorflow"), (), ()), asked, Limits(), 20)
    yield Learner(confined, "work", {}, Budget(20), "f")
    confined.close()


def test_what_a_generator_yields_is_an_answer_of_the_function_that_made_it(learner):
    def stairs_from_below(n):
        """You begin below the first stair."""
        return iter(range(n))

    def stairs_all_alike(n):
        """Your stairs are all of a height."""
        return iter([1] * n)

    wrong = {"stairs_from_below": stairs_from_below, "stairs_all_alike": stairs_all_alike}
    mistakes = [
        diagnose.Mistake("stairs", name, function.__doc__, function)
        for name, function in wrong.items()
    ]
    with calls.recording() as record:
        first, *_ = learner.stairs(3)
        with pytest.raises(Mismatch, match=r"^stairs\(…\) gave the wrong value"):
            same(first, 1)
    assert diagnose.explain(mistakes, "stairs", record) == "You begin below the first stair."


def test_random_numbers_are_drawn_again_from_where_they_were(learner):
    def roll_upside_down(rng):
        """You turn the dice over."""
        return 7 - rng.integers(1, 7, size=8)

    mistakes = [diagnose.Mistake("roll", "roll_upside_down", "You turn it.", roll_upside_down)]
    rng = np.random.default_rng(5)
    with calls.recording() as record:
        learner.roll(rng)
        rng.random(100)
    assert diagnose.explain(mistakes, "roll", record) == "You turn it."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('in user code:\n\n    File "a.py", line 3\n        f(x)\n\n    ValueError: no\n', "no"),
        ("sizes 8 and 4 for '{{node a/sub}} = Sub[T=DT_FLOAT](a, b)' with", "sizes 8 and 4"),
        ("Layer sequential_118 has no shape", "Layer sequential has no shape"),
        (
            "Invalid input shape for input [[1.]] with name 'x_8' and path ''. Expected 3, not 2",
            "the model does not take this input. Expected 3, not 2",
        ),
        ("Invalid input shape for input [[1. 1. 1.", "the model does not take this input."),
    ],
)
def test_what_a_library_says_of_its_insides_is_left_out(text, said):
    assert observe.text_of(ValueError(text)).strip() == said


def test_many_figures_are_no_fault_of_whoever_draws_one():
    plt = pytest.importorskip("matplotlib.pyplot")
    try:
        seen = [observe.observe(plt.figure, (), {}) for _ in range(25)]
        assert not any(each.warned for each in seen)
    finally:
        plt.close("all")
    with pytest.warns(RuntimeWarning, match=observe.MANY_FIGURES):
        assert all(plt.figure() for _ in range(25))
    plt.close("all")
