"""Examples for chapter 9, small enough to check by hand.

Useful to know: σ(1) = 0.7310586, -log 0.5 = 0.6931472, -log σ(4) = 0.0181499.
`probes.Layer(2, 3)` is a layer like your better one, of two inputs and three units, whose weights
the tests know; `silent(2, 3)` is one whose weights and biases are all 0.
"""

import contextlib
import json

import numpy as np
import pytest

from grader import datasets, probes
from grader.compare import same
from grader.plugin import exercise


def singles(*numbers):
    """Numbers in float32, which has seven digits, as what they are compared with."""
    return tuple(map(np.float32, numbers))


def silent(input_size, output_size, is_last=False):
    layer = probes.Layer(input_size, output_size, is_last)
    layer.w.assign(np.zeros((input_size, output_size)))
    layer.b.assign(np.zeros(output_size))
    return layer


@exercise("MyLayer")
def test_a_layer_has_w_and_b(learner):
    layer = learner.MyLayer(3, 2)
    w = layer.w
    same(tuple(w.shape), (3, 2))
    same(w, np.clip(w, 0, 1), kind="variable", dtype="float32")  # all between 0 and 1
    same(layer.b, 0.0, kind="variable", dtype="float32")  # one number for both units
    same(len(layer.trainable_variables), 2)


@exercise("MyLayer")
def test_a_layer_that_is_told_nothing(learner):
    # all sums are 0: σ(0) = 0.5 for each unit; softmax shares 1 among three
    same(learner.MyLayer(2, 3)(np.zeros((1, 2))), [[0.5, 0.5, 0.5]], kind="tensor")
    last = learner.MyLayer(2, 3, is_last=True)
    same(last(np.zeros((1, 2))), [[1 / 3, 1 / 3, 1 / 3]], kind="tensor")


@exercise("MyLayer")
def test_one_input_at_a_time(learner):
    # (1, 0) picks the first row of w, and (0, 1) the second: σ of what stands there
    layer = learner.MyLayer(2, 3)
    w = layer.w.numpy()
    same(layer(np.array([[1, 0], [0, 1]])), 1 / (1 + np.exp(-w)))


@exercise("MyLayer")
def test_every_weight_is_a_number_of_its_own(learner):
    one, other = learner.MyLayer(3, 2).w.numpy(), learner.MyLayer(3, 2).w.numpy()
    same(len(np.unique(one)), 6)
    same(np.count_nonzero(one == other), 0)  # another layer draws others


@exercise("MyLayer")
def test_one_bias_for_all_units(learner):
    # x is 0, so every sum is the bias, 1
    layer = learner.MyLayer(1, 2)
    layer.with_name_scope(probes.put)(layer, np.zeros((1, 2)), 1.0)
    same(layer(np.zeros((1, 1))), [[0.7310586, 0.7310586]])


@exercise("MyLayer")
def test_a_tape_can_follow(learner):
    # of a1 + 2·a2, where both sums are 0 and the sigmoid has the slope 0.25: by b 0.25 + 0.5, and
    # by w 4 · 0.25 and 4 · 0.5
    layer = learner.MyLayer(1, 2)
    layer.with_name_scope(probes.put)(layer, np.zeros((1, 2)), 0.0)
    slopes = layer.with_name_scope(probes.slopes)(layer, np.array([[4.0]]))
    same(slopes, (0.75, [[1.0, 2.0]]))


@exercise("MyBetterLayer")
def test_a_better_layer_has_a_bias_for_each_unit(learner):
    layer = learner.MyBetterLayer(3, 2)
    same(tuple(layer.w.shape), (3, 2))
    same(layer.b, [0, 0], kind="variable", dtype="float32")
    same(len(layer.trainable_variables), 2)


@exercise("MyBetterLayer")
def test_a_better_layer_is_spread_as_xavier_says(learner):
    # √(2 / (60 + 140)) = √0.01 = 0.1, and of 8,400 numbers no other spread looks like that
    w = learner.MyBetterLayer(60, 140).w.numpy()
    spread, middle = np.std(w), np.mean(w)
    assert 0.095 < spread < 0.105, f"the weights spread by {spread:.4f}, and 0.1 is due"
    assert -0.01 < middle < 0.01, f"the weights lie around {middle:.4f}, and 0 is due"


