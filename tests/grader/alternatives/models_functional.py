"""Chapter 10 by the functional API and with Keras's other names: layers called, losses by name."""

import numpy as np
import tensorflow as tf
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

layers = tf.keras.layers


def _network(shape, *steps):
    inputs = outputs = tf.keras.Input(shape)
    for step in steps:
        outputs = step(outputs)
    return tf.keras.Model(inputs, outputs)


def kimchi_model():
    """The activation may be a layer of its own, or a function."""
    hidden = layers.Dense(3, kernel_initializer="he_normal"), layers.Activation("sigmoid")
    return _network((2,), *hidden, layers.Dense(1, tf.sigmoid))


def digit_classifier():
    """Another optimizer that is as fast, the loss by its name, the metric as an object."""
    sizes = 25, 15, 1
    model = _network((64,), *(layers.Dense(units, "sigmoid") for units in sizes))
    model.compile(
        optimizer=tf.keras.optimizers.RMSprop(0.01),
        loss="binary_crossentropy",
        metrics=[tf.keras.metrics.BinaryAccuracy()],
    )
    return model


def regressor(n_features):
    """With a metric that nobody asked for."""
    model = _network(
        (n_features,), layers.Dense(16), layers.ReLU(), layers.Dense(1, activation="linear")
    )
    model.compile("sgd", "mse", metrics=["mae"])
    return model


def fashion_model():
    """Laid flat by Reshape; optimizer, loss and metric as objects."""
    model = _network(
        (28, 28), layers.Reshape((784,)), layers.Dense(128, tf.nn.relu), layers.Dense(10)
    )

    model.compile(
        tf.keras.optimizers.Adam(),
        tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, name="clothes"),
        metrics=[tf.keras.metrics.SparseCategoricalAccuracy()],
    )
    return model


def train_and_evaluate(model, train, test, epochs):
    """Epoch by epoch, with a look at the training data, and by the names of the results."""
    x, y = train
    for _ in range(epochs):
        model.fit(x, y, verbose=0)
    if epochs:
        model.evaluate(x, y, verbose=0)
    results = model.evaluate(*test, verbose=0, return_dict=True)
    return [results["loss"], results["accuracy"]]


def predict_labels(model, images):
    """By calling the model, in TensorFlow; the shape says what it is."""
    images = tf.convert_to_tensor(images)
    alone = len(images.shape) == 2
    labels = tf.argmax(model(images[tf.newaxis] if alone else images), axis=1)
    return labels[0] if alone else labels


def plot_images(images, labels, class_names):
    """Without pyplot: 25 axes from a grid, those without an image hidden."""
    figure = Figure(layout="constrained")
    axes = figure.subplots(5, 5).ravel()
    for i, ax in enumerate(axes):
        ax.set_visible(i < len(images))
        if i < len(images):
            ax.imshow(images[i], cmap="viridis")
            ax.set_xlabel(class_names[int(labels[i])], color="blue")
            ax.xaxis.set_major_locator(NullLocator())
            ax.set_yticks(())
    return figure


def plot_history(history):
    """Without pyplot; markers on a logarithmic axis, and a legend from the names alone."""
    told = history.history if isinstance(history, tf.keras.callbacks.History) else history
    names = [name for name in told if name in ("val_loss", "loss")]
    figure = Figure()
    ax = figure.subplots()
    for name in names:
        ax.semilogy(np.arange(len(told[name])) + 1.0, told[name], "o-")
    ax.legend(names)
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    return figure
