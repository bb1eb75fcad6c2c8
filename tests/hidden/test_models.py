"""Hidden tests of chapter 10: what a model computes, whatever it is built of.

A model is asked what it makes of weights that the test has chosen, and what its loss says of
predictions; TensorFlow says what is due. Nothing that a test compares hangs on a model's own random
start.
"""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader import probes
from grader.compare import Mismatch, same
from grader.plugin import exercise
from grader.references import reference


def shapes(model):
    """The shapes of all weights and biases, in the order of the layers."""
    return [tuple(weights.shape) for weights in model.weights]


def weights(rng, *sizes, scale=1.0):
    """Random weights and biases of dense layers, those of each layer in turn."""
    pairs = itertools.pairwise(sizes)
    made = [[rng.normal(size=pair), rng.normal(size=pair[1])] for pair in pairs]
    return [(scale * array).astype(np.float32) for pair in made for array in pair]


@reference
def forward(x, given, hidden, last):
    """What dense layers of given weights make of x, one activation inside and one at the end."""
    hidden, last = (getattr(keras.activations, name) for name in (hidden, last))
    x = tf.reshape(tf.cast(x, tf.float32), (len(x), -1))
    while given:
        W, b, *given = given
        x = (hidden if given else last)(x @ W + b)
    return x.numpy()


def check_loss(model, y, predicted, due):
    """What the loss of a model says of predictions: an object or a name, no class."""
    same(model.compiled, True)
    if not isinstance(model.loss, str | None):
        same(model.loss(y, predicted), due)
    same(model.compute_loss(y=y, y_pred=predicted), due)


def metrics(model, y, predicted):
    """What the metrics of a model say of predictions."""
    model.reset_metrics()
    told = model.compute_metrics(x=None, y=y, y_pred=predicted)
    return [value for name, value in told.items() if name != "loss"]


def check_two_models(make, rng, *sizes):
    """Each call makes a model of its own: what one is given the other does not get."""
    x, given = rng.normal(size=(2, sizes[0])), weights(rng, *sizes)
    one, other = make(), make()
    one.set_weights(given)
    before = one(x)
    other.set_weights([np.zeros_like(array) for array in given])
    same(one(x), before)


# kimchi_model


@exercise("kimchi_model")
def test_the_shapes_of_the_kimchi_model(learner):
    """the weights are there from the start, in the shapes (2, 3), (3,), (3, 1) and (1,)"""
    same(shapes(learner.kimchi_model()), ((2, 3), (3,), (3, 1), (1,)))


@exercise("kimchi_model")
def test_the_kimchi_model_with_any_weights(learner, rng):
    """both layers are sigmoid layers with biases, for a batch of any size"""
    model = learner.kimchi_model()
    for n in (1, 2, 7):
        given, x = weights(rng, 2, 3, 1), rng.normal(size=(n, 2))
        model.set_weights(given)
        same(model(x), forward(x, given, "sigmoid", "sigmoid"), kind="tensor")


@exercise("kimchi_model")
def test_the_worked_example_of_chapter_3(learner):
    """with the weights of chapter 3 it decides about the pots as chapter 3 did"""
    model = learner.kimchi_model()
    complaints = np.array([[-4.0, 0.0, 3.0], [0.0, -4.0, 2.0]]), np.array([-3.0, -1.0, -4.0])
    judge = np.array([[-6.0], [-6.0], [-6.0]]), np.array([3.0])
    pots = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0], [0.5, 0.5]])
    model.set_weights([*complaints, *judge])
    due = forward(pots, [*complaints, *judge], "sigmoid", "sigmoid")
    same(model(pots), due, kind="tensor")
    same(due >= 0.5, np.array([[False], [False], [False], [False], [True]]))


@exercise("kimchi_model")
def test_two_kimchi_models(learner, rng):
    """each call makes a model of its own"""
    check_two_models(learner.kimchi_model, rng, 2, 3, 1)


# digit_classifier


def entropy(y, p):
    """The binary cross-entropy, the mean over the examples, by TensorFlow in float64."""
    p = tf.cast(tf.reshape(p, -1), tf.float64)
    return tf.reduce_mean(-tf.math.log(tf.where(np.ravel(y) == 1, p, 1 - p)))


