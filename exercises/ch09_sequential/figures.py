"""Pictures of chapter 9, drawn by your own layers and models: `kata draw MyLayer`."""

import numpy as np

from grader.datasets import digits, kimchi
from grader.draw import BLUE, DARK, GREEN, GREY, ORANGE, PURPLE, RED, figure


@figure("MyLayer")
def yes_to_everything(learner, canvas):
    """With weights from 0 to 1, your layers say yes to everything"""
    import tensorflow as tf

    tf.random.set_seed(9)
    x, labels = digits()
    layers = [learner.MyLayer(64, 100), learner.MyLayer(100, 100), learner.MyLayer(100, 10, True)]
    given = [x[:200].reshape(-1, 64) / 16]
    for layer in layers:
        given.append(np.asarray(layer(given[-1])))
    weights, first, second, last = canvas.subplots(2, 2).flat
    w = np.ravel(layers[0].w)
    weights.hist(w, np.linspace(-1, 2, 61), density=True, color=(BLUE, 0.5), label="yours")
    weights.plot([-1, 0, 0, 1, 1, 2], [0, 0, 1, 1, 0, 0], color=DARK, label="due")
    weights.set(title="w of the first layer", xlabel="weight", ylabel="density", ylim=(0, 1.8))
    weights.legend(loc="upper right")
    for axes, a, name in [(first, given[1], "first"), (second, given[2], "second")]:
        axes.hist(np.ravel(a), np.linspace(0, 1, 51), color=ORANGE)
        axes.set_title(f"{name} layer: from {np.min(a):.3g} to {np.max(a):.3g}")
        axes.set(xlabel="output", ylabel="how many of 20,000")
    shown = {"cmap": "Blues", "vmin": 0, "vmax": 1, "aspect": "auto"}
    image = last.imshow(given[3][:10], **shown)
    last.set(title="last layer, ten digits", xlabel="class", xticks=range(10))
    last.set_yticks(range(10), [f"a {label}" for label in labels[:10]])
    last.grid(visible=False)
    canvas.colorbar(image, ax=last, label="probability")


@figure("MyBetterLayer", "MyLayer")
def the_better_start(learner, canvas):
    """The better layer: how its weights lie, and what three layers then give"""
    import tensorflow as tf

    tf.random.set_seed(9)
    x = digits().x[:200].reshape(-1, 64) / 16
    columns = canvas.subplots(2, 2, sharex="row").T
    kinds = [(learner.MyLayer, "MyLayer", ORANGE), (learner.MyBetterLayer, "MyBetterLayer", BLUE)]
    for (weights, outputs), (kind, name, colour) in zip(columns, kinds, strict=True):
        layers = [kind(64, 100), kind(100, 100), kind(100, 100)]
        w = np.ravel(layers[0].w)
        weights.hist(w, np.linspace(-1, 1, 81), density=True, color=(colour, 0.5), label="yours")
        weights.set(title=f"{name}: b is {np.shape(layers[0].b)}", xlabel="weight")
        a = x
        for layer in layers:
            a = np.asarray(layer(a))
        outputs.hist(np.ravel(a), np.linspace(0, 1, 51), color=(colour, 0.5))
        outputs.set(title=f"outputs: std {np.std(a):.3f}", xlabel="output of the third layer")
        weights.set_ylabel("density")
        outputs.set_ylabel("how many of 20,000")
    due = np.sqrt(2 / 164)
    z = np.linspace(-1, 1, 401)
    bell = np.exp(-((z / due) ** 2) / 2) / (due * np.sqrt(2 * np.pi))
    columns[1][0].plot(z, bell, color=DARK, label="due")
    columns[1][0].set_xlabel(f"weight; its std is due to be {due:.3f}")
    columns[0][0].plot([-1, 0, 0, 1, 1], [0, 0, 1, 1, 0], color=DARK, label="due")
    for axes in columns[:, 0]:
        axes.legend(loc="upper left")


