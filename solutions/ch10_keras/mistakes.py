"""Wrong answers to ch10_keras that learners really give; each docstring is its diagnosis."""

import functools

import keras
import numpy as np

Dense, Flatten, Input = keras.layers.Dense, keras.layers.Flatten, keras.Input


def _model(*layers, compiled=True, **settings):
    model = keras.Sequential(layers)
    if compiled:
        model.compile(**settings)
    return model


# kimchi_model


def _kimchi(*layers):
    return _model(Input((2,)), *layers, compiled=False)


def kimchi_model_without_input():
    """Your model cannot know its weights before it has seen a pot; say what a pot looks like with
    keras.Input((2,)) in front of the layers."""
    layers = Dense(3, activation="sigmoid"), Dense(1, activation="sigmoid")
    return _model(*layers, compiled=False)


def kimchi_model_inputs_as_a_layer():
    """Your first Dense has 2 units, as there are 2 inputs; but inputs are no layer, they have no
    weights. keras.Input((2,)) is all that they need, then Dense 3 and Dense 1."""
    sizes = 2, 3, 1
    return _kimchi(*(Dense(units, activation="sigmoid") for units in sizes))


def kimchi_model_upside_down():
    """The layers stand in the wrong order: data goes through the list from the front, so Dense 3
    comes first and Dense 1 last."""
    return _kimchi(Dense(1, activation="sigmoid"), Dense(3, activation="sigmoid"))


def kimchi_model_without_activations():
    """Your layers are linear, and two of those are one; give both of them activation="sigmoid"."""
    return _kimchi(Dense(3), Dense(1))


def kimchi_model_linear_inside():
    """Your hidden layer has no activation, so it is lost in the next one; give it
    activation="sigmoid" as well."""
    return _kimchi(Dense(3), Dense(1, activation="sigmoid"))


def kimchi_model_linear_at_the_end():
    """What comes out is the weighted sum of the last unit; a probability needs activation="sigmoid"
    there too."""
    return _kimchi(Dense(3, activation="sigmoid"), Dense(1))


def kimchi_model_relu_inside():
    """Your hidden units are relu; the complaints of chapter 3 are sigmoid units, between 0 and
    1."""
    return _kimchi(Dense(3, activation="relu"), Dense(1, activation="sigmoid"))


def kimchi_model_softmax_of_one():
    """A softmax over a single unit is always 1, whatever the pot is like; for yes or no take a
    sigmoid."""
    return _kimchi(Dense(3, activation="sigmoid"), Dense(1, activation="softmax"))


def kimchi_model_without_biases():
    """You leave the biases out with use_bias=False; every unit has one, 13 numbers in all."""
    sizes = 3, 1
    return _kimchi(*(Dense(units, activation="sigmoid", use_bias=False) for units in sizes))


@functools.cache
def _the_only_kimchi_model():
    return _kimchi(Dense(3, activation="sigmoid"), Dense(1, activation="sigmoid"))


def kimchi_model_one_for_all():
    """You make one model outside of the function and hand the same one out each time, so that
    setting the weights of one sets those of all; build it inside."""
    return _the_only_kimchi_model()


# digit_classifier


def _sigmoids(*sizes):
    return [Dense(units, activation="sigmoid") for units in sizes]


def _classifier(*layers, **settings):
    layers = layers or (Input((64,)), *_sigmoids(25, 15, 1))
    usual = {
        "optimizer": keras.optimizers.Adam(learning_rate=0.01),
        "loss": keras.losses.BinaryCrossentropy(),
        "metrics": ["accuracy"],
    }
    return _model(*layers, **(usual | settings))


def digit_classifier_without_input():
    """Your model has no weights before it has seen a digit; say what one looks like with
    keras.Input((64,)) in front of the layers."""
    return _classifier(*_sigmoids(25, 15, 1))


def digit_classifier_inputs_of_chapter_3():
    """Your model expects 400 points, as the pictures of chapter 3 had; these digits have 8 · 8, so
    64."""
    return _classifier(Input((400,)), *_sigmoids(25, 15, 1))


def digit_classifier_images():
    """Your model takes tables of 8×8 points; the digits come laid flat here, so Input((64,)) and no
    Flatten."""
    return _classifier(Input((8, 8)), Flatten(), *_sigmoids(25, 15, 1))


def digit_classifier_upside_down():
    """Your layers have 15 and then 25 units; it is 25, 15 and 1 from the front."""
    return _classifier(Input((64,)), *_sigmoids(15, 25, 1))


