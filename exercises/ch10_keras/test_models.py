"""Examples for chapter 10, small enough to check by hand.

Useful to know: ln 2 = 0.6931472, ln 3 = 1.0986123, ln 5 = 1.6094379, σ(1) = 0.7310586. A Pupil of
`probes` is used as a Keras model is: its logits are the first few numbers of an example, until it
is trained; a Diary is what `fit` gives back.
"""

import numpy as np
import pytest

from grader import datasets, probes
from grader.compare import same
from grader.plugin import exercise


def metrics(model, target, predicted):
    """What the metrics of a model say of predictions."""
    told = model.compute_metrics(x=None, y=np.array(target), y_pred=np.array(predicted))
    return [value for name, value in told.items() if name != "loss"]


@exercise("kimchi_model")
def test_thirteen_numbers(learner):
    # 2·3 weights and 3 biases, 3·1 weights and 1 bias
    same(learner.kimchi_model().count_params(), 13)


@exercise("kimchi_model")
def test_our_pot(learner):
    # chapter 3: 180 °C for 90 min is (0.5, 0.5), and 1.580987 before the last sigmoid
    model = learner.kimchi_model()
    complaints = np.array([[-4.0, 0.0, 3.0], [0.0, -4.0, 2.0]]), np.array([-3.0, -1.0, -4.0])
    verdict = np.array([[-6.0], [-6.0], [-6.0]]), np.array([3.0])
    model.set_weights([*complaints, *verdict])
    same(model(np.array([[0.5, 0.5]])), [[0.8293085]], kind="tensor")


@exercise("kimchi_model")
def test_nobody_complains(learner):
    # with a bias of 0 and weights of 0 the three say σ(0) = 0.5: -1 + 0.5 · (2 + 1 + 1) = 1
    model = learner.kimchi_model()
    judge = np.array([[2.0], [1.0], [1.0]]), np.array([-1.0])
    model.set_weights([np.zeros((2, 3)), np.zeros(3), *judge])
    same(model(np.array([[3.0, 4.0], [-1.0, 0.0]])), [[0.7310586], [0.7310586]], kind="tensor")


@exercise("kimchi_model")
def test_one_answer_for_every_pot(learner):
    # four pots, and one unit at the end
    same(tuple(learner.kimchi_model().compute_output_shape((4, 2))), (4, 1))


@exercise("kimchi_model")
def test_two_models_know_nothing_of_each_other(learner):
    # a bias of 0 and weights of 0 make 0.5 in the one, and 0.7310586 = σ(1) in the other
    one, other = learner.kimchi_model(), learner.kimchi_model()
    blank = [np.zeros((2, 3)), np.zeros(3), np.zeros((3, 1))]
    one.set_weights([*blank, np.array([0.0])])
    other.set_weights([*blank, np.array([1.0])])
    same(one(np.zeros((1, 2))), [[0.5]])
    same(other(np.zeros((1, 2))), [[0.7310586]])


@exercise("digit_classifier")
def test_as_many_numbers_as_the_digits_need(learner):
    # 64·25 + 25 = 1625, 25·15 + 15 = 390, 15·1 + 1 = 16
    same(learner.digit_classifier().count_params(), 2031)


@exercise("digit_classifier")
def test_every_digit_is_a_one(learner):
    # a bias of ln 3 and nothing else: σ(ln 3) = 1/(1 + 1/3) = 0.75 for any digit
    model = learner.digit_classifier()
    shapes = (64, 25), (25,), (25, 15), (15,), (15, 1)
    model.set_weights([*(np.zeros(shape) for shape in shapes), np.array([1.0986123])])
    same(model(np.ones((2, 64))), [[0.75], [0.75]], kind="tensor")


@exercise("digit_classifier")
def test_what_the_hidden_units_say_of_nothing(learner):
    # σ(0) = 0.5 fifteen times: 15 · 0.5 - 7.5 = 0, and σ(0) = 0.5
    model = learner.digit_classifier()
    shapes = (64, 25), (25,), (25, 15), (15,)
    last = np.ones((15, 1)), np.array([-7.5])
    model.set_weights([*(np.zeros(shape) for shape in shapes), *last])
    same(model(np.ones((1, 64))), [[0.5]], kind="tensor")