@exercise("digit_classifier")
def test_the_shapes_of_the_digit_classifier(learner):
    """the layers have 25, 15 and 1 units, on 64 inputs"""
    due = (64, 25), (25,), (25, 15), (15,), (15, 1), (1,)
    same(shapes(learner.digit_classifier()), due)


@exercise("digit_classifier")
def test_the_digit_classifier_with_any_weights(learner, rng):
    """all three layers are sigmoid layers with biases"""
    model, given = learner.digit_classifier(), weights(rng, 64, 25, 15, 1, scale=0.5)
    model.set_weights(given)
    for n in (1, 6):
        x = rng.uniform(size=(n, 64))
        same(model(x), forward(x, given, "sigmoid", "sigmoid"), kind="tensor")


@exercise("digit_classifier")
def test_the_loss_of_the_digit_classifier(learner, rng):
    """the loss is an object or its name, and takes a column of probabilities"""
    model = learner.digit_classifier()
    p, y = rng.uniform(0.02, 0.98, size=(7, 1)), np.array([1, 0, 0, 1, 1, 0, 1])
    check_loss(model, y[:, np.newaxis], p, entropy(y, p))
    check_loss(model, y, p, entropy(y, p))


@exercise("digit_classifier")
def test_the_accuracy_of_the_digit_classifier(learner, rng):
    """the one metric is the share of digits that are told right"""
    model = learner.digit_classifier()
    for n in (1, 9):
        y, p = rng.integers(2, size=n), rng.uniform(size=(n, 1))
        same(metrics(model, y, p), (np.mean((p[:, 0] >= 0.5) == y),))


@exercise("digit_classifier")
def test_the_digit_classifier_keeps_its_feet(learner, rng):
    """whatever optimizer it has, its first steps do not make it much worse"""
    x, y = rng.uniform(size=(12, 64)), np.repeat([1, 0], [8, 4])
    model = learner.digit_classifier()
    model.set_weights(weights(rng, 64, 25, 15, 1, scale=0.1))
    before = entropy(y, model(x))
    for _ in range(2):
        model.train_step((x, y))
        if not (after := entropy(y, model(x))) < 2 * before:
            raise Mismatch(f"has a loss of {after:.2f} after a step, and had one of {before:.2f}")


@exercise("digit_classifier")
def test_two_digit_classifiers(learner, rng):
    """each call makes a model of its own"""
    check_two_models(learner.digit_classifier, rng, 64, 25, 15, 1)


# regressor


@exercise("regressor")
@pytest.mark.parametrize("d", [1, 3, 8])
def test_the_shapes_of_the_regressor(learner, d):
    """16 units and then 1, on as many inputs as there are features"""
    same(shapes(learner.regressor(d)), ((d, 16), (16,), (16, 1), (1,)))


@exercise("regressor")
@pytest.mark.parametrize(("n", "d"), [(1, 2), (5, 1), (9, 4)])
def test_the_regressor_with_any_weights(learner, rng, n, d):
    """relu inside and nothing at the end: any number can come out, for a batch of any size"""
    model, given = learner.regressor(d), weights(rng, d, 16, 1)
    x = rng.normal(size=(n, d))
    for size in (1, 30):
        given[2], given[3] = size * given[2], size * given[3]
        model.set_weights(given)
        same(model(x), forward(x, given, "relu", "linear"), kind="tensor", terms=size**2)


@exercise("regressor")
def test_the_loss_of_the_regressor(learner, rng):
    """the loss, an object or its name, is the mean squared error"""
    model = learner.regressor(2)
    for n, size in itertools.product((1, 2, 9), (0.1, 1, 40)):
        y, p = size * rng.normal(size=(n, 1)), size * rng.normal(size=(n, 1))
        check_loss(model, y, p, tf.reduce_mean((y - p) ** 2))


@exercise("regressor")
def test_two_regressors(learner, rng):
    """each call makes a model of its own"""
    check_two_models(lambda: learner.regressor(5), rng, 5, 16, 1)


# fashion_model


def sparse_entropy(labels, logits):
    """The cross-entropy of logits, the mean over the examples, by TensorFlow in float64."""
    logits = tf.cast(logits, tf.float64)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))


@exercise("fashion_model")
def test_the_shapes_of_the_fashion_model(learner):
    """128 units and then 10, on 784 inputs"""
    same(shapes(learner.fashion_model()), ((784, 128), (128,), (128, 10), (10,)))