def digit_classifier_without_the_middle():
    """The layer of 15 units is missing: 25, 15 and 1."""
    return _classifier(Input((64,)), *_sigmoids(25, 1))


def digit_classifier_two_outputs():
    """You have a unit for each of the two digits; one unit is asked for, the probability of a 1,
    with the binary cross-entropy."""
    layers = *_sigmoids(25, 15), Dense(2, activation="softmax")
    return _classifier(Input((64,)), *layers, loss=keras.losses.SparseCategoricalCrossentropy())


def digit_classifier_softmax_of_one():
    """A softmax over a single unit is always 1, so that every digit is a 1 and nothing can be
    learned; for yes or no take a sigmoid."""
    return _classifier(Input((64,)), *_sigmoids(25, 15), Dense(1, activation="softmax"))


def digit_classifier_relu_inside():
    """Your hidden layers are relu; here all three are sigmoid layers."""
    inside = [Dense(units, activation="relu") for units in (25, 15)]
    return _classifier(Input((64,)), *inside, Dense(1, activation="sigmoid"))


def digit_classifier_logits():
    """Your last layer gives logits, and the loss takes them for probabilities; give it
    activation="sigmoid"."""
    return _classifier(Input((64,)), *_sigmoids(25, 15), Dense(1))


def digit_classifier_sigmoid_twice():
    """Your last layer has a sigmoid, and from_logits=True makes the loss take another one; leave
    from_logits out, since it gets probabilities."""
    return _classifier(loss=keras.losses.BinaryCrossentropy(from_logits=True))


def digit_classifier_squares():
    """Your loss is the mean squared error, which is lazy where the network is most wrong; take
    keras.losses.BinaryCrossentropy()."""
    return _classifier(loss=keras.losses.MeanSquaredError())


def digit_classifier_categorical():
    """The categorical cross-entropy of a single unit is always 0, and nothing is learned; for one
    unit it is keras.losses.BinaryCrossentropy()."""
    return _classifier(loss="categorical_crossentropy")


def digit_classifier_sparse():
    """The sparse categorical cross-entropy wants a unit for each class and finds one unit; for that
    it is keras.losses.BinaryCrossentropy()."""
    return _classifier(loss="sparse_categorical_crossentropy")


def digit_classifier_loss_class():
    """You give compile the class of the loss, not an object of it; the parentheses are missing:
    keras.losses.BinaryCrossentropy()."""
    return _classifier(loss=keras.losses.BinaryCrossentropy)


def digit_classifier_without_accuracy():
    """Your model tells the loss alone; ask for the accuracy with metrics=["accuracy"]."""
    return _classifier(metrics=[])


def digit_classifier_exact_accuracy():
    """keras.metrics.Accuracy() asks whether 0.98 equals 1, and it does not; the string "accuracy"
    lets Keras take the one that fits, with a threshold at 0.5."""
    return _classifier(metrics=[keras.metrics.Accuracy()])


def digit_classifier_slow_sgd():
    """SGD with its learning rate of 0.01 has hardly moved after 4 epochs; take
    keras.optimizers.Adam(learning_rate=0.01)."""
    return _classifier(optimizer="sgd")


def digit_classifier_slow_adam():
    """The name "adam" stands for a learning rate of 0.001, ten times slower than is asked for; take
    keras.optimizers.Adam(learning_rate=0.01)."""
    return _classifier(optimizer="adam")


def digit_classifier_not_compiled():
    """Your model is not compiled, so that it knows no loss and cannot be trained; call
    model.compile(...) before you return it."""
    return _model(Input((64,)), *_sigmoids(25, 15, 1), compiled=False)


def digit_classifier_compile_returned():
    """You return what compile gives, and that is None; it changes the model in place, so return
    model on a line of its own."""
    _classifier()


# regressor


def _regressor(n_features, *layers, **settings):
    layers = layers or (Dense(16, activation="relu"), Dense(1))
    usual = {"optimizer": "adam", "loss": keras.losses.MeanSquaredError()}
    return _model(Input((n_features,)), *layers, **(usual | settings))


def regressor_without_input(n_features):
    """Your model does not know how many features there are, and has no weights; begin with
    keras.Input((n_features,))."""
    model = keras.Sequential([Dense(16, activation="relu"), Dense(1)])
    model.compile(optimizer="adam", loss=keras.losses.MeanSquaredError())
    return model


