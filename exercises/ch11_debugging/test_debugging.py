"""What the nine people saw. The calculation beside each number says what they should have seen.

`probes.Network(2, 2)` is a softmax network with `trainable_variables` W (2, 2) and b (2,);
`blank` sets them to 0, and then it gives both classes 0.5. `probes.Traced` is a function that says
how often it was traced.
"""

import numpy as np
import pytest

from grader import probes
from grader.compare import same
from grader.plugin import exercise

POTS = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0], [0.5, 0.5]])


def blank(*sizes):
    """A network whose variables are all 0."""
    network = probes.Network(*sizes)
    for variable in network.variables:
        variable.assign(0 * variable)
    return network


def judged(model, x, y):
    """The loss and the accuracy; `evaluate` says the same, and draws up a graph before."""
    model.reset_metrics()  # what it counted in its training
    told = model.test_step((x, y))
    accuracies = [value for name, value in told.items() if name != "loss"]
    assert len(accuracies) == 1, f"the model has {len(accuracies)} metrics, and one is due"
    return told["loss"], accuracies[0]


def four_heaps():
    """Points around four places, and the number of the place that each belongs to."""
    y = np.arange(200) % 4
    places = np.array([[4.0, 1.0], [-1.0, 4.0], [-4.0, -1.0], [1.0, -4.0]])
    return places[y] + np.random.default_rng(1).normal(size=(200, 2)), y


@exercise("fix_compile")
def test_it_learns_four_heaps(learner):
    # they lie well apart, so that no mistake has to be left over
    X, y = four_heaps()
    model = learner.fix_compile(2, 4)
    model.fit(X, y, epochs=3, batch_size=8, verbose=0)
    loss, accuracy = judged(model, X, y)
    told = f"after 3 epochs {accuracy:.0%} are right, and the loss is {loss:.2f}"
    assert accuracy > 0.95, told
    assert loss < 0.2, told


@exercise("fix_compile")
def test_what_three_scores_cost(learner):
    # with all other weights 0 the last biases are the scores, (2, 1, -1) as in chapter 5;
    # class 1 costs log(e² + e¹ + e⁻¹) - 1 = log 10.475217 - 1 = 1.3490122
    model = learner.fix_compile(4, 3)
    scores = np.array([2.0, 1.0, -1.0])
    model.set_weights([np.zeros((4, 16)), np.zeros(16), np.zeros((16, 3)), scores])
    loss, accuracy = judged(model, np.ones((1, 4)), np.array([1]))
    same(loss, 1.3490122)
    same(accuracy, 0.0)  # the largest score is that of class 0


@exercise("fix_compile")
def test_scores_of_any_size_and_sign(learner):
    # the same network is asked for the scores themselves
    model = learner.fix_compile(4, 3)
    scores = np.array([2.0, 1.0, -1.0])
    model.set_weights([np.zeros((4, 16)), np.zeros(16), np.zeros((16, 3)), scores])
    same(model(np.ones((1, 4))), [[2, 1, -1]])


@exercise("fix_compile")
def test_a_step_of_its_optimizer(learner):
    # all weights are 0 and p = (1/3, 1/3, 1/3), so the last biases have the slopes 1/3, -2/3, 1/3
    # and nothing else has any; SGD takes a tenth of that away
    model = learner.fix_compile(4, 3)
    model.set_weights([np.zeros((4, 16)), np.zeros(16), np.zeros((16, 3)), np.zeros(3)])
    model.train_step((np.ones((1, 4)), np.array([1])))
    same(model(np.ones((1, 4))), [[-1 / 30, 2 / 30, -1 / 30]])


@exercise("fix_shapes")
@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_everybody_gets_a_prediction_of_their_own(learner, shape):
    # y = x + 2, so W goes to 1 and b to 2
    x, y = np.array([[-1.0], [0.0], [1.0]]), np.array([1.0, 2.0, 3.0])
    W, b, history = learner.fix_shapes(x, y.reshape(shape), 0.5, 20)
    predicted = ", ".join(f"{p:.2f}" for p in np.ravel(x @ W.numpy() + b.numpy()))
    assert predicted == "1.00, 2.00, 3.00", f"after 20 steps it predicts {predicted} for 1, 2, 3"
    assert history[-1] < 0.001, f"after 20 steps the loss is {history[-1]:.4f}"