@exercise("fashion_model")
def test_the_fashion_model_with_any_weights(learner, rng):
    """images are laid flat row by row, then there is a relu layer, and logits at the end"""
    model, given = learner.fashion_model(), weights(rng, 784, 128, 10, scale=0.1)
    model.set_weights(given)
    for n in (1, 4):
        x = rng.uniform(size=(n, 28, 28))
        same(model(x), forward(x, given, "relu", "linear"), kind="tensor", terms=784)


@exercise("fashion_model")
def test_the_loss_of_the_fashion_model(learner, rng):
    """the loss is an object, and takes logits, small ones and large ones, and class numbers"""
    model = learner.fashion_model()
    for size in (0.1, 1, 100):
        logits, labels = size * rng.normal(size=(12, 10)), rng.integers(10, size=12)
        check_loss(model, labels, logits, sparse_entropy(labels, logits))


@exercise("fashion_model")
def test_the_accuracy_of_the_fashion_model(learner, rng):
    """the one metric is the share of images whose largest logit is in the right place"""
    model = learner.fashion_model()
    for n in (1, 10):
        logits = rng.normal(size=(n, 10))
        labels = np.argmax(logits, axis=1)
        labels[:3] = (labels[:3] + 1) % 10
        same(metrics(model, labels, logits), (max(0, n - 3) / n,))


def sketches(rng, n):
    """Images of ten kinds, each a pattern of its own under noise, and their class numbers."""
    patterns = np.random.default_rng(10).uniform(size=(10, 28, 28))
    labels = rng.permutation(np.arange(n) % 10)
    return np.clip(patterns[labels] + rng.normal(scale=0.2, size=(n, 28, 28)), 0, 1), labels


@reference
def trained_by_adam(given, x, y, steps):
    """What Keras's layers make of x after some steps of Adam from these weights."""
    hidden, last = keras.layers.Dense(128, activation="relu"), keras.layers.Dense(10)
    twin = keras.Sequential([keras.Input((784,)), hidden, last])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    twin.compile("adam", loss)
    twin.set_weights(given)
    for _ in range(steps):
        twin.train_step((x, y))
    return twin(x).numpy()


@exercise("fashion_model")
def test_the_fashion_model_is_trained_by_adam(learner, rng):
    """it is trained as Adam with Keras's own settings does, on images of ten kinds"""
    given, (x, y) = weights(rng, 784, 128, 10, scale=0.05), sketches(rng, 40)
    model = learner.fashion_model()
    model.set_weights(given)
    for _ in range(3):
        model.train_step((x, y))  # as fit does it, without drawing up a graph for three steps
    same(model(x), trained_by_adam(given, x.reshape(-1, 784), y, 3), terms=128)


@exercise("fashion_model")
def test_two_fashion_models(learner, rng):
    """each call makes a model of its own"""
    one, other = learner.fashion_model(), learner.fashion_model()
    x, given = rng.uniform(size=(2, 28, 28)), weights(rng, 784, 128, 10, scale=0.1)
    one.set_weights(given)
    before = one(x)
    other.set_weights([np.zeros_like(array) for array in given])
    same(one(x), before)


# train_and_evaluate


def groups(rng, n, inputs, classes):
    """Examples in groups that overlap, one for each class, and their class numbers."""
    centres = np.random.default_rng(classes).normal(scale=1.5, size=(classes, inputs))
    labels = rng.permutation(np.arange(n) % classes)
    return centres[labels] + rng.normal(size=(n, inputs)), labels


@reference
def examined(order, train, test, epochs):
    """Loss and accuracy of a Pupil that is trained and examined as it should be."""
    pupil = probes.Pupil(*order)
    pupil.fit(*train, epochs=epochs)
    return tuple(pupil.evaluate(*test))


@exercise("train_and_evaluate")
@pytest.mark.parametrize("epochs", [1, 2, 7])
@pytest.mark.parametrize(
    ("order", "n", "n_test"), [((4, 3), 20, 9), ((2, 2), 1, 1), ((3, 5), 32, 40), ((6, 4), 71, 8)]
)
def test_trained_on_one_and_examined_on_the_other(learner, rng, order, n, n_test, epochs):
    """all of train is learned from, for so many epochs, and the results are those on test"""
    train, test = groups(rng, n, *order), groups(rng, n_test, *order)
    answer = learner.train_and_evaluate(probes.Pupil(*order), train, test, epochs)
    same(answer, examined(order, train, test, epochs))