def regressor_two_features(n_features):
    """Your model takes two features, whatever n_features is; it belongs into
    keras.Input((n_features,))."""
    return _regressor(2)


def regressor_units_for_features(n_features):
    """You give the hidden layer a unit for each feature; it has 16, and n_features goes into
    keras.Input((n_features,))."""
    return _regressor(n_features, Dense(n_features, activation="relu"), Dense(1))


def regressor_without_hidden(n_features):
    """The hidden layer of 16 relu units is missing; one Dense(1) alone draws straight lines."""
    return _regressor(n_features, Dense(1))


def regressor_linear_inside(n_features):
    """Your hidden layer has no activation, and two linear layers are one; give it
    activation="relu"."""
    return _regressor(n_features, Dense(16), Dense(1))


def regressor_sigmoid_inside(n_features):
    """Your hidden units are sigmoids; relu is asked for."""
    return _regressor(n_features, Dense(16, activation="sigmoid"), Dense(1))


def regressor_sigmoid_at_the_end(n_features):
    """A sigmoid at the end can say nothing below 0 or above 1, and 90 minutes never; leave the last
    activation out."""
    layers = Dense(16, activation="relu"), Dense(1, activation="sigmoid")
    return _regressor(n_features, *layers)


def regressor_relu_at_the_end(n_features):
    """A relu at the end makes 0 of everything negative; leave the last activation out."""
    layers = Dense(16, activation="relu"), Dense(1, activation="relu")
    return _regressor(n_features, *layers)


def regressor_softmax_of_one(n_features):
    """A softmax over a single unit is always 1; leave the last activation out."""
    layers = Dense(16, activation="relu"), Dense(1, activation="softmax")
    return _regressor(n_features, *layers)


def regressor_absolute_error(n_features):
    """Your loss is the mean absolute error; the squared one is asked for,
    keras.losses.MeanSquaredError()."""
    return _regressor(n_features, loss="mean_absolute_error")


def regressor_binary_crossentropy(n_features):
    """The binary cross-entropy is for yes or no, and of 90 minutes it makes nonsense; for a
    quantity take keras.losses.MeanSquaredError()."""
    return _regressor(n_features, loss=keras.losses.BinaryCrossentropy())


def regressor_loss_class(n_features):
    """You give compile the class of the loss, not an object of it; the parentheses are missing:
    keras.losses.MeanSquaredError()."""
    return _regressor(n_features, loss=keras.losses.MeanSquaredError)


def regressor_loss_as_a_metric(n_features):
    """You name the squared error among the metrics, which are only looked at; what is to be made
    smaller is the loss: loss=keras.losses.MeanSquaredError()."""
    return _regressor(n_features, loss=None, metrics=["mse"])


def regressor_not_compiled(n_features):
    """Your model is not compiled, so that it knows no loss; call model.compile(...) before you
    return it."""
    layers = Dense(16, activation="relu"), Dense(1)
    return _model(Input((n_features,)), *layers, compiled=False)


def regressor_compile_returned(n_features):
    """You return what compile gives, and that is None; it changes the model in place, so return
    model on a line of its own."""


# fashion_model


def _fashion(*layers, **settings):
    layers = layers or (Input((28, 28)), Flatten(), Dense(128, activation="relu"), Dense(10))
    usual = {
        "optimizer": "adam",
        "loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        "metrics": ["accuracy"],
    }
    return _model(*layers, **(usual | settings))


def fashion_model_without_input():
    """Your model has no weights before it has seen an image; say what one looks like with
    keras.Input((28, 28)) in front of the layers."""
    return _fashion(Flatten(), Dense(128, activation="relu"), Dense(10))


def fashion_model_not_flattened():
    """Without Flatten each of the 28 rows of an image goes through the network by itself; put
    keras.layers.Flatten() after the input."""
    return _fashion(Input((28, 28)), Dense(128, activation="relu"), Dense(10))


def fashion_model_flat_already():
    """Your model takes rows of 784 points; it gets images, (28, 28), and lays them flat itself with
    keras.layers.Flatten()."""
    return _fashion(Input((784,)), Dense(128, activation="relu"), Dense(10))


def fashion_model_softmax_and_logits():
    """Your last layer takes the softmax, and from_logits=True makes the loss take another one:
    softmax twice. Leave the activation of the last layer out."""
    layers = Flatten(), Dense(128, activation="relu"), Dense(10, activation="softmax")
    return _fashion(Input((28, 28)), *layers)