@exercise("MyBetterLayer")
def test_a_better_layer_does_what_a_layer_does(learner):
    layer = learner.MyBetterLayer(2, 3)
    same(layer(np.array([[1, 0], [0, 1]])), 1 / (1 + np.exp(-layer.w.numpy())), kind="tensor")
    last = learner.MyBetterLayer(2, 4, is_last=True)
    same(last(np.zeros((1, 2))), [[0.25, 0.25, 0.25, 0.25]], kind="tensor")


@exercise("MyBetterLayer")
def test_a_better_layer_draws_normal_numbers(learner):
    # of normal numbers 32 in 100 are beyond the spread, here 0.1; of even ones it would be 42
    w = learner.MyBetterLayer(60, 140).w.numpy()
    same(np.mean(np.abs(w) > 0.1).round(1), 0.3)


@exercise("MyBetterLayer")
def test_every_better_layer_draws_its_own_numbers(learner):
    one, other = learner.MyBetterLayer(3, 2).w.numpy(), learner.MyBetterLayer(3, 2).w.numpy()
    same(np.count_nonzero(one == other), 0)


@exercise("MyNeuralNetwork")
def test_two_layers_in_a_chain(learner):
    # the first gives σ(0) = 0.5, whatever it gets; the sums of the second are 2 · 0.5 and 0
    last = silent(1, 2, is_last=True)
    last.w.assign([[2.0, 0.0]])
    network = learner.MyNeuralNetwork([silent(2, 1), last])
    same(network(np.array([[180, 90]])), [[0.7310586, 0.2689414]], kind="tensor")


@exercise("MyNeuralNetwork")
def test_a_network_finds_its_variables(learner):
    # w and b of each of the three
    layers = [probes.Layer(2, 3), probes.Layer(3, 3), probes.Layer(3, 2, is_last=True)]
    same(len(learner.MyNeuralNetwork(layers).trainable_variables), 6)


def refuses(function, *args, naming=()):
    """Hold a call to raising ValueError, with these numbers in its message."""
    with pytest.raises(ValueError) as refused:
        function(*args)
    for number in naming:
        assert str(number) in str(refused.value), (
            f"the message of its ValueError does not say {number}"
        )


@exercise("MyNeuralNetwork")
def test_layers_that_do_not_fit(learner):
    # layer 0 gives 5 numbers, and layer 1 takes 6
    layers = [probes.Layer(2, 5), probes.Layer(6, 2, is_last=True)]
    refuses(learner.MyNeuralNetwork, layers, naming=[1])


@exercise("MyNeuralNetwork")
def test_all_neighbours_are_compared(learner):
    # layer 1 fits behind layer 0, but gives 4 numbers where layer 2 takes 3
    layers = [probes.Layer(2, 3), probes.Layer(3, 4), probes.Layer(3, 2, is_last=True)]
    refuses(learner.MyNeuralNetwork, layers, naming=[2])


@exercise("MyNeuralNetwork")
def test_the_last_layer_and_no_other_is_marked_last(learner):
    inner, last = probes.Layer(2, 2), probes.Layer(2, 2, is_last=True)
    refuses(learner.MyNeuralNetwork, [inner, inner], naming=[1])
    refuses(learner.MyNeuralNetwork, [last, last], naming=[0])
    refuses(learner.MyNeuralNetwork, [])


@exercise("train_nn")
def test_one_step_from_nothing(learner, tf):
    # p = (0.5, 0.5), so the slopes by z are (-0.5, 0.5); by w they are 2 and 0 times that
    network = probes.Network(2, 2)
    w, b = network.variables
    w.assign(np.zeros((2, 2)))
    loss = learner.train_nn(network, np.array([[2.0, 0.0]]), np.array([[1, 0]]), 0.1)
    same(loss, 0.6931472)
    same(w, [[0.1, -0.1], [0, 0]])
    same(b, [0.05, -0.05])