@figure("MyNeuralNetwork", "MyBetterLayer")
def digits_on_their_way(learner, canvas):
    """Three digits on their way through your untrained network"""
    import tensorflow as tf

    tf.random.set_seed(9)
    sizes = [(64, 100), (100, 100)]
    layers = [learner.MyBetterLayer(*size) for size in sizes]
    layers.append(learner.MyBetterLayer(100, 10, is_last=True))
    network = learner.MyNeuralNetwork(layers)
    images = digits().x[:3]
    x = images.reshape(-1, 64) / 16
    first = np.asarray(layers[0](x))
    second = np.asarray(layers[1](first))
    due, p = np.asarray(layers[2](second)), np.asarray(network(x))
    panels = canvas.subplots(3, 4, width_ratios=[1, 1, 1, 2])
    for row, picture, a1, a2, told, chained in zip(
        panels, images, first, second, p, due, strict=True
    ):
        row[0].imshow(picture, cmap="Greys")
        row[1].imshow(a1.reshape(10, 10), cmap="Purples", vmin=0, vmax=1)
        row[2].imshow(a2.reshape(10, 10), cmap="Purples", vmin=0, vmax=1)
        for axes in row[:3]:
            axes.set(xticks=[], yticks=[], frame_on=False)
        row[3].bar(range(len(told)), told, color=BLUE, label="your network")
        ring = {"color": DARK, "markerfacecolor": "white"}
        row[3].plot(range(10), chained, "D", label="layer by layer", **ring)
        row[3].set(xticks=range(10), ylim=(0, 1.05 * max(due.max(), p.max())))
    names = ["x (n, 64)", "after layer 0\n(n, 100)", "after layer 1\n(n, 100)"]
    for axes, name in zip(panels[2], names, strict=False):
        axes.set_xlabel(name)
    panels[2][3].set_xlabel("class: p (n, 10)")
    canvas.legend(*row[3].get_legend_handles_labels(), loc="outside lower center", ncols=2)


@figure("train_nn", "MyNeuralNetwork", "MyBetterLayer", "MyLayer")
def two_kinds_of_layers(learner, canvas):
    """One recipe, two kinds of layers: each batch's loss before its step"""
    import tensorflow as tf

    x, labels = digits()
    x, y = np.float32(x[:500].reshape(-1, 64) / 16), np.eye(10, dtype=np.float32)[labels[:500]]
    axes = canvas.subplots()
    kinds = [
        (learner.MyLayer, "MyLayer", ORANGE, "^"),
        (learner.MyBetterLayer, "MyBetterLayer", BLUE, "o"),
    ]
    for kind, name, colour, mark in kinds:
        tf.random.set_seed(9)
        network = learner.MyNeuralNetwork([kind(64, 50), kind(50, 10, is_last=True)])
        losses = []
        for _ in range(8):
            for start in range(0, 500, 25):
                batch = slice(start, start + 25)
                losses.append(float(learner.train_nn(network, x[batch], y[batch], 0.5)))
        axes.plot(losses, color=(colour, 0.35), linewidth=1)
        means = np.reshape(losses, (8, 20)).mean(axis=1)
        axes.plot(20 * np.arange(1, 9) - 10, means, f"{mark}-", color=colour, label=name)
    axes.axhline(np.log(10), color=GREY, linestyle="--", label="no idea: ln 10")
    axes.set(xlabel="step, on 25 of 500 digits; marks: means of 20 steps", ylabel="loss")
    axes.set(yscale="log", xlim=(0, 160))
    axes.set_yticks([0.2, 0.5, 1, 2, 5, 10], ["0.2", "0.5", "1", "2", "5", "10"])
    canvas.legend(loc="outside lower center", ncols=3)


