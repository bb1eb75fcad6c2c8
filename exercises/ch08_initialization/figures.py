"""Pictures of chapter 8, drawn by your own functions: `kata draw distinct_neurons`."""

import numpy as np

from grader import given
from grader.datasets import digits
from grader.draw import BLUE, DARK, GREEN, GREY, LIGHT, ORANGE, PURPLE, figure


@figure("HiddenModel")
def what_they_have_learnt(learner, canvas):
    """What 25 steps add to six of your hidden neurons, by where they began"""
    import tensorflow as tf

    x, labels = digits()
    x = np.pad(np.kron(x[:300] / 16, np.ones((3, 3))), ((0, 0), (2, 2), (2, 2)))
    x, y = x.reshape(-1, 784), np.eye(10)[labels[:300]]
    rng = np.random.default_rng(8)
    starts = {
        "from zeros": np.zeros,
        "from 0.01 everywhere": lambda size: np.full(size, 0.01),
        "from random numbers": lambda size: rng.normal(0, 0.05, size),
    }
    rows = canvas.subfigures(3)
    for row, (name, start) in zip(rows, starts.items(), strict=True):
        model = learner.HiddenModel(lambda fan_in, fan_out, start=start: start((fan_in, fan_out)))
        began = np.asarray(model.W1).copy()
        for _ in range(25):
            with tf.GradientTape() as tape:
                p = model(x)
                loss = -tf.reduce_mean(tf.reduce_sum(y * tf.math.log(p + 1e-12), axis=1))
            slopes = tape.gradient(loss, model.trainable_variables)
            for variable, slope in zip(model.trainable_variables, slopes, strict=True):
                variable.assign_sub(0.5 * slope)
        added = np.asarray(model.W1).copy() - began
        largest = np.abs(added[:, :6]).max()
        panels = row.subplots(1, 6)
        for j, axes in enumerate(panels):
            span = {"vmin": -largest or -1, "vmax": largest or 1, "cmap": "PuOr"}
            axes.imshow(added[:, j].reshape(28, 28), **span)
            axes.set(xticks=[], yticks=[], frame_on=False, xlabel=f"neuron {j + 1}")
        told = f"{name}: largest change {largest:.1g}, loss {float(loss):.3f}"
        row.suptitle(told, size=12, x=0.02, ha="left")
    row.supxlabel("purple: the weight has grown, orange: it has shrunk", size=11)


@figure("distinct_neurons", "HiddenModel")
def a_hundred_or_one(learner, canvas):
    """A hundred neurons or one? What your count says"""
    import tensorflow as tf

    x, labels = digits()
    x = np.pad(np.kron(x[:200] / 16, np.ones((3, 3))), ((0, 0), (2, 2), (2, 2)))
    x, y = x.reshape(-1, 784), np.eye(10)[labels[:200]]
    rng = np.random.default_rng(8)
    above, below = canvas.subplots(2)
    for name, start, colour, style in [
        ("from random numbers", lambda size: rng.normal(0, 0.05, size), BLUE, "o-"),
        ("from 0.3 everywhere", lambda size: np.full(size, 0.3), ORANGE, "s-"),
        ("from zeros", np.zeros, DARK, "x--"),
    ]:
        model = learner.HiddenModel(lambda fan_in, fan_out, start=start: start((fan_in, fan_out)))
        counts = [learner.distinct_neurons(model.W1, 0.0001)]
        for step in range(1, 21):
            with tf.GradientTape() as tape:
                p = model(x)
                loss = -tf.reduce_mean(tf.reduce_sum(y * tf.math.log(p + 1e-12), axis=1))
            slopes = tape.gradient(loss, model.trainable_variables)
            for variable, slope in zip(model.trainable_variables, slopes, strict=True):
                variable.assign_sub(0.1 * slope)
            if step % 10 == 0:
                counts.append(learner.distinct_neurons(model.W1, 0.0001))
        above.plot([0, 10, 20], counts, style, color=colour, label=name, markersize=7)
    above.set(xlabel="training step", ylabel="distinct of 100", ylim=(-5, 110))
    above.legend(loc="center right")
    W = np.zeros((3, 20))
    W[1] = np.add.outer([0, 10, 20, 30, 40], [0, 0.1, 0.2, 0.3]).ravel()
    tolerances = np.logspace(-2.05, 0.65, 60)
    due = [20 if t < 0.1 else 10 if t < 0.3 else 5 for t in tolerances]
    below.plot(tolerances, due, color=LIGHT, linewidth=7, label="due")
    told = [learner.distinct_neurons(W, t) for t in tolerances]
    below.semilogx(tolerances, told, ".-", color=BLUE, label="yours")
    below.set(xlabel="tol", ylabel="distinct of 20", ylim=(0, 22))
    below.set_title("five families of four: 0.1 apart at home, 10 from one to the next")
    below.legend(loc="upper right")