def fashion_model_softmax_at_the_end():
    """Your model gives probabilities, with a loss that fits them; logits are asked for. Leave the
    softmax out, and tell the loss with from_logits=True."""
    layers = Flatten(), Dense(128, activation="relu"), Dense(10, activation="softmax")
    loss = keras.losses.SparseCategoricalCrossentropy()
    return _fashion(Input((28, 28)), *layers, loss=loss)


def fashion_model_sigmoid_at_the_end():
    """Ten sigmoids answer ten separate questions with yes or no; here one of ten is right, and
    logits are asked for. Leave the activation of the last layer out."""
    layers = Flatten(), Dense(128, activation="relu"), Dense(10, activation="sigmoid")
    return _fashion(Input((28, 28)), *layers)


def fashion_model_without_from_logits():
    """Your last layer gives logits, and the loss takes them for probabilities; tell it:
    SparseCategoricalCrossentropy(from_logits=True)."""
    return _fashion(loss=keras.losses.SparseCategoricalCrossentropy())


def fashion_model_loss_class():
    """You give compile the class of the loss, not an object of it, and so it cannot be told that it
    gets logits: SparseCategoricalCrossentropy(from_logits=True)."""
    return _fashion(loss=keras.losses.SparseCategoricalCrossentropy)


def fashion_model_one_hot_loss():
    """CategoricalCrossentropy wants one-hot rows for labels; for class numbers there is
    SparseCategoricalCrossentropy(from_logits=True)."""
    return _fashion(loss=keras.losses.CategoricalCrossentropy(from_logits=True))


def fashion_model_squares():
    """Your loss is the mean squared error, which takes class numbers for quantities; a coat is not
    twice a pullover. Take SparseCategoricalCrossentropy(from_logits=True)."""
    return _fashion(loss=keras.losses.MeanSquaredError())


def fashion_model_sigmoid_inside():
    """Your hidden units are sigmoids; relu is asked for."""
    return _fashion(Input((28, 28)), Flatten(), Dense(128, activation="sigmoid"), Dense(10))


def fashion_model_linear_inside():
    """Your hidden layer has no activation, and two linear layers are one; give it
    activation="relu"."""
    return _fashion(Input((28, 28)), Flatten(), Dense(128), Dense(10))


def fashion_model_relu_at_the_end():
    """A relu at the end makes 0 of every negative logit, and then the class can learn no more;
    leave the activation of the last layer out."""
    layers = Dense(128, activation="relu"), Dense(10, activation="relu")
    return _fashion(Input((28, 28)), Flatten(), *layers)


def fashion_model_scaled_again():
    """Your model divides by 255 itself; the images come with values from 0 to 1 already, and do not
    need it twice."""
    layers = Flatten(), Dense(128, activation="relu"), Dense(10)
    return _fashion(Input((28, 28)), keras.layers.Rescaling(1 / 255), *layers)


def fashion_model_one_unit():
    """Your last layer has one unit; each of the ten classes needs a logit of its own: Dense(10)."""
    return _fashion(Input((28, 28)), Flatten(), Dense(128, activation="relu"), Dense(1))


def fashion_model_sgd():
    """Your optimizer is SGD; Adam is asked for: optimizer="adam"."""
    return _fashion(optimizer="sgd")


def fashion_model_default_optimizer():
    """You name no optimizer, and Keras takes RMSprop; Adam is asked for: optimizer="adam"."""
    return _fashion(optimizer="rmsprop")


def fashion_model_another_rate():
    """Your Adam has a learning rate of 0.01; asked for is Adam as Keras has it, with 0.001."""
    return _fashion(optimizer=keras.optimizers.Adam(learning_rate=0.01))


def fashion_model_without_accuracy():
    """Your model tells the loss alone; ask for the accuracy with metrics=["accuracy"]."""
    return _fashion(metrics=[])


def fashion_model_exact_accuracy():
    """keras.metrics.Accuracy() compares the ten logits themselves with the label; the string
    "accuracy" lets Keras take the one that fits, which looks for the largest."""
    return _fashion(metrics=[keras.metrics.Accuracy()])


def fashion_model_not_compiled():
    """Your model is not compiled, so that it knows no loss and cannot be trained; call
    model.compile(...) before you return it."""
    layers = Flatten(), Dense(128, activation="relu"), Dense(10)
    return _model(Input((28, 28)), *layers, compiled=False)


def fashion_model_compile_returned():
    """You return what compile gives, and that is None; it changes the model in place, so return
    model on a line of its own."""


# train_and_evaluate