@figure("MySequential.add")
def who_may_stand_behind_whom(learner, canvas):
    """Who may stand behind whom: what your add lets in, and what it refuses"""

    class Layer:
        def __init__(self, input_size, output_size, is_last=False):
            self.input_size, self.output_size, self.is_last = input_size, output_size, is_last
            self.trainable_variables = []

    old_ones = {
        "nothing": (None, "in in in in"),
        "2 → 3": (Layer(2, 3), "in refused refused in"),
        "3 → 2": (Layer(3, 2), "refused in refused refused"),
        "2 → 3, last": (Layer(2, 3, is_last=True), "refused refused refused refused"),
        "5 → 4": (Layer(5, 4), "refused refused in refused"),
    }
    new_ones = {"3 → 2": (3, 2), "2 → 3": (2, 3), "4 → 3": (4, 3), "3 → 2, last": (3, 2, True)}
    axes = canvas.subplots()
    text = {"ha": "center", "va": "center"}
    for i, (old, dues) in enumerate(old_ones.values()):
        for j, (new, due) in enumerate(zip(new_ones.values(), dues.split(), strict=True)):
            model = learner.MySequential()
            model.layers = [old] if old else []
            try:
                model.add(Layer(*new))
                told, colour = "in", BLUE
            except ValueError:
                told, colour = "refused", ORANGE
            axes.text(j, i - 0.1, told, weight="bold", color=colour, size=13, **text)
            axes.text(j, i + 0.2, f"layers: {len(model.layers)}", **text)
            axes.fill_between([j - 0.47, j + 0.47], i - 0.45, i + 0.45, color=(colour, 0.12))
            if told != due or len(model.layers) != (due == "in") + bool(old):
                axes.text(j, i - 0.34, "not as due", color=RED, **text)
    axes.set_xticks(range(4), new_ones)
    axes.set_yticks(range(5), old_ones)
    axes.set(xlabel="the new layer", ylabel="the layer before it", ylim=(4.5, -0.5))
    axes.grid(visible=False)


@figure("MySequential.predict", "MySequential.add", "MyBetterLayer", "MyNeuralNetwork", "train_nn")
def its_own_regions(learner, canvas):
    """What your model predicts for every pot, after 150 steps on 200 of them"""
    import tensorflow as tf

    pots, good = kimchi(200, np.random.default_rng(7))
    mean, std = pots.mean(axis=0), pots.std(axis=0)
    X, y = np.float32((pots - mean) / std), np.eye(2, dtype=np.float32)[good]
    tf.random.set_seed(9)
    model = learner.MySequential()
    model.add(learner.MyBetterLayer(2, 8))
    model.add(learner.MyBetterLayer(8, 2, is_last=True))
    network = learner.MyNeuralNetwork(model.layers)
    for _ in range(150):
        learner.train_nn(network, X, y, 8.0)
    T, t = np.meshgrid(np.linspace(130, 220, 61), np.linspace(30, 150, 61))
    p = model.predict((np.stack([T.ravel(), t.ravel()], axis=1) - mean) / std)
    p = np.asarray(p)[:, 1].reshape(T.shape)
    axes = canvas.subplots()
    shades = [(ORANGE, s) for s in (0.4, 0.32, 0.24, 0.16, 0.08)]
    shades += [(BLUE, s) for s in (0.08, 0.16, 0.24, 0.32, 0.4)]
    filled = axes.contourf(T, t, p, np.linspace(0, 1, 11), colors=shades)
    axes.contour(T, t, p, [0.5], colors=DARK, linewidths=2.5)
    axes.plot(*pots[good == 1].T, "o", color=BLUE, label="good stew")
    axes.plot(*pots[good == 0].T, "x", color=ORANGE, markeredgewidth=2, label="not good")
    axes.set(xlabel="temperature in °C", ylabel="duration in min")
    canvas.colorbar(filled, ax=axes, label="probability of a good stew", ticks=np.linspace(0, 1, 6))
    canvas.legend(loc="outside lower center", ncols=2)