@exercise("fix_shapes")
def test_the_first_two_losses(learner):
    # at first all predictions are 0: (1 + 4 + 9) / 3; the slopes are 2/3·(1·1 - 1·3) = -4/3 and
    # 2/3·(-1 - 2 - 3) = -4, so W = 0.4/3 and b = 0.4 with errors -22/30, -48/30 and -74/30
    x, y = np.array([[-1.0], [0.0], [1.0]]), np.array([1.0, 2.0, 3.0])
    history = learner.fix_shapes(x, y, 0.1, 2)[2]
    same(history, (np.float32(14 / 3), np.float32((22**2 + 48**2 + 74**2) / 30**2 / 3)))


@exercise("fix_tape")
def test_there_is_a_gradient_for_each_variable(learner, tf):
    loss, gradients = learner.fix_tape(blank(2, 3, 2), POTS, np.eye(2)[[0, 0, 0, 0, 1]])
    none = sum(gradient is None for gradient in gradients)
    assert not none, f"the loss is {float(loss):.3f}; of {len(gradients)} gradients {none} are None"
    shapes = [tuple(gradient.shape) for gradient in gradients]
    assert shapes == [(2, 3), (3,), (3, 2), (2,)], f"the shapes of the gradients are {shapes}"


@exercise("fix_tape")
def test_the_gradients_of_a_blank_network(learner, tf):
    # p = (0.5, 0.5), and p - y = (-0.5, 0.5): x times that for W, that itself for b
    loss, gradients = learner.fix_tape(blank(2, 2), np.array([[1.0, 2.0]]), np.array([[1.0, 0.0]]))
    same(loss, 0.6931472)  # -log 0.5
    assert all(gradient is not None for gradient in gradients), "a gradient is None"
    same(gradients, ([[-0.5, 0.5], [-1, 1]], [-0.5, 0.5]))


@exercise("fix_tape")
def test_the_gradients_of_two_examples(learner, tf):
    # p - y = (-0.5, 0.5) for both, and the means of x are 2 and 1
    x, y = np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([[1.0, 0.0], [1.0, 0.0]])
    loss, gradients = learner.fix_tape(blank(2, 2), x, y)
    same(loss, 0.6931472)
    same(gradients, ([[-1, 1], [-0.5, 0.5]], [-0.5, 0.5]))


@exercise("fix_tape")
def test_whoever_only_asks_changes_nothing(learner, tf):
    network, x, y = blank(2, 2), np.array([[1.0, 2.0]]), np.array([[1.0, 0.0]])
    learner.fix_tape(network, x, y)
    loss, _ = learner.fix_tape(network, x, y)
    same(loss, 0.6931472)  # as it was, -log 0.5


@exercise("fix_update")
def test_the_loss_falls(learner, tf):
    # three pots that are bad and two that are good; a blind guess costs log 2 = 0.693
    history = learner.fix_update(blank(2, 2), POTS, np.eye(2)[[0, 0, 0, 1, 1]], 3.0, 10)
    told = f"the loss is {history[0]:.3f} before the first step, {history[-1]:.3f} before the 10th"
    assert history[-1] < 0.3, told


@exercise("fix_update")
def test_one_step(learner, tf):
    # the slopes are (-0.5, 0.5) times 1, times 2, and by itself for b; the step is 0.2 long
    network = blank(2, 2)
    history = learner.fix_update(network, np.array([[1.0, 2.0]]), np.array([[1.0, 0.0]]), 0.2, 1)
    same(history, (0.6931472,))
    W, b = network.variables
    same(W.numpy(), [[0.1, -0.1], [0.2, -0.2]])
    same(b.numpy(), [0.1, -0.1])


@exercise("fix_update")
def test_a_second_step_of_two_layers(learner, tf):
    # the hidden unit gives σ(0) = 0.5, and the slopes by z are (-0.5, 0.5): the last weights become
    # ±0.25 and the biases ±0.5. Then z = ±(0.5 · 0.25 + 0.5), and -log σ(1.25) = 0.2519291
    history = learner.fix_update(blank(1, 1, 2), np.array([[1.0]]), np.array([[1.0, 0.0]]), 1.0, 2)
    same(history, (np.float32(0.6931472), np.float32(0.2519291)))


@exercise("fix_softmax")
def test_five_pots(learner):
    # the network of chapter 3, which gives these five 0.001, 0.047, 0.187, 0.193 and 0.829
    model = learner.fix_softmax(2)
    hidden = np.array([[-4.0, 0.0, 3.0], [0.0, -4.0, 2.0]]), np.array([-3.0, -1.0, -4.0])
    model.set_weights([*hidden, np.array([[-6.0], [-6.0], [-6.0]]), np.array([3.0])])
    p = np.array(model(POTS))
    assert (np.ptp(p) > 0) or len(p) < 5, f"it says {p.flat[0]:.3f} about every pot"
    same(p, [[0.00082234], [0.04717953], [0.18744994], [0.19279116], [0.82930852]])