def train_and_evaluate_on_train(model, train, test, epochs):
    """You evaluate on the training data, which the model may know by heart; the question is how it
    does on test: model.evaluate(*test)."""
    model.fit(*train, epochs=epochs, verbose=0)
    return model.evaluate(*train, verbose=0)


def train_and_evaluate_history(model, train, test, epochs):
    """You return the last numbers that fit told, and they are about the training data; ask
    model.evaluate(*test)."""
    history = model.fit(*train, epochs=epochs, verbose=0).history
    return history["loss"][-1], history["accuracy"][-1]


def train_and_evaluate_validates_on_test(model, train, test, epochs):
    """You hand test to fit as validation data, where it is looked at after every epoch; test is for
    the end, once. Give fit nothing but train."""
    model.fit(*train, epochs=epochs, validation_data=test, verbose=0)
    return model.evaluate(*test, verbose=0)


def train_and_evaluate_on_both(model, train, test, epochs):
    """You train on test as well, and then ask about what the model has learned by heart; fit gets
    train alone."""
    x, y = (np.concatenate(pair) for pair in zip(train, test, strict=True))
    model.fit(x, y, epochs=epochs, verbose=0)
    return model.evaluate(*test, verbose=0)


def train_and_evaluate_swapped(model, train, test, epochs):
    """You train on test and evaluate on train; it is the other way round."""
    model.fit(*test, epochs=epochs, verbose=0)
    return model.evaluate(*train, verbose=0)


def train_and_evaluate_fit_on_test(model, train, test, epochs):
    """You train on test; the model is to learn from train alone, and to be asked about test."""
    model.fit(*test, epochs=epochs, verbose=0)
    return model.evaluate(*test, verbose=0)


def train_and_evaluate_twice(model, train, test, epochs):
    """You evaluate on test twice, once for each result; one call gives both, the loss and then the
    accuracy."""
    model.fit(*train, epochs=epochs, verbose=0)
    return model.evaluate(*test, verbose=0)[0], model.evaluate(*test, verbose=0)[1]


def train_and_evaluate_untrained(model, train, test, epochs):
    """The results are those of the model before training; first fit, then evaluate."""
    results = model.evaluate(*test, verbose=0)
    model.fit(*train, epochs=epochs, verbose=0)
    return results


def train_and_evaluate_one_epoch(model, train, test, epochs):
    """You train for one epoch, as fit does unless it is told: fit(..., epochs=epochs)."""
    model.fit(*train, verbose=0)
    return model.evaluate(*test, verbose=0)


def train_and_evaluate_epochs_squared(model, train, test, epochs):
    """You call fit in a loop, and every call goes through all the epochs again; one call with
    epochs=epochs is enough."""
    for _ in range(epochs):
        model.fit(*train, epochs=epochs, verbose=0)
    return model.evaluate(*test, verbose=0)


def train_and_evaluate_holds_back(model, train, test, epochs):
    """validation_split keeps a part of train from being learned; here all of it is to be learned
    from."""
    model.fit(*train, epochs=epochs, validation_split=0.2, verbose=0)
    return model.evaluate(*test, verbose=0)


def train_and_evaluate_in_one_batch(model, train, test, epochs):
    """You set a batch size of your own; leave it to Keras, whose batches are of 32."""
    model.fit(*train, epochs=epochs, batch_size=len(train[0]), verbose=0)
    return model.evaluate(*test, verbose=0)


def train_and_evaluate_accuracy_first(model, train, test, epochs):
    """You return (accuracy, loss); evaluate gives the loss first, and so should you."""
    model.fit(*train, epochs=epochs, verbose=0)
    return model.evaluate(*test, verbose=0)[::-1]


def train_and_evaluate_accuracy_only(model, train, test, epochs):
    """You return the accuracy alone; asked for is the pair (loss, accuracy)."""
    model.fit(*train, epochs=epochs, verbose=0)
    return model.evaluate(*test, verbose=0)[1]


def train_and_evaluate_loss_only(model, train, test, epochs):
    """You return the loss alone; asked for is the pair (loss, accuracy)."""
    model.fit(*train, epochs=epochs, verbose=0)
    return model.evaluate(*test, verbose=0)[0]


def train_and_evaluate_as_a_dict(model, train, test, epochs):
    """You return a dict; asked for is the pair (loss, accuracy), as evaluate gives it without
    return_dict."""
    model.fit(*train, epochs=epochs, verbose=0)
    return model.evaluate(*test, verbose=0, return_dict=True)