@exercise("digit_classifier")
def test_the_loss_of_the_classifier(learner):
    # -(ln 0.75 + ln 0.25)/2 = (0.2876821 + 1.3862944)/2
    target, predicted = np.array([[1], [0]]), np.array([[0.75], [0.75]])
    model = learner.digit_classifier()
    same(model.compute_loss(y=target, y_pred=predicted), 0.8369882)
    if not isinstance(model.loss, str):  # an object then, not its class
        same(model.loss(target, predicted), 0.8369882)


@exercise("digit_classifier")
def test_the_accuracy_of_the_classifier(learner):
    # 1, 1, 0 and 1; three of them are right
    told = metrics(learner.digit_classifier(), [1, 1, 0, 0], [[0.75], [0.6], [0.1], [0.9]])
    same(told, (0.75,))


@exercise("digit_classifier")
def test_four_epochs_are_enough(learner):
    # of the digits that it has not seen 99 in 100 are right; the start is always the same
    x, y = datasets.digits_01()
    order, draw = np.random.default_rng(8).permutation(len(x)), np.random.default_rng(8)
    x, y, start = x[order].reshape(len(x), 64).astype(np.float32) / 16, y[order], []
    for d, units in [(64, 25), (25, 15), (15, 1)]:
        limit = (6 / (d + units)) ** 0.5
        start += [draw.uniform(-limit, limit, size=(d, units)), np.zeros(units)]
    model = learner.digit_classifier()
    model.set_weights(start)
    model.train_step((x[:8], y[:8]))  # makes what Adam keeps: fit draws one graph, not two
    model.fit(x[:240], y[:240], epochs=4, batch_size=8, shuffle=False, verbose=0)
    right = np.mean((np.ravel(model(x[240:])) >= 0.5) == y[240:])
    assert right >= 0.99, f"after 4 epochs {right:.0%} of the digits are right, and 99% are due"


@exercise("regressor")
def test_as_many_numbers_as_the_features_need(learner):
    # 3·16 + 16 + 16·1 + 1
    same(learner.regressor(3).count_params(), 81)


@exercise("regressor")
def test_any_number_may_come_out(learner):
    # all the weights are 1: 16 · (1 + 2) - 50 = -2 and 16 · (3 + 4) - 50 = 62
    model = learner.regressor(2)
    model.set_weights([np.ones((2, 16)), np.zeros(16), np.ones((16, 1)), np.array([-50.0])])
    same(model(np.array([[1.0, 2.0], [3.0, 4.0]])), [[-2], [62]], kind="tensor")
    # -1 - 2 is negative, and relu makes 0 of it
    same(model(np.array([[-1.0, -2.0]])), [[-50]], kind="tensor")


@exercise("regressor")
def test_the_loss_is_the_mean_of_the_squares(learner):
    # 90 for 93 and 60 for 59: (9 + 1)/2
    target, predicted = np.array([[93.0], [59.0]]), np.array([[90.0], [60.0]])
    model = learner.regressor(2)
    same(model.compute_loss(y=target, y_pred=predicted), 5)
    if not isinstance(model.loss, str):  # an object then, not its class
        same(model.loss(target, predicted), 5)


@exercise("regressor")
def test_a_model_that_is_ready_to_be_trained(learner):
    same(learner.regressor(2).compiled, True)


@exercise("fashion_model")
def test_as_many_numbers_as_the_clothes_need(learner):
    # 784·128 + 128 = 100480, 128·10 + 10 = 1290
    same(learner.fashion_model().count_params(), 101770)


@exercise("fashion_model")
def test_an_image_is_laid_flat(learner):
    # row 1, column 2 of 28 columns is point 30; it alone reaches unit 5, and that one class 7
    model = learner.fashion_model()
    first, second, image = np.zeros((784, 128)), np.zeros((128, 10)), np.zeros((1, 28, 28))
    first[30, 5], second[5, 7], image[0, 1, 2] = 2, -3, 0.5
    model.set_weights([first, np.zeros(128), second, np.ones(10)])
    # 2 · 0.5 = 1, and 1 · (-3) + 1 = -2
    same(model(image), [[1, 1, 1, 1, 1, 1, 1, -2, 1, 1]], kind="tensor")