@exercise("train_and_evaluate")
def test_images_and_labels_in_a_column(learner, rng):
    """examples may be images, and labels a column (n, 1)"""
    (x, y), (x_test, y_test) = groups(rng, 12, 6, 3), groups(rng, 7, 6, 3)
    train = x.reshape(-1, 2, 3).astype(np.float32), y[:, np.newaxis]
    test = x_test.reshape(-1, 2, 3).astype(np.float32), y_test[:, np.newaxis]
    answer = learner.train_and_evaluate(probes.Pupil(6, 3), train, test, 4)
    same(answer, examined((6, 3), train, test, 4))


# predict_labels


@exercise("predict_labels")
@pytest.mark.parametrize(
    ("n", "shape", "classes"),
    [(5, (28, 28), 10), (28, (28, 28), 10), (40, (4, 6), 3), (3, (2, 2), 3), (2, (1, 5), 5)],
)
def test_many_images(learner, rng, n, shape, classes):
    """each image gets the number of the class with its largest logit"""
    pupil, images = probes.Pupil(shape[0] * shape[1], classes), rng.normal(size=(n, *shape))
    due = tf.argmax(pupil(images), axis=1)
    same(learner.predict_labels(pupil, images), due, dtype="integer")


@exercise("predict_labels")
def test_no_logit_above_zero(learner, rng):
    """logits are any numbers: the largest may be negative, or far above 1"""
    for shift in (-50, 50):
        pupil, images = probes.Pupil(12, 4), shift + rng.normal(size=(6, 3, 4))
        due = tf.argmax(pupil(images), axis=1)
        same(learner.predict_labels(pupil, images), due, dtype="integer")


@exercise("predict_labels")
@pytest.mark.parametrize(("shape", "classes"), [((28, 28), 10), ((3, 5), 4)])
def test_a_batch_of_one(learner, rng, shape, classes):
    """a batch of one image gives one number in an array"""
    pupil, images = probes.Pupil(shape[0] * shape[1], classes), rng.normal(size=(1, *shape))
    due = tf.argmax(pupil(images), axis=1)
    same(learner.predict_labels(pupil, images), due, dtype="integer")


@exercise("predict_labels")
@pytest.mark.parametrize(("shape", "classes"), [((28, 28), 10), ((2, 7), 3), ((1, 4), 4)])
def test_an_image_alone(learner, rng, shape, classes):
    """a single image gives a single number"""
    for dtype in (np.float32, np.float64):
        pupil = probes.Pupil(shape[0] * shape[1], classes)
        image = rng.normal(size=shape).astype(dtype)
        due = tf.argmax(pupil(image[np.newaxis]), axis=1)[0]
        same(learner.predict_labels(pupil, image), due, dtype="integer")


# plot_images and plot_history: a process may hold 20 figures before pyplot warns of them

NAMES = ["shirt", "bag", "coat", "boot"]


def pictures(rng, n):
    return rng.uniform(size=(n, 3, 4)), rng.permutation(np.arange(n) % len(NAMES))


def drawn(figure):
    """The axes of a figure that are to be seen."""
    return [ax for ax in figure.axes if ax.axison and ax.get_visible()]


@exercise("plot_images")
def test_images_as_they_are(learner, rng):
    """all the images that there are, up to 25, are shown in their order and as they are"""
    images, labels = pictures(rng, 4)
    axes = drawn(learner.plot_images(images, labels, NAMES))
    same(len(axes), 4)
    for ax, image in zip(axes, images, strict=False):
        shown = [picture.get_array() for picture in ax.get_images()]
        same(shown, (image,))


@exercise("plot_images")
def test_the_names_below(learner, rng):
    """the x label of each image is the name of its class"""
    images, labels = pictures(rng, 8)
    axes = drawn(learner.plot_images(images, labels, NAMES))
    same([ax.get_xlabel() for ax in axes], tuple(NAMES[label] for label in labels))


@exercise("plot_images")
def test_neither_axis_has_ticks(learner, rng):
    """no image has ticks, on neither axis"""
    axes = drawn(learner.plot_images(*pictures(rng, 3), NAMES))
    ticks = [(len(ax.get_xticks()), len(ax.get_yticks())) for ax in axes]
    same(ticks, ((0, 0),) * 3)