def train_and_evaluate_without_return(model, train, test, epochs):
    """Your function trains and evaluates, and then keeps the results to itself; return them."""
    model.fit(*train, epochs=epochs, verbose=0)
    model.evaluate(*test, verbose=0)


# predict_labels


def _logits(model, images):
    """Logits of a batch, and whether it was a single image."""
    images = np.asarray(images)
    alone = images.ndim == 2
    return model.predict(images[np.newaxis] if alone else images, verbose=0), alone


def predict_labels_over_the_batch(model, images):
    """argmax along axis 0 looks for the image with the largest logit of each class; you want the
    class with the largest of each image: axis=-1."""
    logits, alone = _logits(model, images)
    return np.argmax(logits[0]) if alone else np.argmax(logits, axis=0)


def predict_labels_over_everything(model, images):
    """Without an axis argmax looks through the whole table and gives one place in it; axis=-1 looks
    at each row by itself."""
    return np.argmax(_logits(model, images)[0])


def predict_labels_largest_logit(model, images):
    """You return the largest logit; asked for is its place, the class number: np.argmax instead of
    np.max."""
    logits, alone = _logits(model, images)
    return logits.max(axis=-1)[0] if alone else logits.max(axis=-1)


def predict_labels_logits(model, images):
    """You return the logits; the class number is the place of the largest in each row:
    np.argmax(..., axis=-1)."""
    logits, alone = _logits(model, images)
    return logits[0] if alone else logits


def predict_labels_smallest(model, images):
    """You look for the smallest logit; the class is where the largest one is: np.argmax."""
    logits, alone = _logits(model, images)
    return np.argmin(logits[0]) if alone else np.argmin(logits, axis=-1)


def predict_labels_batches_only(model, images):
    """A model takes batches only, and a single image has no batch axis; where images has two axes,
    give it one with images[np.newaxis], and take the first of the answers."""
    return np.argmax(model.predict(images, verbose=0), axis=-1)


def predict_labels_array_of_one(model, images):
    """For a single image you return an array of one number; asked for is the number, so take the
    first."""
    return np.argmax(_logits(model, images)[0], axis=-1)


def predict_labels_squeezed(model, images):
    """You take the axes of length 1 away, and with them the batch axis of a batch of one image; ask
    np.ndim(images) == 2 to see whether it is a single one."""
    return np.squeeze(np.argmax(_logits(model, images)[0], axis=-1))


def predict_labels_first_only(model, images):
    """You return the label of the first image alone; each image has its own."""
    return np.argmax(_logits(model, images)[0][0])


def predict_labels_counted_from_one(model, images):
    """You count the classes from 1; class numbers begin at 0, as the places of an array do."""
    logits, alone = _logits(model, images)
    return (np.argmax(logits[0]) if alone else np.argmax(logits, axis=-1)) + 1


def predict_labels_floats(model, images):
    """Your class numbers are floats, which cannot be used to look up a name; leave them as argmax
    gives them."""
    logits, alone = _logits(model, images)
    return float(np.argmax(logits[0])) if alone else np.argmax(logits, axis=-1).astype(float)


def predict_labels_one_hot(model, images):
    """You return a row of zeros with a one in it for each image; the place of the one is what is
    asked for."""
    logits, alone = _logits(model, images)
    rows = np.eye(logits.shape[-1], dtype=int)[np.argmax(logits, axis=-1)]
    return rows[0] if alone else rows


def predict_labels_threshold(model, images):
    """You ask which logits are above 0.5; that is for a single probability. Of ten logits the
    largest wins, whatever it is: np.argmax(..., axis=-1)."""
    logits, alone = _logits(model, images)
    above = (logits > 0.5).astype(int)
    return above[0] if alone else above


def predict_labels_list(model, images):
    """You return a list; asked for is an array, as np.argmax(..., axis=-1) gives it."""
    logits, alone = _logits(model, images)
    labels = np.argmax(logits, axis=-1).tolist()
    return labels[0] if alone else labels


# plot_images


def _figure(**settings):
    """A figure that pyplot does not count."""
    from matplotlib.figure import Figure

    return Figure(**settings)


def _pictures(
    images, labels, names, *, rows=5, columns=5, most=25, place=lambda i: i, picture=None, ticks=()
):
    """The right figure, unless something is changed."""
    figure = _figure()
    for i in range(min(most, len(images))):
        ax = figure.add_subplot(rows, columns, place(i) + 1)
        ax.imshow(images[i] if picture is None else picture(i))
        ax.set(xlabel=names[labels[i]], xticks=[], yticks=[])
        for axis in ticks:
            ax.set(**{axis: [0, 1]})
    return figure


