"""Pictures of chapter 10, drawn by your own functions: `kata draw fashion_model`."""

import numpy as np

from grader.datasets import CLOTHES, digits, digits_01, fashion_mnist, kimchi
from grader.draw import BLUE, DARK, GREY, ORANGE, PURPLE, figure, pixels


@figure("kimchi_model")
def the_thirteen_in_keras(learner, canvas):
    """The thirteen numbers of chapter 3 in your Keras model"""
    model = learner.kimchi_model()
    complaints = np.array([[-4, 0, 3], [0, -4, 2]]), np.array([-3, -1, -4])
    judge = np.array([[-6], [-6], [-6]]), np.array([3])
    model.set_weights([*complaints, *judge])
    T, t = np.meshgrid(np.linspace(130, 220, 61), np.linspace(30, 150, 61))
    plane = np.stack([(T.ravel() - 170) / 20, (t.ravel() - 75) / 30], axis=1)
    p = np.asarray(model(plane))[:, 0].reshape(T.shape)
    axes = canvas.subplots()
    shades = [(ORANGE, s) for s in (0.4, 0.32, 0.24, 0.16, 0.08)]
    shades += [(BLUE, s) for s in (0.08, 0.16, 0.24, 0.32, 0.4)]
    filled = axes.contourf(T, t, p, np.linspace(0, 1, 11), colors=shades, extend="neither")
    axes.contour(T, t, p, [0.5], colors=DARK, linewidths=2.5)
    pots, good = kimchi(150, np.random.default_rng(10))
    axes.plot(*pots[good == 1].T, "o", color=BLUE, markersize=5, label="good stew")
    axes.plot(*pots[good == 0].T, "x", color=ORANGE, markersize=5, label="not good")
    ours = float(np.asarray(model(np.array([[0.5, 0.5]])))[0, 0])
    axes.plot(180, 90, "*", color=DARK, markersize=16, label="180 °C for 90 min")
    axes.set(xlabel="temperature in °C", ylabel="duration in min")
    axes.set_title(f"{model.count_params()} parameters; 180 °C for 90 min: {ours:.3f}, due 0.829")
    canvas.colorbar(filled, ax=axes, label="probability of a good stew", ticks=np.linspace(0, 1, 6))
    canvas.legend(loc="outside lower center", ncols=3)


@figure("digit_classifier")
def the_least_sure(learner, canvas):
    """Is it a 1? What your classifier says of 120 digits it has not seen"""
    import keras

    keras.utils.set_random_seed(10)
    x, y = digits_01()
    flat = x.reshape(-1, 64) / 16
    model = learner.digit_classifier()
    model.fit(flat[:240], y[:240], batch_size=8, epochs=4, verbose=0)
    p = np.asarray(model.predict(flat[240:], verbose=0))[:, 0]
    labels, images = y[240:], x[240:]
    above, below = canvas.subfigures(2, height_ratios=[3, 2])
    axes = above.subplots()
    for digit, colour, hatch in [(0, ORANGE, "//"), (1, BLUE, "")]:
        style = {"color": (colour, 0.5), "hatch": hatch, "edgecolor": colour}
        axes.hist(p[labels == digit], np.linspace(0, 1, 41), label=f"a {digit}", **style)
    axes.axvline(0.5, color=GREY, linestyle="--")
    axes.set(xlabel="probability of a 1", ylabel="digits", xlim=(-0.02, 1.02))
    right = np.sum((p >= 0.5) == labels)
    axes.set_title(f"after 4 epochs on 240 others; {right} of 120 are right")
    axes.legend(loc="upper center", ncols=2)
    least = np.argsort(-np.abs(p - labels))[:6]
    for axes, i in zip(below.subplots(1, 6), least, strict=True):
        axes.imshow(images[i], cmap="Greys")
        axes.set(
            xticks=[], yticks=[], frame_on=False, title=f"a {labels[i]}", xlabel=f"p = {p[i]:.3f}"
        )
    below.suptitle("the six that it is furthest off about", size=12)


@figure("regressor")
def below_zero_and_above_one(learner, canvas):
    """A quantity may be below 0 and above 1: your regressor and its data"""
    import keras

    keras.utils.set_random_seed(10)
    rng = np.random.default_rng(10)
    x = rng.uniform(-2, 2, size=(160, 1))
    y = np.abs(x[:, 0]) - 0.5 + rng.normal(0, 0.1, 160)
    model = learner.regressor(1)
    history = model.fit(x, y, batch_size=8, epochs=30, verbose=0).history["loss"]
    line = np.linspace(-2, 2, 201)
    curve, loss = canvas.subplots(2, height_ratios=[3, 2])
    curve.plot(x[:, 0], y, ".", color=GREY, markersize=5, label="160 examples")
    curve.plot(line, np.abs(line) - 0.5, "--", color=DARK, label="how they were made")
    told = np.asarray(model.predict(line[:, np.newaxis], verbose=0))
    curve.plot(line, told[:, 0], color=BLUE, linewidth=3, label="your regressor")
    curve.set(xlabel="x", ylabel="y")
    loss.semilogy(range(1, 31), history, "o-", color=BLUE, markersize=5)
    loss.axhline(np.var(y), color=GREY, linestyle="--")
    loss.text(30, np.var(y), "the mean for all", ha="right", va="bottom")
    loss.set(xlabel="epoch", ylabel="loss", ylim=(0.005, 3))
    canvas.legend(loc="outside lower center", ncols=3)