@exercise("fix_softmax")
def test_what_a_certain_yes_costs(learner):
    # with all other weights 0 the last bias is z = log 4: odds of 4 to 1, and p = 0.8;
    # for a yes that costs -log 0.8 = 0.2231436, for a no -log 0.2 = 1.6094379
    model = learner.fix_softmax(2)
    model.set_weights([np.zeros((2, 3)), np.zeros(3), np.zeros((3, 1)), np.array([np.log(4)])])
    loss, accuracy = judged(model, POTS[:2], np.array([[1], [0]]))
    same(loss, (0.2231436 + 1.6094379) / 2)
    same(accuracy, 0.5)


@exercise("fix_shuffle")
def test_a_pot_keeps_its_verdict(learner, rng):
    # twenty pots by temperature, good from 155 °C up
    X, y = np.array([[130 + 5 * i, 90] for i in range(20)]), (np.arange(20) >= 5).astype(int)
    mixed, verdicts = learner.fix_shuffle(X, y, rng)
    for (temperature, _), verdict in zip(mixed, verdicts, strict=True):
        was = int(temperature >= 155)
        assert verdict == was, (
            f"the pot at {temperature} °C was a {was}, and comes out as a {verdict}"
        )


@exercise("fix_shuffle")
def test_everybody_is_there_in_another_order(learner, rng):
    X, y = np.arange(40).reshape(20, 2), np.arange(20)
    mixed, labels = learner.fix_shuffle(X, y, rng)
    same(np.sort(mixed, axis=0), X)
    same(np.sort(labels), y)
    assert (np.array(labels) != y).any(), "the order is the old one"


@exercise("fix_shuffle")
def test_another_generator_another_order(learner):
    X, y = np.arange(40).reshape(20, 2), np.arange(20)
    one = learner.fix_shuffle(X, y, np.random.default_rng(1))[1]
    other = learner.fix_shuffle(X, y, np.random.default_rng(2))[1]
    assert (np.array(one) != np.array(other)).any(), "two generators have led to one order"


@exercise("fix_shuffle")
def test_the_same_generator_the_same_order(learner):
    X, y = np.arange(40).reshape(20, 2), np.arange(20)
    one = learner.fix_shuffle(X, y, np.random.default_rng(1))[1]
    other = learner.fix_shuffle(X, y, np.random.default_rng(1))[1]
    assert (np.array(one) == np.array(other)).all(), "one generator has led to two orders"


@exercise("fix_shuffle")
def test_neighbours_are_parted(learner, rng):
    # 0 to 19, each of which is one more than its neighbour, and 0 that comes after 19
    labels = learner.fix_shuffle(np.arange(40).reshape(20, 2), np.arange(20), rng)[1]
    assert (np.diff(labels) % 20 != 1).any(), "everybody still has the neighbours of before"


@exercise("fix_shuffle")
def test_whole_numbers_stay_whole(learner, rng):
    # the temperatures have a fraction, the verdicts are 0 and 1
    X, y = np.array([[150.5, 45.0], [180.5, 90.0], [190.5, 105.0]]), np.array([0, 1, 0])
    mixed, verdicts = learner.fix_shuffle(X, y, rng)
    same(np.sort(mixed, axis=0), X)
    same(np.sort(verdicts), [0, 0, 1], dtype="integer")


@exercise("fix_globals")
def test_one_step_from_zeros(learner):
    # p = 0.5, so w = 0.5·2·0.5 = 0.5 and b = 0.5·0.5 = 0.25, and then z = 2·0.5 + 0.25 = 1.25
    neuron = learner.fix_globals(1)
    same(neuron.fit(np.array([[2.0]]), np.array([1]), 0.5, 1), (0.6931472,))
    same(neuron.predict(np.array([[2.0]])), [0.7772999])  # σ(1.25)


@exercise("fix_globals")
def test_two_steps_and_their_losses(learner):
    # the step of test_one_step_from_zeros makes z = 1.25, and -log σ(1.25) = 0.2519291
    history = learner.fix_globals(1).fit(np.array([[2.0]]), np.array([1]), 0.5, 2)
    same(history, (0.6931472, 0.2519291))


@exercise("fix_globals")
def test_fitting_once_more_goes_on(learner):
    neuron = learner.fix_globals(1)
    same(neuron.fit(np.array([[2.0]]), np.array([1]), 0.5, 1), (0.6931472,))
    same(neuron.fit(np.array([[2.0]]), np.array([1]), 0.5, 1), (0.2519291,))