def plot_images_numbers_for_names(images, labels, class_names):
    """You write the class number below the image; its name is class_names[label]."""
    return _pictures(images, labels, {label: str(label) for label in labels.tolist()})


def plot_images_names_in_order(images, labels, class_names):
    """You give the first image the first name, the second the second and so on; the name belongs to
    the label: class_names[labels[i]]."""
    return _pictures(images, np.arange(len(images)) % len(class_names), class_names)


def plot_images_title(images, labels, class_names):
    """You write the names above the images, as titles; they are to stand below: set_xlabel."""
    figure = _pictures(images, labels, class_names)
    for ax in figure.axes:
        ax.set(title=ax.get_xlabel(), xlabel="")
    return figure


def plot_images_without_names(images, labels, class_names):
    """The names are missing: ax.set_xlabel(class_names[labels[i]]) for each image."""
    return _pictures(images, labels, [""] * len(class_names))


def plot_images_ticks(images, labels, class_names):
    """Your images have ticks, numbers that nobody needs here; ax.set_xticks([]) and
    ax.set_yticks([]) take them away."""
    return _pictures(images, labels, class_names, ticks=("xticks", "yticks"))


def plot_images_ticks_below(images, labels, class_names):
    """There are ticks left on the x axis: ax.set_xticks([]) too."""
    return _pictures(images, labels, class_names, ticks=("xticks",))


def plot_images_ticks_at_the_side(images, labels, class_names):
    """There are ticks left on the y axis: ax.set_yticks([]) too."""
    return _pictures(images, labels, class_names, ticks=("yticks",))


def plot_images_axis_off(images, labels, class_names):
    """ax.axis("off") takes the ticks away and the name with them; use ax.set_xticks([]) and
    ax.set_yticks([])."""
    figure = _pictures(images, labels, class_names)
    for ax in figure.axes:
        ax.axis("off")
    return figure


def plot_images_always_25(images, labels, class_names):
    """You go through 25 images even where there are fewer; go to min(25, len(images))."""
    return _pictures([images[i] for i in range(25)], labels, class_names)


def plot_images_all(images, labels, class_names):
    """You draw all the images, and there is no place for the 26th; stop after 25."""
    return _pictures(images, labels, class_names, most=len(images))


def plot_images_empty_frames(images, labels, class_names):
    """Where there is no image you leave an empty frame; switch those axes off with ax.axis("off"),
    or do not make them."""
    figure = _pictures(images, labels, class_names)
    for place in range(len(figure.axes), 25):
        figure.add_subplot(5, 5, place + 1)
    return figure