@exercise("plot_images")
def test_five_rows_of_five(learner, rng):
    """of the first 25 images number i is in row i // 5 and column i % 5 of five by five places"""
    for n in (25, 7):
        images, labels = pictures(rng, 30 if n == 25 else n)
        axes = drawn(learner.plot_images(images, labels, NAMES))
        same(len(axes), n)
        (last,) = axes[-1].get_images()
        same(last.get_array(), images[n - 1])
        places = np.array([ax.get_position(original=True).bounds for ax in axes])
        same(bool(np.all(places[:, 2:] <= 0.2)), True)
        lefts, bottoms = places[:, :2].round(3).T
        columns = np.unique(lefts, return_inverse=True)[1]
        rows = np.unique(-bottoms, return_inverse=True)[1]
        same((columns, rows), (np.arange(n) % 5, np.arange(n) // 5))
        if n == 25:  # nothing is left free for more of them
            same((bool(lefts.max() > 0.6), bool(bottoms.min() < 0.2)), (True, True))


@exercise("plot_images")
def test_a_new_figure_for_images(learner, rng):
    """each call makes a figure of its own"""
    one = learner.plot_images(*pictures(rng, 2), NAMES)
    other = learner.plot_images(*pictures(rng, 1), NAMES)
    same((len(drawn(one)), len(drawn(other))), (2, 1))


def lines_of(figure):
    """The lines of a figure's only axes, by their names in its legend."""
    same(len(figure.axes), 1)
    (ax,) = figure.axes
    legend = ax.get_legend()
    if legend is None:
        raise Mismatch("has no legend")
    lines, texts = [*ax.get_lines()], [text.get_text() for text in legend.get_texts()]
    same(len(lines), len(texts))
    labels = [line.get_label() for line in lines]
    names = [text if label[:1] == "_" else label for label, text in zip(labels, texts, strict=True)]
    same(sorted(texts), tuple(sorted(names)))
    return dict(zip(names, lines, strict=True))


def check_lines(figure, **losses):
    """There is a line for each of these losses and no other, over the epochs from 1."""
    lines = lines_of(figure)
    same(sorted(lines), tuple(sorted(losses)))
    for name, values in losses.items():
        same(lines[name].get_ydata(orig=False), np.array(values))
        same(lines[name].get_xdata(orig=False), np.arange(1, 1 + len(values)))


@exercise("plot_history")
@pytest.mark.parametrize("n", [1, 6])
def test_both_losses_of_a_dict(learner, rng, n):
    """there are two lines over the epochs from 1, and the legend calls them by their keys"""
    loss, val_loss = rng.uniform(size=(2, n)).tolist()
    history = {"val_loss": val_loss, "loss": loss}
    check_lines(learner.plot_history(history), loss=loss, val_loss=val_loss)


@exercise("plot_history")
def test_no_validation_loss(learner, rng):
    """without a validation loss there is one line"""
    loss = rng.uniform(size=5).tolist()
    check_lines(learner.plot_history({"loss": loss}), loss=loss)


@exercise("plot_history")
def test_other_keys_are_left_out(learner, rng):
    """other keys than the two losses are not drawn"""
    loss, val_loss, accuracy = rng.uniform(size=(3, 4)).tolist()
    history = {"accuracy": accuracy, "loss": loss, "val_accuracy": accuracy, "val_loss": val_loss}
    check_lines(learner.plot_history(history), loss=loss, val_loss=val_loss)


@exercise("plot_history")
def test_a_history_object(learner, rng):
    """what fit gives back is drawn as its dict is"""
    loss, val_loss = map(tuple, rng.uniform(size=(2, 5)).tolist())
    figure = learner.plot_history(probes.Diary(loss, val_loss, loss))
    check_lines(figure, loss=loss, val_loss=val_loss)


@exercise("plot_history")
def test_both_axes_have_a_label(learner, rng):
    """the x axis is labelled epoch, the y axis loss"""
    (ax,) = learner.plot_history({"loss": rng.uniform(size=3).tolist()}).axes
    same((ax.get_xlabel(), ax.get_ylabel()), ("epoch", "loss"))


@exercise("plot_history")
def test_a_new_figure_for_a_history(learner, rng):
    """each call makes a figure of its own, and leaves the last one as it was"""
    first, second = rng.uniform(size=(2, 3)).tolist()
    one = learner.plot_history({"loss": first})
    other = learner.plot_history({"loss": second})
    check_lines(one, loss=first)
    check_lines(other, loss=second)
