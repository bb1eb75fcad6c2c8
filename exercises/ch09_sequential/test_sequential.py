"""Examples for chapter 9, small enough to check by hand.

Useful to know: σ(1) = 0.7310586, -log 0.5 = 0.6931472, -log σ(4) = 0.0181499.
`probes.Layer(2, 3)` is a layer like your better one, of two inputs and three units, whose weights
the tests know; `silent(2, 3)` is one whose weights and biases are all 0.
"""

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
    assert 0.095 < np.std(w) < 0.105
    assert -0.01 < np.mean(w) < 0.01


@exercise("MyBetterLayer")
def test_a_better_layer_does_what_a_layer_does(learner):
    layer = learner.MyBetterLayer(2, 3)
    same(layer(np.array([[1, 0], [0, 1]])), 1 / (1 + np.exp(-layer.w.numpy())), kind="tensor")
    last = learner.MyBetterLayer(2, 4, is_last=True)
    same(last(np.zeros((1, 2))), [[0.25, 0.25, 0.25, 0.25]], kind="tensor")


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
        assert str(number) in str(refused.value), f"the message has no {number} in it"


@exercise("MyNeuralNetwork")
def test_layers_that_do_not_fit(learner):
    # layer 0 gives 5 numbers, and layer 1 takes 6
    layers = [probes.Layer(2, 5), probes.Layer(6, 2, is_last=True)]
    refuses(learner.MyNeuralNetwork, layers, naming=[1])


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
def test_a_layer_that_does_not_fit_is_refused(learner):
    model = learner.MySequential()
    model.add(probes.Layer(2, 30))
    refuses(model.add, probes.Layer(25, 10), naming=[30, 25])
    same(len([*model.layers]), 1)


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
def test_validation_comes_after_the_epoch(learner):
    model = one_layer(learner, [[0.0, 0.0]])
    x, y = np.array([[1]]), np.array([[1, 0]])
    history = model.fit(x, y, 2.0, 1, validation_data=(x, y))
    same(history, {"loss": singles(0.6931472), "val_loss": singles(0.0181499)})


@exercise("MySequential.fit")
def test_a_second_fit_goes_on(learner):
    model = one_layer(learner, [[0.0, 0.0]])
    x, y = np.array([[1]]), np.array([[1, 0]])
    same(model.fit(x, y, 2.0, 1), {"loss": singles(0.6931472)})
    same(model.fit(x, y, 2.0, 1), {"loss": singles(0.0181499)})


@exercise("MySequential.fit")
def test_handwritten_digits_with_layers_of_yours(learner):
    # 200 zeros and ones; who only guesses has a loss of 0.69
    x, y = datasets.digits_01()
    x, y = x[:200].reshape(200, 64) / 16, np.eye(2)[y[:200]]
    model = learner.MySequential()
    model.add(learner.MyBetterLayer(64, 5))
    model.add(learner.MyBetterLayer(5, 2, is_last=True))
    losses = model.fit(x, y, 0.5, 5, batch_size=20)["loss"]
    assert losses[-1] < 0.2 < losses[0]


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
    # baseline.py does the same with eager steps, four examples at a time; be half as fast again
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
def test_a_layer_written_down_and_made_again(learner):
    layer = learner.MyDense(3, "relu", name="hidden", trainable=False)
    same(layer.trainable, False)
    again = layer.from_config(layer.get_config())
    same(again.trainable, False)
    same((again.name, again.units), ("hidden", 3))