@figure("MySequential.evaluate", "MySequential.add", "MyBetterLayer", "MyNeuralNetwork", "train_nn")
def seen_and_unseen(learner, canvas):
    """Digits your model has learnt from, and digits that it has never seen"""
    import tensorflow as tf

    x, labels = digits()
    x, y = np.float32(x.reshape(-1, 64) / 16), np.eye(10, dtype=np.float32)[labels]
    tf.random.set_seed(9)
    model = learner.MySequential()
    model.add(learner.MyBetterLayer(64, 50))
    model.add(learner.MyBetterLayer(50, 10, is_last=True))
    network = learner.MyNeuralNetwork(model.layers)
    judged = []
    for epoch in range(11):
        judged.append([*model.evaluate(x[:300], y[:300]), *model.evaluate(x[1500:], y[1500:])])
        for start in range(0, 300 if epoch < 10 else 0, 15):
            batch = slice(start, start + 15)
            learner.train_nn(network, x[batch], y[batch], 1.0)
    loss, accuracy = canvas.subplots(2, sharex=True)
    seen_loss, seen_accuracy, new_loss, new_accuracy = np.transpose(judged)
    for axes, seen, new in [(loss, seen_loss, new_loss), (accuracy, seen_accuracy, new_accuracy)]:
        axes.plot(seen, "o-", color=BLUE, label="the 300 it learns from")
        axes.plot(new, "^--", color=ORANGE, label="297 others")
    loss.axhline(np.log(10), color=GREY, linestyle=":", label="no idea: ln 10")
    loss.set(ylabel="loss")
    loss.set_ylim(bottom=0)
    accuracy.set(xlabel="epoch", ylabel="accuracy")
    accuracy.set_ylim(bottom=0)
    canvas.legend(*loss.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    accuracy.set_title(f"in the end {seen_accuracy[-1]:.1%} and {new_accuracy[-1]:.1%} are right")


@figure("MySequential.fit", "MySequential.add", "MySequential.evaluate", "MyBetterLayer", "MyLayer")
def what_fit_writes_down(learner, canvas):
    """What your fit writes down: the losses of 12 epochs on 600 digits"""
    import tensorflow as tf

    x, labels = digits()
    x, y = np.float32(x.reshape(-1, 64) / 16), np.eye(10, dtype=np.float32)[labels]
    kinds = [(learner.MyBetterLayer, "MyBetterLayer", BLUE), (learner.MyLayer, "MyLayer", ORANGE)]
    axes, told = canvas.subplots(), []
    for kind, name, colour in kinds:
        tf.random.set_seed(9)
        model = learner.MySequential()
        model.add(kind(64, 50))
        model.add(kind(50, 10, is_last=True))
        history = model.fit(x[:600], y[:600], 0.5, 12, 20, (x[1500:], y[1500:]))
        right = model.evaluate(x[1500:], y[1500:])[1]
        for key, style in [("loss", "o-"), ("val_loss", "^--")]:
            losses = history.get(key, [])
            epochs = range(1, len(losses) + 1)
            axes.plot(epochs, losses, style, color=colour, label=f"{name}: {key}")
        told.append(f"{right:.0%} with {name}")
    axes.axhline(np.log(10), color=GREY, linestyle=":", label="no idea: ln 10")
    axes.set(xlabel="epoch", ylabel="loss", yscale="log")
    axes.set_yticks([0.2, 0.5, 1, 2, 5, 10], ["0.2", "0.5", "1", "2", "5", "10"])
    axes.set_title(f"of 297 other digits are right in the end: {', '.join(told)}")
    canvas.legend(loc="outside lower center", ncols=3)


@figure("MyDense")
def beside_the_real_one(learner, canvas):
    """A network of your MyDense, one of Keras's Dense, from equal weights"""
    import keras

    x, labels = digits()
    x = x.reshape(-1, 64) / 16
    axes = canvas.subplots()
    mine = [keras.Input((64,)), learner.MyDense(30, "relu"), learner.MyDense(10)]
    theirs = [keras.Input((64,)), keras.layers.Dense(30, "relu"), keras.layers.Dense(10)]
    keras.utils.set_random_seed(9)
    models = keras.Sequential(theirs), keras.Sequential(mine)
    rng = np.random.default_rng(9)
    start = [w + rng.normal(0, 0.5, w.shape) * (w.ndim == 1) for w in models[0].get_weights()]
    looks = [("Keras's Dense", DARK, "o", 13), ("your MyDense", BLUE, "o", 6)]
    for model, (name, colour, mark, size) in zip(models, looks, strict=True):
        model.set_weights(start)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.SGD(0.2), loss)
        history = model.fit(x[:600], labels[:600], 30, 12, verbose=0, shuffle=False)
        fill = colour if name.startswith("your") else "none"
        style = {"color": colour, "markersize": size, "markerfacecolor": fill}
        axes.plot(range(1, 13), history.history["loss"], f"{mark}-", label=name, **style)
    axes.axhline(np.log(10), color=GREY, linestyle=":", label="no idea: ln 10")
    axes.set(xlabel="epoch", ylabel="loss, on 600 digits", xticks=range(1, 13))
    axes.set_title(
        f"parameters: {models[1].count_params()}, and {models[0].count_params()} in Keras's"
    )
    axes.set_ylim(bottom=0)
    axes.legend()
