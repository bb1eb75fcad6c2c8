"""The real thing: what you wrote by hand in nine chapters, now in Keras, and put to use.

Shapes: one example along the first axis of everything that goes in or comes out; n may be 1.
Numbers, images and labels are NumPy arrays. A model that is asked for is complete: it has its
weights from the start, which takes a `keras.Input(…)` in front of the layers, and every call makes
a new one. Give a loss as an object, `keras.losses.…(…)`, or by its name as a string, and not as a
class. Matplotlib takes a moment to load: write `import matplotlib.pyplot as plt` inside the two
functions that draw.
"""

import keras
import numpy as np


def kimchi_model():
    """The network of chapter 3 as a Keras model: 2 inputs, 3 sigmoid units, 1 sigmoid unit.

    returns  model (n, 2) → (n, 1)  weights and biases of its layers in turn: (2, 3), (3,), (3, 1),
                                    (1,)

    An input is a temperature and a duration, both standardized; the output is the probability of a
    good stew. It is not compiled, since nobody trains it here.

    >>> model = kimchi_model()
    >>> model.count_params()
    13
    >>> complaints = [[-4, 0, 3], [0, -4, 2]], [-3, -1, -4]
    >>> verdict = [[-6], [-6], [-6]], [3]
    >>> model.set_weights([np.array(v) for v in (*complaints, *verdict)])
    >>> model(np.array([[0.5, 0.5]])).numpy().round(3)  # 180 °C for 90 min
    array([[0.829]], dtype=float32)
    """
    raise NotImplementedError("kimchi_model is still to do")


def digit_classifier():
    """Is it a 0 or a 1? Layers of 25, 15 and 1 sigmoid units on 64 inputs, ready to be trained.

    returns  model (n, 64) → (n, 1)  compiled; weights (64, 25), (25,), (25, 15), (15,), (15, 1),
                                     (1,)

    An input is a digit of 8×8 points, laid flat and scaled to 0..1; the output is the probability
    of a 1, and labels are 0 or 1. The loss is `keras.losses.BinaryCrossentropy()`, the one metric
    the accuracy. The optimizer is Adam with a learning rate of 0.01, or another that learns as
    fast: after 4 epochs in batches of 8 it is right about 99 in 100 digits it has not seen.

    >>> model = digit_classifier()
    >>> [layer.units for layer in model.layers]
    [25, 15, 1]
    >>> model.loss.name
    'binary_crossentropy'
    """
    raise NotImplementedError("digit_classifier is still to do")


def regressor(n_features):
    """A model for a quantity, such as minutes: 16 relu units, then 1 unit that may say any number.

    n_features  integer                   how many numbers describe an example
    returns     model (n, d) → (n, 1)     d = n_features; compiled; weights (d, 16), (16,), (16, 1),
                                          (1,)

    The loss is `keras.losses.MeanSquaredError()`. The optimizer is any that you like; no metric is
    needed.

    >>> model = regressor(4)
    >>> model.count_params()  # 4·16 + 16 + 16·1 + 1
    97
    >>> model.set_weights([np.zeros((4, 16)), np.zeros(16), np.zeros((16, 1)), np.array([90.0])])
    >>> model(np.ones((1, 4))).numpy()
    array([[90.]], dtype=float32)
    """
    raise NotImplementedError("regressor is still to do")


def fashion_model():
    """Which of ten pieces of clothing? Images laid flat, 128 relu units, 10 logits.

    returns  model (n, 28, 28) → (n, 10)  compiled; weights (784, 128), (128,), (128, 10), (10,)

    An input is an image of grey values from 0 to 1, the output a row of logits, any numbers, and
    labels are class numbers from 0 to 9. Optimizer: Adam as Keras has it. Loss:
    `keras.losses.SparseCategoricalCrossentropy`, which has to be told that it gets logits. The one
    metric is the accuracy.

    >>> model = fashion_model()
    >>> model.count_params()  # 784·128 + 128 + 128·10 + 10
    101770
    >>> model(np.zeros((2, 28, 28))).shape
    TensorShape([2, 10])
    """
    raise NotImplementedError("fashion_model is still to do")


def train_and_evaluate(model, train, test, epochs):
    """Train a model on `train`, then examine it, once, on `test`.

    model    a compiled Keras model        with the accuracy as its one metric
    train    (x, y)                        a pair of arrays, to be learned from, all of it
    test     (x, y)                        a pair of arrays, never learned from
    epochs   integer                       how often to go through `train`, in Keras's own batches
                                           of 32
    returns  (loss, accuracy)              two floats, on `test` and after all the training

    Use `fit` and `evaluate`. `test` is touched by one call of `evaluate` and by nothing else, not
    even as validation data. `verbose=0` keeps both of them quiet.

    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2, "softmax", False)])
    >>> model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    >>> model.set_weights([np.array([[-1.0, 1.0]])])
    >>> x, y = np.array([[2.0], [-1.0], [3.0], [-4.0]]), np.array([1, 0, 1, 1])
    >>> loss, accuracy = train_and_evaluate(model, (x[:2], y[:2]), (x[2:], y[2:]), epochs=3)
    >>> accuracy  # right about 3, wrong about -4
    0.5
    """
    raise NotImplementedError("train_and_evaluate is still to do")


def predict_labels(model, images):
    """The class number with the largest logit: of each image, or of one image alone.

    model    a Keras model         from images (n, height, width) to logits (n, classes)
    images   (n, height, width)    n images, or a single one
             or (height, width)
    returns  (n,) integers         class numbers, counted from 0; for a single image one integer
             or an integer

    A batch of one image, (1, height, width), gives (1,).

    >>> model = keras.Sequential([keras.Input((1, 3)), keras.layers.Flatten()])
    >>> images = np.array([[[-1.0, 5.0, 2.0]], [[7.0, 0.0, 6.0]]])  # 2 of 1×3 points
    >>> predict_labels(model, images)
    array([1, 0])
    >>> int(predict_labels(model, images[0]))
    1
    """
    raise NotImplementedError("predict_labels is still to do")


def plot_images(images, labels, class_names):
    """The first 25 images in five rows of five, each with the name of its class below.

    images       (n, height, width)   grey values, shown as they are; n may be more or less than 25
    labels       (n,) integers        class numbers, counted from 0
    class_names  list of strings      the name of each class
    returns      matplotlib Figure    a new one; image i is in row i // 5, column i % 5

    A name is the label of its x axis, and stays visible. There are no ticks: `ax.get_xticks()` and
    `ax.get_yticks()` are empty. With fewer than 25 images the rest of the 5×5 places is blank: no
    axes there, or such as are switched off.

    >>> figure = plot_images(np.zeros((3, 2, 2)), np.array([1, 0, 1]), ["bag", "coat"])
    >>> [ax.get_xlabel() for ax in figure.axes if ax.axison]
    ['coat', 'bag', 'coat']
    """
    raise NotImplementedError("plot_images is still to do")


def plot_history(history):
    """The loss over the epochs, and the validation loss if there is one.

    history  what `fit` returned  a keras History, or its dict `history.history`: {"loss": [...]},
                                  perhaps with "val_loss" and other keys
    returns  matplotlib Figure    a new one with a single pair of axes

    One line for "loss" and one for "val_loss" where it is there, over the epochs 1, 2, 3, …; the
    other keys are left out. The legend calls each line by its key. The x axis is labelled "epoch",
    the y axis "loss".

    >>> figure = plot_history({"accuracy": [0.5, 0.75], "loss": [0.9, 0.6], "val_loss": [0.9, 0.8]})
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['loss', 'val_loss']
    """
    raise NotImplementedError("plot_history is still to do")