@exercise("train_nn")
def test_a_batch_counts_by_its_mean(learner, tf):
    # by z the slopes are (-0.5, 0.5) for the first row, (0.5, -0.5) for the second, halved each
    network = probes.Network(2, 2)
    w, b = network.variables
    w.assign(np.zeros((2, 2)))
    x, y = np.array([[2.0, 0.0], [0.0, 4.0]]), np.array([[1, 0], [0, 1]])
    same(learner.train_nn(network, x, y, 0.1), 0.6931472)
    same(w, [[0.05, -0.05], [-0.1, 0.1]])
    same(b, [0, 0])


@exercise("train_nn")
def test_a_second_step_goes_on_from_the_first(learner, tf):
    # after the step of test_a_batch_counts_by_its_mean the sums are 0.1 and -0.1 for the first row,
    # -0.4 and 0.4 for the second: -log σ(0.2) = 0.5981389 and -log σ(0.8) = 0.3711007
    network = probes.Network(2, 2)
    network.variables[0].assign(np.zeros((2, 2)))
    x, y = np.array([[2.0, 0.0], [0.0, 4.0]]), np.array([[1, 0], [0, 1]])
    losses = [learner.train_nn(network, x, y, 0.1), learner.train_nn(network, x, y, 0.1)]
    same(losses, singles(0.6931472, 0.4846198))


@exercise("train_nn")
def test_the_first_of_two_layers_learns_too(learner, tf):
    # forward: the one in the middle gives σ(0) = 0.5, the sums are 1 - 1 and -1 + 1, p = (0.5, 0.5)
    network = probes.Network(1, 1, 2)
    for variable, content in zip(
        network.variables, ([[0.0]], [0.0], [[2.0, -2.0]], [-1.0, 1.0]), strict=True
    ):
        variable.assign(content)
    x, y = np.array([[1.0]]), np.array([[1, 0]])
    # backward: the slopes by z are (-0.5, 0.5), so by a -0.5·2 - 0.5·2 = -2, and by the sum before
    # σ it is a quarter of that. The step makes w and b of the first layer 0.5, those of the second
    # (2.25, -2.25) and (-0.5, 0.5): a = σ(1), z = ±1.1448818, and -log σ(2.2897636) = 0.0964826
    losses = [learner.train_nn(network, x, y, 1.0), learner.train_nn(network, x, y, 1.0)]
    same(losses, singles(0.6931472, 0.0964826))


@exercise("train_nn")
def test_a_network_that_is_sure_and_wrong(learner, tf):
    # the sums are 200 and 0, so p = (1, 0) in float32, and the loss is -log 1e-12
    network = probes.Network(1, 2)
    network.variables[0].assign([[200.0, 0.0]])
    same(learner.train_nn(network, np.array([[1.0]]), np.array([[0, 1]]), 0.1), 27.631021)
    same(network.variables[0], [[200, 0]])  # nothing is left of the slope


@exercise("train_nn")
def test_a_network_of_yours(learner, tf):
    # the step makes the sums 0.5 + 0.5 and -0.5 - 0.5, which are 2 apart: -log σ(2) = 0.126928
    network = learner.MyNeuralNetwork([silent(1, 2, is_last=True)])
    x, y = np.array([[1.0]]), np.array([[1, 0]])
    same(learner.train_nn(network, x, y, 1.0), 0.6931472)
    same(learner.train_nn(network, x, y, 1.0), 0.126928)


@exercise("MySequential.add")
def test_two_models_are_two(learner):
    first, second = learner.MySequential(), learner.MySequential()
    first.add(probes.Layer(2, 3))
    second.add(probes.Layer(4, 5))
    same([layer.input_size for layer in first.layers], (2,))
    same([layer.input_size for layer in second.layers], (4,))


@exercise("MySequential.add")
def test_layers_come_one_behind_the_other(learner):
    model = learner.MySequential()
    same(model.add(probes.Layer(2, 3)), None)
    same(model.add(probes.Layer(3, 4)), None)
    same([layer.output_size for layer in model.layers], (3, 4))


@exercise("MySequential.add")
def test_there_and_back_again(learner):
    # 2 → 3 → 2 → 3 → 4: what a layer takes is what the one before it gives
    model = learner.MySequential()
    for sizes in [(2, 3), (3, 2), (2, 3), (3, 4)]:
        model.add(probes.Layer(*sizes))
    same([layer.output_size for layer in model.layers], (3, 2, 3, 4))