@figure("xavier_init")
def wide_enough(learner, canvas):
    """How wide your Xavier's start is, for three layers of different sizes"""
    rng = np.random.default_rng(8)
    layers = [(784, 500), (300, 100), (100, 30)]
    for axes, (fan_in, fan_out) in zip(canvas.subplots(3, sharex=True), layers, strict=True):
        W = np.ravel(learner.xavier_init(fan_in, fan_out, rng))
        due = np.sqrt(2 / (fan_in + fan_out))
        axes.hist(W, np.linspace(-0.6, 0.6, 121), density=True, color=(BLUE, 0.5), label="yours")
        w = np.linspace(-0.6, 0.6, 601)
        bell = np.exp(-((w / due) ** 2) / 2) / (due * np.sqrt(2 * np.pi))
        axes.plot(w, bell, color=DARK, label="due")
        axes.set_title(f"{fan_in} → {fan_out}: std {W.std():.4f}, due {due:.4f}")
        axes.set(ylabel="density", xlim=(-0.6, 0.6))
        axes.legend(loc="upper right")
    axes.set_xlabel("weight")


@figure("xavier_uniform", "xavier_init")
def bell_and_box(learner, canvas):
    """Bell and box: two ways to draw, and the same spread"""
    rng, due = np.random.default_rng(8), np.sqrt(2 / 1284)
    limit = np.sqrt(3) * due
    w = np.linspace(-0.2, 0.2, 801)
    bell = np.exp(-((w / due) ** 2) / 2) / (due * np.sqrt(2 * np.pi))
    box = np.where(np.abs(w) <= limit, 1 / (2 * limit), 0)
    for axes, name, draw, curve, colour in zip(
        canvas.subplots(2, sharex=True),
        ["xavier_init", "xavier_uniform"],
        [learner.xavier_init, learner.xavier_uniform],
        [bell, box],
        [ORANGE, BLUE],
        strict=True,
    ):
        W = np.ravel(draw(784, 500, rng))
        axes.hist(W, np.linspace(-0.2, 0.2, 161), density=True, color=(colour, 0.5), label="yours")
        axes.plot(w, curve, color=DARK, label="due")
        told = f"{name}: std {W.std():.4f}, from {W.min():.3f} to {W.max():.3f}"
        axes.set(ylabel="density", ylim=(0, 13), xlim=(-0.2, 0.2), title=told)
        axes.legend(loc="upper right")
    axes.set_xlabel(
        f"weight of 784 → 500; due: std {due:.4f}, the box from -{limit:.3f} to {limit:.3f}"
    )


@figure("he_init", "xavier_init")
def six_layers_deep(learner, canvas):
    """Four starts, six layers deep: weights, and what the layers then give"""
    x, _ = digits()
    x, rng = x[:200].reshape(-1, 64) / 16, np.random.default_rng(8)
    starts = [
        ("zeros, σ", lambda fan_in, fan_out: np.zeros((fan_in, fan_out)), given.sigmoid, DARK),
        ("0 to 1, σ", lambda fan_in, fan_out: rng.random((fan_in, fan_out)), given.sigmoid, ORANGE),
        ("Xavier, σ", lambda *fans: learner.xavier_init(*fans, rng), given.sigmoid, PURPLE),
        ("He, relu", lambda *fans: learner.he_init(*fans, rng), given.relu, BLUE),
    ]
    panels = canvas.subplots(4, 5)
    for row, (name, start, activation, colour) in zip(panels, starts, strict=True):
        a = x
        for layer in range(1, 7):
            W = np.asarray(start(64 if layer == 1 else 200, 200), float)
            a = activation(a @ W)
            if layer == 1:
                row[0].hist(W.ravel(), np.linspace(-1, 1, 41), color=colour, histtype="stepfilled")
                row[0].set(ylabel=name, title=f"std {W.std():.2f}")
            shown = {1: 1, 2: 2, 4: 3, 6: 4}.get(layer)
            if shown:
                top = 2 if activation is given.relu else 1
                row[shown].hist(
                    np.clip(a, 0, top).ravel(),
                    np.linspace(0, top, 41),
                    color=colour,
                    histtype="stepfilled",
                )
                row[shown].set(title=f"std {a.std():.2f}", xticks=[0, top])
    for axes, below in zip(
        panels[3], ["weights 1", *(f"layer {k}" for k in (1, 2, 4, 6))], strict=True
    ):
        axes.set_xlabel(below)
    for axes in panels.flat:
        axes.set(yticks=[])
        axes.title.set_size(11)


