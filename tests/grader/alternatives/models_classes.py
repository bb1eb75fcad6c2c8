"""Chapter 10 by classes of one's own, layers added one by one, and pyplot's current figure."""

import keras
import matplotlib.pyplot as plt
import numpy as np


class Network(keras.Model):
    """Dense layers with an activation for each, on inputs that are laid flat."""

    def __init__(self, inputs, *pairs):
        super().__init__()
        self.flat = keras.layers.Flatten()
        self.dense = [keras.layers.Dense(units, activation=name) for units, name in pairs]
        self(np.zeros((1, *inputs), "float32"))

    def call(self, x):
        x = self.flat(x)
        for layer in self.dense:
            x = layer(x)
        return x


def kimchi_model():
    model = keras.models.Sequential()
    model.add(keras.layers.InputLayer(shape=(2,)))
    model.add(keras.layers.Dense(units=3, activation=keras.activations.sigmoid))
    model.add(keras.layers.Dense(units=1, activation=keras.activations.sigmoid))
    return model


def digit_classifier():
    model = Network((64,), (25, "sigmoid"), (15, "sigmoid"), (1, "sigmoid"))
    loss = keras.losses.BinaryCrossentropy()
    model.compile(keras.optimizers.SGD(0.5, momentum=0.9), loss=loss, metrics=["acc"])
    return model


def regressor(n_features):
    model = Network((n_features,), (16, "relu"), (1, None))
    model.compile(loss=keras.losses.MeanSquaredError())
    return model


def fashion_model():
    model = Network((28, 28), (128, "relu"), (10, "linear"))
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        optimizer=keras.optimizers.Adam(1e-3),
        metrics=["accuracy"],
    )
    return model


def train_and_evaluate(model, train, test, epochs):
    """With validation on what is learned anyway, and the exam in one batch."""
    model.fit(train[0], train[1], 32, epochs, 0, validation_data=train)
    scores = model.evaluate(x=test[0], y=test[1], batch_size=len(test[0]), verbose=False)
    return float(scores[0]), float(scores[1])


def predict_labels(model, images):
    """One image after the other."""
    if images.ndim == 3:
        return np.array([predict_labels(model, image) for image in images])
    (logits,) = model.predict(np.expand_dims(images, 0), verbose=0)
    return max(range(len(logits)), key=lambda k: logits[k])


def plot_images(images, labels, class_names):
    """By the current figure."""
    figure = plt.figure(figsize=(10, 10))
    for i in range(25):
        plt.subplot(5, 5, i + 1)
        if i >= len(images):
            plt.axis("off")
            continue
        plt.xticks([])
        plt.yticks([])
        plt.grid(False)
        plt.imshow(images[i], cmap=plt.cm.binary)
        plt.xlabel(class_names[labels[i]])
    return figure


def plot_history(history):
    """By the current figure."""
    if not isinstance(history, dict):
        history = history.history
    figure = plt.figure()
    epochs = [1 + k for k, _ in enumerate(history["loss"])]
    if "val_loss" in history:
        plt.plot(epochs, history["val_loss"], label="val_loss")
    plt.plot(epochs, history["loss"], "--", label="loss")
    plt.xlabel("epoch")
    plt.ylabel("loss")
    plt.legend(loc="upper right")
    return figure