@exercise("MySequential.add")
def test_a_layer_that_does_not_fit_is_refused(learner):
    model = learner.MySequential()
    model.add(probes.Layer(2, 30))
    refuses(model.add, probes.Layer(25, 10), naming=[30, 25])
    same(len([*model.layers]), 1)


@exercise("MySequential.add")
def test_what_does_not_fit_stays_outside(learner):
    model = learner.MySequential()
    model.add(probes.Layer(2, 3))
    with contextlib.suppress(ValueError):
        model.add(probes.Layer(4, 5))
    same([layer.output_size for layer in model.layers], (3,))


@exercise("MySequential.add")
def test_the_end_is_the_end(learner):
    model = learner.MySequential()
    model.add(probes.Layer(2, 2, is_last=True))
    refuses(model.add, probes.Layer(2, 2, is_last=True))


def one_layer(learner, w):
    """A model of one softmax layer with these weights, and no biases."""
    model, layer = learner.MySequential(), silent(*np.shape(w), is_last=True)
    layer.w.assign(w)
    model.add(layer)
    return model


@exercise("MySequential.predict")
def test_probabilities(learner):
    # the sums are 1 and 0 for the first example, 0 and 0 for the second
    model = one_layer(learner, [[1.0, 0.0]])
    due = [[0.7310586, 0.2689414], [0.5, 0.5]]
    same(model.predict(np.array([[1], [0]])), due, kind="array", dtype="float32")


@exercise("MySequential.predict")
def test_one_example_makes_one_row(learner):
    model = one_layer(learner, [[1.0, 0.0]])
    same(model.predict(np.array([[1]])), [[0.7310586, 0.2689414]], kind="array")


@exercise("MySequential.predict")
def test_what_a_layer_gives_goes_into_the_next(learner):
    # the first gives σ(0) = 0.5, whatever it gets; the sums of the last are 2 · 0.5 and 0
    model, last = learner.MySequential(), silent(1, 2, is_last=True)
    last.w.assign([[2.0, 0.0]])
    model.add(silent(1, 1))
    model.add(last)
    same(model.predict(np.array([[180], [90]])), [[0.7310586, 0.2689414]] * 2)


@exercise("MySequential.predict")
def test_a_model_without_an_end_predicts_nothing(learner):
    model = learner.MySequential()
    refuses(model.predict, np.zeros((1, 2)))
    model.add(probes.Layer(2, 2))
    refuses(model.predict, np.zeros((1, 2)))


@exercise("MySequential.evaluate")
def test_loss_and_accuracy(learner):
    # sums 1 and 0 for both, so p = (0.7310586, 0.2689414): -log of them are 0.3132617, 1.3132617
    model = one_layer(learner, [[1.0, 0.0]])
    x, y = np.array([[1], [1], [1], [1]]), np.array([[1, 0], [1, 0], [0, 1], [1, 0]])
    loss, accuracy = model.evaluate(x, y)
    same((loss, accuracy), singles(0.5632617, 0.75))  # (3 · 0.3132617 + 1.3132617) / 4


@exercise("MySequential.evaluate")
def test_the_likeliest_of_three_classes(learner):
    # e^z is 2, 1 and 1, so p = (0.5, 0.25, 0.25): the first example is right, the second is not
    model = one_layer(learner, [[np.log(2), 0.0, 0.0]])
    found = model.evaluate(np.array([[1], [1]]), np.array([[1, 0, 0], [0, 1, 0]]))
    same(found, singles(1.0397208, 0.5))  # the mean of -log 0.5 and -log 0.25


@exercise("MySequential.evaluate")
def test_a_model_that_is_sure_and_wrong(learner):
    # p = (1, 0) in float32, and -log 1e-12 is 27.631021
    model = one_layer(learner, [[200.0, 0.0]])
    same(model.evaluate(np.array([[1]]), np.array([[0, 1]])), singles(27.631021, 0))


@exercise("MySequential.evaluate")
def test_judging_twice_gives_the_same(learner):
    model = one_layer(learner, [[1.0, 0.0]])
    x, y = np.array([[1]]), np.array([[1, 0]])
    same(model.evaluate(x, y), singles(0.3132617, 1))
    same(model.evaluate(x, y), singles(0.3132617, 1))