def plot_images_column_by_column(images, labels, class_names):
    """You fill the places column by column; images are read in rows, like text: place i + 1 of
    add_subplot, or axes.flat."""
    return _pictures(images, labels, class_names, place=lambda i: i % 5 * 5 + i // 5)


def plot_images_in_one_row(images, labels, class_names):
    """All your images stand in one row; five rows of five are asked for: add_subplot(5, 5, i +
    1)."""
    return _pictures(images, labels, class_names, rows=1, columns=25)


def plot_images_as_many_rows_as_needed(images, labels, class_names):
    """You make as many rows as there are images for, so that few images become large; it is always
    five rows of five."""
    rows = (min(25, len(images)) + 4) // 5
    return _pictures(images, labels, class_names, rows=rows)


def plot_images_always_the_first(images, labels, class_names):
    """You draw the same image every time; inside the loop it is images[i]."""
    return _pictures(images, labels, class_names, picture=lambda i: images[0])


def plot_images_from_the_second(images, labels, class_names):
    """You leave the first image out, because the places count from 1; the images count from 0: i
    for the image, i + 1 for its place."""
    return _pictures(images[1:], labels[1:], class_names)


def plot_images_scaled(images, labels, class_names):
    """You divide the images by 255 before you show them; they are to be shown as they are."""
    return _pictures(images, labels, class_names, picture=lambda i: images[i] / 255)


def plot_images_one_above_the_other(images, labels, class_names):
    """All your images are drawn into the same axes, and only the last is to be seen; give each a
    place of its own: figure.add_subplot(5, 5, i + 1)."""
    return _pictures(images, labels, class_names, place=lambda i: 0)


def plot_images_shown(images, labels, class_names):
    """You return None: plt.show() shows a figure and gives nothing back. Return the figure."""
    _pictures(images, labels, class_names)


def plot_images_axes_returned(images, labels, class_names):
    """You return the axes; the figure is asked for, the first of what plt.subplots gives."""
    return _pictures(images, labels, class_names).axes


# plot_history


def _lines(values, *, names=("loss", "val_loss"), label=lambda name: name, first=1, legend=True):
    """The right figure, unless something is changed."""
    figure = _figure()
    ax = figure.add_subplot()
    for name in names:
        if name in values:
            epochs = range(first, first + len(values[name]))
            ax.plot(epochs, values[name], label=label(name))
    ax.set(xlabel="epoch", ylabel="loss")
    if legend:
        ax.legend()
    return figure


def _values(history):
    return getattr(history, "history", history)


def plot_history_from_zero(history):
    """Your first epoch is number 0, as plot counts when it is given the values alone; draw over
    range(1, len(values) + 1)."""
    return _lines(_values(history), first=0)


def plot_history_dict_only(history):
    """You take history for a dict; what fit gives back is an object that has the dict in its
    attribute history. Both have to do: getattr(history, "history", history)."""
    return _lines({name: history[name] for name in ("loss", "val_loss") if name in [*history]})


def plot_history_object_only(history):
    """You ask for history.history, which a History has and a dict has not. Both have to do:
    getattr(history, "history", history)."""
    return _lines(history.history)


def plot_history_wants_validation(history):
    """There may be no validation loss, and then the key "val_loss" is missing; look whether it is
    there: if "val_loss" in values."""
    values = _values(history)
    return _lines({"loss": values["loss"], "val_loss": values["val_loss"]})


def plot_history_training_loss_only(history):
    """The validation loss is missing; where there is one, it gets a line of its own."""
    return _lines(_values(history), names=("loss",))


def plot_history_everything(history):
    """You draw all the keys; asked for are "loss" and "val_loss" alone, since an accuracy is
    another quantity."""
    values = _values(history)
    return _lines(values, names=[*values])


def plot_history_accuracy(history):
    """You draw the accuracy; the loss is asked for, and the validation loss."""
    return _lines(_values(history), names=("accuracy", "val_accuracy"))


def plot_history_names_swapped(history):
    """The legend mixes the two up: your line of the training loss is called val_loss."""
    return _lines(_values(history), label={"loss": "val_loss", "val_loss": "loss"}.get)


def plot_history_without_legend(history):
    """There is no legend, and nobody knows which line is which; give each plot a label and call
    ax.legend()."""
    return _lines(_values(history), legend=False)


def plot_history_one_against_the_other(history):
    """You draw the validation loss over the training loss; the x axis is for the epochs, and each
    loss has a line of its own over them."""
    values = _values(history)
    figure = _figure()
    ax = figure.add_subplot()
    ax.plot(values["loss"], values.get("val_loss", values["loss"]), label="loss")
    ax.set(xlabel="epoch", ylabel="loss")
    ax.legend()
    return figure


def plot_history_two_panels(history):
    """Your two losses stand in axes of their own; to be compared they belong into the same ones."""
    values = _values(history)
    figure = _figure()
    for place, name in enumerate(("loss", "val_loss")):
        ax = figure.add_subplot(1, 2, place + 1)
        ax.plot(range(1, 1 + len(values["loss"])), values.get(name, values["loss"]), label=name)
        ax.set(xlabel="epoch", ylabel="loss")
        ax.legend()
    return figure


def plot_history_without_axis_labels(history):
    """Nothing says what the axes mean: ax.set_xlabel("epoch") and ax.set_ylabel("loss")."""
    figure = _lines(_values(history))
    figure.axes[0].set(xlabel="", ylabel="")
    return figure


def plot_history_axis_labels_swapped(history):
    """Your axis labels are swapped: the epochs run along the x axis."""
    figure = _lines(_values(history))
    figure.axes[0].set(xlabel="loss", ylabel="epoch")
    return figure


def plot_history_without_y_label(history):
    """The y axis has no label: ax.set_ylabel("loss")."""
    figure = _lines(_values(history))
    figure.axes[0].set(ylabel="")
    return figure


def plot_history_shown(history):
    """You return None: plt.show() shows a figure and gives nothing back. Return the figure."""
    _lines(_values(history))


def plot_history_axes_returned(history):
    """You return the axes; the figure is asked for, the first of what plt.subplots gives."""
    return _lines(_values(history)).axes[0]