@exercise("fashion_model")
def test_what_is_below_zero_does_not_get_through(learner):
    # -2 · 0.5 = -1, of which relu leaves 0, so that all the classes keep their bias
    model = learner.fashion_model()
    first, second, image = np.zeros((784, 128)), np.zeros((128, 10)), np.zeros((1, 28, 28))
    first[30, 5], second[5, 7], image[0, 1, 2] = -2, -3, 0.5
    model.set_weights([first, np.zeros(128), second, np.ones(10)])
    same(model(image), np.ones((1, 10)), kind="tensor")


@exercise("fashion_model")
def test_the_loss_of_logits(learner):
    # e^ln 11 = 11 against nine times e^0 = 1: shares of 11/20 and 1/20
    labels, logits = np.array([0, 9]), np.zeros((2, 10))
    logits[:, 0] = 2.3978953
    # -(ln 0.55 + ln 0.05)/2 = (0.5978370 + 2.9957323)/2
    model = learner.fashion_model()
    same(model.loss(labels, logits), 1.7967847)  # an object, not its class
    same(model.compute_loss(y=labels, y_pred=logits), 1.7967847)


@exercise("fashion_model")
def test_the_accuracy_of_logits(learner):
    # the largest are in places 3, 0, 7 and 9; one of the labels is another
    logits = np.eye(10)[[3, 0, 7, 9]] - 5
    same(metrics(learner.fashion_model(), [3, 0, 1, 9], logits), (0.75,))


@exercise("fashion_model")
def test_a_first_step_of_adam(learner):
    # all weights are 0, so that only the ten biases have a slope, 0.1 nine times and -0.9 for class
    # 3. Adam's first step is as long as its learning rate, 0.001, whatever the slope is
    model = learner.fashion_model()
    model.set_weights([np.zeros((784, 128)), np.zeros(128), np.zeros((128, 10)), np.zeros(10)])
    image = np.ones((1, 28, 28))
    assert model.compiled, "the model is not compiled, and cannot be trained"
    model.train_step((image, np.array([3])))
    same(model(image), 0.002 * np.eye(10)[[3]] - 0.001)


@exercise("train_and_evaluate")
def test_nothing_learned_nothing_known(learner):
    # no epoch: the logits of (1, 0) are 1 and 0, and -ln σ(1) = 0.3132617 where 0 is right
    train = np.array([[1.0, 0.0]]), np.array([1])
    test = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0, 1])
    same(learner.train_and_evaluate(probes.Pupil(2, 2), train, test, 0), (0.3132617, 1))


@exercise("train_and_evaluate")
def test_one_epoch(learner):
    # (1, 0) is a 1 now, and its weights move from 1 and 0 by 0.5 · 0.7310586 towards each other
    train = np.array([[1.0, 0.0]]), np.array([1])
    # of (2, 0) the logits are 1.2689414 and 0.7310586, so the 1 loses: -ln σ(-0.5378828)
    test = np.array([[2.0, 0.0]]), np.array([1])
    same(learner.train_and_evaluate(probes.Pupil(2, 2), train, test, 1), (0.9978256, 0))


@exercise("train_and_evaluate")
def test_two_epochs(learner):
    # the shares of (1, 0) are σ(±0.2689414) by now, so the next step is 0.5 · 0.5668330; after it
    # the logits of (2, 0) are 0.7021084 and 1.2978916, and the 1 wins: -ln σ(0.5957832)
    train, test = (np.array([[1.0, 0.0]]), np.array([1])), (np.array([[2.0, 0.0]]), np.array([1]))
    same(learner.train_and_evaluate(probes.Pupil(2, 2), train, test, 2), (0.4389842, 1))


@exercise("train_and_evaluate")
def test_batches_as_keras_makes_them(learner):
    # 64 times the same example are two batches of 32, and so two steps: those of test_two_epochs
    train = np.array([[1.0, 0.0]] * 64), np.array([1] * 64)
    test = np.array([[2.0, 0.0]]), np.array([1])
    same(learner.train_and_evaluate(probes.Pupil(2, 2), train, test, 1), (0.4389842, 1))


@exercise("predict_labels")
def test_the_largest_of_each_row(learner):
    # the first three points are the logits: (5, 1, 2) and (-4, -2, -3)
    images = np.array([[[5.0, 1.0], [2.0, 9.0]], [[-4.0, -2.0], [-3.0, 0.0]]])
    same(learner.predict_labels(probes.Pupil(4, 3), images), [0, 1], dtype="integer")