@exercise("MySequential.evaluate")
def test_a_model_without_an_end_is_not_judged(learner):
    model = learner.MySequential()
    refuses(model.evaluate, np.zeros((1, 2)), np.array([[1, 0]]))
    model.add(probes.Layer(2, 2))
    refuses(model.evaluate, np.zeros((1, 2)), np.array([[1, 0]]))


@exercise("MySequential.evaluate")
def test_one_row_of_classes_for_three_examples(learner):
    # TensorFlow would lay the one row beside all three
    model = one_layer(learner, [[1.0, 0.0]])
    refuses(model.evaluate, np.ones((3, 1)), np.array([[1, 0]]))


@exercise("MySequential.fit")
def test_all_at_once(learner):
    # p = 0.5; the step makes w and b (1, -1), so the sums are 2 and -2, and p = σ(4)
    model = one_layer(learner, [[0.0, 0.0]])
    history = model.fit(np.array([[1], [1]]), np.array([[1, 0], [1, 0]]), 2.0, 2)
    same(history, {"loss": singles(0.6931472, 0.0181499)})


@exercise("MySequential.fit")
def test_in_batches(learner):
    # two examples at p = 0.5, then a short batch of one at σ(4): (2 · 0.6931472 + 0.0181499) / 3
    model = one_layer(learner, [[0.0, 0.0]])
    x, y = np.array([[1], [1], [1]]), np.array([[1, 0], [1, 0], [1, 0]])
    same(model.fit(x, y, 2.0, 1, batch_size=2), {"loss": singles(0.4681481)})


@exercise("MySequential.fit")
def test_a_second_fit_goes_on(learner):
    # with its own rate and its own examples: the rate is 2, then 0 twice, and nothing moves any
    # more; who has learnt the first class is surprised by the second: -log σ(-4) = 4.0181499
    model = one_layer(learner, [[0.0, 0.0]])
    x, y, other = np.array([[1]]), np.array([[1, 0]]), np.array([[0, 1]])
    same(model.fit(x, y, 2.0, 1), {"loss": singles(0.6931472)})
    same(model.fit(x, y, 0.0, 2), {"loss": singles(0.0181499, 0.0181499)})
    same(model.fit(x, other, 2.0, 1), {"loss": singles(4.0181499)})


@exercise("MySequential.fit")
def test_validation_comes_after_the_epoch(learner):
    model = one_layer(learner, [[0.0, 0.0]])
    x, y = np.array([[1]]), np.array([[1, 0]])
    history = model.fit(x, y, 2.0, 1, validation_data=(x, y))
    same(history, {"loss": singles(0.6931472), "val_loss": singles(0.0181499)})
    # nothing is learnt from it: a second step makes w and b 1 + 2·(1 - σ(4)) = 1.0359724, and
    # -log σ(4 · 1.0359724) = 0.0157366
    history = model.fit(x, y, 2.0, 1, validation_data=(x, y))
    same(history, {"loss": singles(0.0181499), "val_loss": singles(0.0157366)})


@exercise("MySequential.fit")
def test_each_model_trains_itself(learner):
    # p = 0.5 in the first, while the second, which is made later, has p = σ(1)
    first, _ = one_layer(learner, [[0.0, 0.0]]), one_layer(learner, [[1.0, 0.0]])
    history = first.fit(np.array([[1]]), np.array([[1, 0]]), 2.0, 1)
    same(history, {"loss": singles(0.6931472)})


@exercise("MySequential.fit")
def test_one_label_for_three_examples(learner):
    model = one_layer(learner, [[0.0, 0.0]])
    refuses(model.fit, np.ones((3, 1)), np.array([[1, 0]]), 1.0, 1)


@exercise("MySequential.fit")
def test_a_model_without_an_end_is_not_trained(learner):
    model = learner.MySequential()
    refuses(model.fit, np.zeros((1, 2)), np.array([[1, 0]]), 1.0, 1)
    model.add(probes.Layer(2, 2))
    refuses(model.fit, np.zeros((1, 2)), np.array([[1, 0]]), 1.0, 1)