@figure("fashion_model")
def the_worst_of_300(learner, canvas):
    """Of 300 unseen clothes, the ten that your model is most wrong about"""
    import keras

    keras.utils.set_random_seed(10)
    x, y = fashion_mnist()
    mixed = np.random.default_rng(10).permutation(len(x))[:900]
    images, y = x[mixed] / 255, y[mixed]
    model = learner.fashion_model()
    model.fit(images[:600], y[:600], epochs=15, verbose=0)
    logits = np.asarray(model.predict(images[600:], verbose=0))
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    labels, thought = y[600:], p.argmax(axis=1)
    own = p[np.arange(len(p)), labels]
    panels = canvas.subplots(2, 5)
    for axes, i in zip(panels.flat, np.argsort(own)[:10], strict=True):
        axes.imshow(images[600 + i], cmap="Greys")
        axes.set_title(CLOTHES[labels[i]], loc="center")
        axes.set(xticks=[], yticks=[], frame_on=False)
        axes.set_xlabel(f"taken for\n{CLOTHES[thought[i]]}\np = {p[i].max():.3f}")
    right = np.sum(thought == labels)
    canvas.supxlabel(f"after 15 epochs on 600 others; {right} of 300 are right", size=12)


@figure("train_and_evaluate", "fashion_model")
def learnt_or_by_heart(learner, canvas):
    """Learnt, or by heart? Your figures on clothes not trained on"""
    import keras

    keras.utils.set_random_seed(10)
    x, y = fashion_mnist()
    mixed = np.random.default_rng(10).permutation(len(x))[:500]
    images, y = x[mixed] / 255, y[mixed]
    train, test = (images[:300], y[:300]), (images[300:], y[300:])
    model = learner.fashion_model()
    judged = []
    for _ in range(6):
        told = learner.train_and_evaluate(model, train, test, 4)
        judged.append([*told, *model.evaluate(*train, verbose=0)])
    new_loss, new_right, old_loss, old_right = np.transpose(judged)
    epochs = 4 * np.arange(1, 7)
    loss, accuracy = canvas.subplots(2, sharex=True)
    for axes, new, old in [(loss, new_loss, old_loss), (accuracy, new_right, old_right)]:
        axes.plot(epochs, new, "o-", color=BLUE, label="yours, on 200 not trained on")
        axes.plot(epochs, old, "^--", color=ORANGE, label="on the 300 it learnt from")
    loss.axhline(np.log(10), color=GREY, linestyle=":", label="no idea: ln 10")
    loss.set(ylabel="loss")
    loss.set_ylim(bottom=0)
    accuracy.set(xlabel="epochs", ylabel="accuracy", xticks=epochs)
    accuracy.set_ylim(bottom=0)
    canvas.legend(*loss.get_legend_handles_labels(), loc="outside lower center", ncols=3)


@figure("predict_labels", "fashion_model", "train_and_evaluate")
def what_is_taken_for_what(learner, canvas):
    """What your labels take for what, of 300 clothes not trained on"""
    import keras

    keras.utils.set_random_seed(10)
    x, y = fashion_mnist()
    mixed = np.random.default_rng(10).permutation(len(x))[:900]
    images, y = x[mixed] / 255, y[mixed]
    model = learner.fashion_model()
    train, test = (images[:600], y[:600]), (images[600:], y[600:])
    learner.train_and_evaluate(model, train, test, 15)
    told = np.asarray(learner.predict_labels(model, test[0]))
    counts = np.zeros((10, 10), int)
    known = (told >= 0) & (told < 10)
    np.add.at(counts, (test[1][known], told[known]), 1)
    axes = canvas.subplots()
    axes.imshow(counts, cmap="Blues", vmin=0, vmax=2 * counts.max(), aspect="auto")
    for (true, taken), count in np.ndenumerate(counts):
        if count:
            weight = "bold" if true == taken else "normal"
            axes.text(taken, true, str(count), ha="center", va="center", weight=weight)
    axes.set_xticks(range(10))
    axes.set_yticks(range(10), [f"{name}: {label}" for label, name in enumerate(CLOTHES)])
    axes.set(xlabel="your label", ylabel="what it is")
    beyond = "" if known.all() else f"; {np.sum(~known)} labels are no class's"
    axes.set_title(f"{np.trace(counts)} of 300 are right, on the diagonal{beyond}")
    axes.grid(visible=False)


@figure("plot_images")
def as_you_arrange_them(learner, canvas):
    """The figure that your plot_images makes of 25 digits"""
    names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    x, y = digits()
    made = learner.plot_images(x[:30], y[:30], names)
    shown = [each for each in getattr(made, "axes", []) if each.axison]
    ticks = sum(len(each.get_xticks()) + len(each.get_yticks()) for each in shown)
    image = pixels(made, 760, 510)
    canvas.figimage(image, (800 - image.shape[1]) // 2, 10)
    told = f"it got 30 images and shows {len(shown)}, with {ticks} ticks"
    canvas.text(0.5, 0.91, told, size=12, ha="center")


@figure("plot_history")
def as_you_draw_it(learner, canvas):
    """The figure that your plot_history makes of 20 epochs"""
    import keras

    keras.utils.set_random_seed(10)
    x, y = digits()
    x = x.reshape(-1, 64) / 16
    hidden, scores = keras.layers.Dense(100, activation="relu"), keras.layers.Dense(10)
    model = keras.Sequential([keras.Input((64,)), hidden, scores])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss)
    new = x[1500:1600], y[1500:1600]
    seen = {"batch_size": 50, "epochs": 20, "validation_data": new}
    history = model.fit(x[:100], y[:100], verbose=0, **seen)
    image = pixels(learner.plot_history(history), 760, 510)
    canvas.figimage(image, (800 - image.shape[1]) // 2, 10)
    told = "a network learns 100 digits by heart; val_loss is that of 100 others"
    canvas.text(0.5, 0.91, told, size=12, ha="center")