@exercise("predict_labels")
def test_the_largest_of_all_is_in_the_second_row(learner):
    # (0, 1, 2) and (5, 4, 3)
    images = np.array([[[0.0, 1.0], [2.0, 0.0]], [[5.0, 4.0], [3.0, 0.0]]])
    same(learner.predict_labels(probes.Pupil(4, 3), images), [2, 0], dtype="integer")


@exercise("predict_labels")
def test_one_image_alone(learner):
    image = np.array([[0.0, 1.0], [2.0, 9.0]])
    same(learner.predict_labels(probes.Pupil(4, 3), image), 2, dtype="integer")


@exercise("predict_labels")
def test_a_batch_of_one_image(learner):
    image = np.array([[[0.0, 1.0], [2.0, 9.0]]])
    same(learner.predict_labels(probes.Pupil(4, 3), image), [2], dtype="integer")


IMAGES = np.arange(3 * 2 * 2).reshape(3, 2, 2)


def drawn(figure):
    """The axes of a figure that are to be seen."""
    return [ax for ax in figure.axes if ax.axison and ax.get_visible()]


def name(ax):
    """What stands below an image, or else what stands above it."""
    return ax.get_xlabel() or f"nothing below and {ax.get_title()!r} above"


@exercise("plot_images")
def test_three_images_and_their_names(learner):
    figure = learner.plot_images(IMAGES, np.array([2, 0, 2]), ["bag", "coat", "boot"])
    axes = drawn(figure)
    same([name(ax) for ax in axes], ("boot", "bag", "boot"))
    for ax, image in zip(axes, IMAGES, strict=True):
        (shown,) = ax.get_images()
        same(shown.get_array(), image)


@exercise("plot_images")
def test_no_more_than_25_images(learner):
    figure = learner.plot_images(np.zeros((26, 2, 2)), np.zeros(26, int), ["bag"])
    same(len(drawn(figure)), 25)


@exercise("plot_images")
def test_the_sixth_image_begins_a_row(learner):
    figure = learner.plot_images(np.zeros((6, 2, 2)), np.zeros(6, int), ["bag"])
    places = [ax.get_position(original=True).bounds for ax in drawn(figure)]
    left, bottom, width, height = np.array(places).round(3).T
    same(np.argsort(left[:5]), np.arange(5))  # five beside each other
    same(bottom[:5], [bottom[0]] * 5)
    same((left[5], bool(bottom[5] < bottom[0])), (left[0], True))  # and below the first, the sixth
    # a fifth of the figure each, whatever is left free
    assert width.max() <= 0.2 >= height.max(), "there is no place for five rows of five"


@exercise("plot_images")
def test_no_ticks(learner):
    figure = learner.plot_images(IMAGES[:1], np.array([0]), ["bag"])
    (ax,) = drawn(figure)
    same((len(ax.get_xticks()), len(ax.get_yticks())), (0, 0))


@exercise("plot_history")
def test_a_line_for_each_loss(learner):
    figure = learner.plot_history({"loss": [0.9, 0.5, 0.4], "val_loss": [1.0, 0.8, 0.85]})
    (ax,) = figure.axes
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    lines = dict(zip(names, ax.get_lines(), strict=True))
    same(lines["loss"].get_ydata(orig=False), [0.9, 0.5, 0.4])
    same(lines["val_loss"].get_ydata(orig=False), [1.0, 0.8, 0.85])
    for line in lines.values():
        same(line.get_xdata(orig=False), [1, 2, 3])


@exercise("plot_history")
def test_what_fit_gave_back(learner):
    # a History, with no validation loss in it
    figure = learner.plot_history(probes.Diary((0.7, 0.6)))
    (ax,) = figure.axes
    same([text.get_text() for text in ax.get_legend().get_texts()], ("loss",))
    same((ax.get_xlabel(), ax.get_ylabel()), ("epoch", "loss"))


@exercise("plot_history")
def test_an_accuracy_is_left_out(learner):
    figure = learner.plot_history({"accuracy": [0.6, 0.7], "loss": [0.7, 0.6]})
    (ax,) = figure.axes
    same([text.get_text() for text in ax.get_legend().get_texts()], ("loss",))