@exercise("fix_globals")
def test_two_neurons_with_opposite_tastes(learner):
    # one is told that hot pots are good, the other that cool ones are
    hot, cool = learner.fix_globals(2), learner.fix_globals(2)
    hot.fit(POTS[:4], np.array([0, 1, 0, 1]), 0.5, 100)
    cool.fit(POTS[:4], np.array([1, 0, 1, 0]), 0.5, 100)
    for neuron, told in [(hot, "hot"), (cool, "cool")]:
        p = neuron.predict(np.array([[2.0, 0.0], [-2.0, 0.0]]))
        liked = "hot" if p[0] > 0.5 > p[1] else "cool" if p[1] > 0.5 > p[0] else "both alike"
        assert liked == told, (
            f"told to like {told} pots, it gives a hot one {p[0]:.3f}, a cool one {p[1]:.3f}"
        )


@exercise("fix_globals")
def test_three_pots(learner):
    # as many examples as you like: after the first step w = 1·(1, 1, -1)·(0.5, 0.5, 0.5)/3
    neuron = learner.fix_globals(1)
    neuron.fit(np.array([[1.0], [1.0], [-1.0]]), np.array([1, 1, 0]), 1.0, 1)
    # w = (0.5 + 0.5 + 0.5)/3 = 0.5 and b = (0.5 + 0.5 - 0.5)/3 = 1/6, and z = 0.5·2 + 1/6
    same(neuron.predict(np.array([[2.0]])), [0.7625420])  # σ(7/6)


@exercise("fix_dtype")
@pytest.mark.parametrize("kind", [float, int])
def test_the_weight_arrives(learner, kind):
    # y = 2x, in numbers with and without a point
    X, y = np.array([[1], [2]], kind), np.array([2, 4], kind)
    w, history = learner.fix_dtype(X, y, 0.1, 60)
    told = f"after 60 steps w is {float(np.ravel(w)[0]):.4g} and the loss {float(history[-1]):.4g}"
    assert abs(float(np.ravel(w)[0]) - 2) < 0.001, f"{told}, for {kind.__name__}s; w = 2 is due"


@exercise("fix_dtype")
def test_three_steps(learner):
    # w = 0: errors -2 and -4, loss (4 + 16)/2, slope 2·(1·(-2) + 2·(-4))/2 = -10, so w = 1;
    # then errors -1 and -2, loss 2.5, slope -5, w = 1.5; then loss 0.625, slope -2.5, w = 1.75
    w, history = learner.fix_dtype(np.array([[1], [2]]), np.array([2, 4]), 0.1, 3)
    same(w, [1.75], kind="array")
    same(history, (10, 2.5, 0.625))


@exercise("fix_dtype")
def test_a_tenth_is_a_tenth(learner):
    # the slope is 2·1·(0 - 1) = -2, and 0.05 of that makes 0.1, to seven digits and not to three
    w, history = learner.fix_dtype(np.array([[1]]), np.array([1]), 0.05, 1)
    same(w, [0.1])
    same(history, (1,))


@exercise("fix_retrace")
def test_two_steps_into_a_bowl(learner, tf):
    # the slope of Σ x² is 2x: 4 - 0.25·8 = 2 and -2 - 0.25·(-4) = -1, then half as fast:
    # 2 - 0.125·4 = 1.5 and -1 - 0.125·(-2) = -0.75
    same(learner.fix_retrace(probes.squares, [4.0, -2.0], 0.25, 2), [1.5, -0.75], kind="tensor")


@exercise("fix_retrace")
def test_a_third_of_the_rate_in_the_third_step(learner, tf):
    # on from test_two_steps_into_a_bowl: 1.5 - 0.25/3 · 3 = 1.25 and -0.75 - 0.25/3 · (-1.5)
    answer = learner.fix_retrace(probes.squares, [4.0, -2.0], 0.25, 3)
    same(answer, [1.25, -0.625], kind="tensor")


@exercise("fix_retrace")
def test_twenty_steps(learner, tf):
    try:
        learner.fix_retrace(probes.Traced("squares", 2), [4.0, -2.0], 0.25, 20)
    except RuntimeError:
        raise AssertionError("twenty steps, and the loss was traced again and again") from None


@exercise("fix_retrace")
def test_steps_that_cost_next_to_nothing(speed, rng):
    # baseline.py is what you were given
    speed(lambda steps: [probes.wave, rng.normal(size=3), 0.25, steps], terms=1000)