@exercise("MySequential.fit")
def test_handwritten_digits_with_layers_of_yours(learner):
    # 200 zeros and ones; who only guesses has a loss of 0.69
    x, y = datasets.digits_01()
    x, y = x[:200].reshape(200, 64) / 16, np.eye(2)[y[:200]]
    model = learner.MySequential()
    model.add(learner.MyBetterLayer(64, 5))
    model.add(learner.MyBetterLayer(5, 2, is_last=True))
    losses = model.fit(x, y, 0.5, 5, batch_size=20)["loss"]
    told = f"the loss goes from {losses[0]:.4g} to {losses[-1]:.4g}"
    assert losses[-1] < 0.2 < losses[0], f"{told}; from above 0.2 to below is due"


def trainer(module, name):
    """The `fit` of a model of two layers, in your module, in baseline.py and in the reference."""
    model = module.MySequential()
    model.add(probes.Layer(8, 16))
    model.add(probes.Layer(16, 3, is_last=True))
    return model.fit


def examples(rng, n):
    """Rows of eight numbers, and one of three classes for each."""
    return rng.normal(size=(n, 8)), np.eye(3)[rng.integers(3, size=n)]


@exercise("MySequential.fit")
def test_faster_than_step_by_step(speed, rng):
    # baseline.py does the same with eager steps, four examples at a time; be 1.4 times as fast
    def training(n, epochs):
        return [*examples(rng, n), 0.1, epochs, 4]

    speed(training, of=trainer, read=lambda history: np.float32(history["loss"]), terms=1000)


@exercise("MySequential.fit")
@pytest.mark.gpu
def test_training_on_a_gpu(learner, rng, gpu):
    # TensorFlow puts a Variable on a GPU that it sees: leave it there, and what comes from it
    model = learner.MySequential()
    model.add(learner.MyBetterLayer(8, 3, is_last=True))
    model.fit(*examples(rng, 64), 0.1, 2, batch_size=8)
    w = model.layers[0].w
    same(w, np.asarray(w), device=gpu)


def built(learner, activation=None):
    """A layer of two units for one input, with kernel (2, -3) and bias (1, 1)."""
    layer = learner.MyDense(2, activation)
    layer.build((None, 1))
    layer.set_weights([np.array([[2.0, -3.0]]), np.array([1.0, 1.0])])
    return layer


@exercise("MyDense")
def test_a_layer_in_keras(learner):
    # 4 · 2 + 1 = 9 and 4 · -3 + 1 = -11, of which relu leaves 0
    same(built(learner)(np.array([[4.0]])), [[9, -11]], kind="tensor")
    same(built(learner, "relu")(np.array([[4.0]])), [[9, 0]], kind="tensor")


@exercise("MyDense")
def test_what_keras_counts(learner):
    # 4 · 3 weights and 3 biases, which start with 0
    layer = learner.MyDense(3)
    layer.build((None, 4))
    same(layer.count_params(), 15)
    same(layer.get_weights()[1], [0, 0, 0])


@exercise("MyDense")
def test_a_start_by_the_number_of_weights(learner):
    # Glorot's spread is √(2 / (60 + 140)) = 0.1
    layer = learner.MyDense(140)
    layer.build((None, 60))
    same(np.std(layer.get_weights()[0]).round(2), 0.1)


@exercise("MyDense")
def test_a_layer_written_down_and_made_again(learner):
    layer = learner.MyDense(3, "relu", name="hidden", trainable=False)
    same(layer.trainable, False)
    again = layer.from_config(layer.get_config())
    same(again.trainable, False)
    same((again.name, again.units), ("hidden", 3))


@exercise("MyDense")
def test_the_activation_is_written_down_too(learner):
    # the sums are those of test_a_layer_in_keras
    layer = learner.MyDense(2, "relu", name="hidden")
    again = layer.from_config(layer.get_config())
    again.build((None, 1))
    again.set_weights([np.array([[2.0, -3.0]]), np.array([1.0, 1.0])])
    same(again(np.array([[4.0]])), [[9, 0]])


@exercise("MyDense")
def test_what_is_written_down_fits_in_a_file(learner):
    config = learner.MyDense(2, "relu", name="hidden").get_config()
    written = json.dumps(config, default=lambda value: "no data")
    assert "no data" not in written, "get_config tells something that no file can keep"