@figure("saturation", "xavier_init")
def on_the_flat_ends(learner, canvas):
    """How many neurons sit on the flat ends of their sigmoid"""
    x, _ = digits()
    x, rng = x[:200].reshape(-1, 64) / 16, np.random.default_rng(8)
    starts = [
        ("0 to 1", lambda size: rng.random(size), ORANGE, "^"),
        ("normal, 1", lambda size: rng.normal(size=size), PURPLE, "s"),
        ("Xavier", lambda size: learner.xavier_init(*size, rng), BLUE, "o"),
    ]
    above, below = canvas.subfigures(2)
    panels, share = above.subplots(1, 3, sharey=True), below.subplots()
    for axes, (name, start, colour, mark) in zip(panels, starts, strict=True):
        a, shares = x, []
        for fans in [(64, 200), *[(200, 200)] * 5]:
            a = given.sigmoid(a @ np.asarray(start(fans), float))
            shares.append(learner.saturation(a))
            if len(shares) == 2:
                weights = np.full(a.size, 1 / a.size)
                axes.hist(a.ravel(), np.linspace(0, 1, 51), weights=weights, color=colour)
                axes.set(
                    title=f"{name}: {shares[-1]:.2f}", xlabel="a in layer 2", xticks=[0, 0.5, 1]
                )
        share.plot(range(1, 7), shares, f"{mark}-", color=colour, label=name, markersize=8)
    panels[0].set_ylabel("share of the outputs")
    share.set(xlabel="layer", ylabel="share that is saturated")
    share.set_ylim(bottom=-0.05)
    share.set_title("by your saturation(a): within 0.01 of 0 or of 1")
    canvas.legend(*share.get_legend_handles_labels(), loc="outside lower center", ncols=3)


@figure("gradient_norms", "xavier_init")
def what_reaches_the_first(learner, canvas):
    """How much gradient reaches each layer: Σ|g|, for four starts"""
    import tensorflow as tf

    class Deep(tf.Module):
        def __init__(self, start):
            super().__init__()
            fans = [(64, 200), *[(200, 200)] * 5, (200, 10)]
            self.W = [tf.Variable(start(pair), dtype=tf.float32) for pair in fans]

        def __call__(self, x):
            for W in self.W[:-1]:
                x = tf.sigmoid(x @ W)
            return tf.nn.softmax(x @ self.W[-1])

    x, labels = digits()
    x, y = np.float32(x[:100].reshape(-1, 64) / 16), np.eye(10)[labels[:100]]
    rng = np.random.default_rng(8)
    axes = canvas.subplots()
    for name, start, colour, style in [
        ("Xavier", lambda size: learner.xavier_init(*size, rng), BLUE, "o-"),
        ("normal, 0.01", lambda size: rng.normal(0, 0.01, size), PURPLE, "s-"),
        ("0 to 1", lambda size: rng.random(size), ORANGE, "^-"),
        ("zeros", np.zeros, DARK, "x--"),
    ]:
        norms = np.array(learner.gradient_norms(Deep(start), x, y), float)
        layers = np.arange(1, len(norms) + 1)
        axes.semilogy(
            layers, np.maximum(norms, 1e-9), style, color=colour, label=name, markersize=9
        )
    axes.axhspan(1e-10, 3e-9, color=(GREEN, 0.12), linewidth=0)
    axes.text(1, 1.6e-10, "nothing at all", va="bottom")
    axes.set(
        xlabel="weight matrix, the first one sees the digits", ylabel="Σ|g|", ylim=(1e-10, 1e4)
    )
    marks = ["0", "10⁻⁷", "10⁻⁵", "10⁻³", "0.1", "10", "1000"]
    axes.set_yticks([1e-9, 1e-7, 1e-5, 1e-3, 1e-1, 10, 1000], marks)
    canvas.legend(loc="outside lower center", ncols=4)
