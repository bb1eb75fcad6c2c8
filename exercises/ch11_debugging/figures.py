"""Pictures of chapter 11, drawn by the programs as you have them: `kata draw fix_shapes`.

As long as a program is not mended they show what is the matter with it, and not why.
"""

import time

import numpy as np

from grader import given
from grader.datasets import digits, kimchi
from grader.draw import BLUE, DARK, GREEN, GREY, LIGHT, ORANGE, PURPLE, RED, figure


@figure("fix_compile")
def five_heaps(learner, canvas):
    """Five heaps of points: where the classifier puts the borders"""
    import keras

    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(11)
    y = np.arange(180) % 5
    angle = 2 * np.pi * y / 5
    X = 2 * np.stack([np.sin(angle), np.cos(angle)], axis=1) + rng.normal(0, 0.5, (180, 2))
    model = learner.fix_compile(2, 5)
    history = model.fit(X, y, batch_size=30, epochs=25, verbose=0).history["loss"]
    plane, loss = canvas.subplots(1, 2, width_ratios=[3, 2])
    x1, x2 = np.meshgrid(np.linspace(-3.5, 3.5, 101), np.linspace(-3.5, 3.5, 101))
    regions = np.asarray(model(np.stack([x1.ravel(), x2.ravel()], axis=1))).argmax(axis=1)
    looks = [(BLUE, "o"), (ORANGE, "^"), (PURPLE, "s"), (GREEN, "v"), (RED, "D")]
    shades = [(colour, 0.15) for colour, _ in looks]
    plane.contourf(x1, x2, regions.reshape(x1.shape), np.arange(6) - 0.5, colors=shades)
    for k, (colour, mark) in enumerate(looks):
        plane.plot(*X[y == k].T, mark, color=colour, markersize=5, label=f"class {k}")
    right = np.sum(np.asarray(model(X)).argmax(axis=1) == y)
    plane.set(xlabel="x₁", ylabel="x₂", title=f"{right} of 180 are on their own ground")
    loss.plot(range(1, 26), history, "o-", color=DARK, markersize=4)
    loss.axhline(np.log(5), color=GREY, linestyle="--")
    loss.text(25, np.log(5), "no idea: ln 5", ha="right", va="bottom")
    loss.set(xlabel="epoch", ylabel="loss that it reports")
    loss.set_ylim(bottom=0)
    canvas.legend(*plane.get_legend_handles_labels(), loc="outside lower center", ncols=5)


@figure("fix_shapes")
def a_line_through_points(learner, canvas):
    """A line through points: the same numbers, as a row and as a column"""
    rng = np.random.default_rng(11)
    X = rng.uniform(-2, 2, size=(30, 1))
    y = 1.5 * X[:, 0] + 2 + rng.normal(0, 0.3, 30)
    line, loss = canvas.subplots(2, height_ratios=[3, 2])
    line.plot(X[:, 0], y, "o", color=GREY, markersize=5, label="30 examples")
    ends = np.array([-2, 2])
    for targets, name, colour, style in [
        (y[:, np.newaxis], "y is (30, 1)", ORANGE, "--"),
        (y, "y is (30,)", BLUE, "-"),
    ]:
        W, b, history = learner.fix_shapes(X, targets, 0.1, 40)
        told = ends * float(W[0, 0]) + float(b[0])
        width = 4 if style == "--" else 2
        line.plot(ends, told, style, color=colour, label=name, linewidth=width)
        loss.semilogy(history, style, color=colour, linewidth=width)
    line.set(xlabel="x", ylabel="y")
    loss.set(xlabel="step", ylabel="loss before it")
    canvas.legend(loc="outside lower center", ncols=3)


@figure("fix_tape")
def six_slopes(learner, canvas):
    """The slopes by six weights: those of the tape, those found by trying"""
    import tensorflow as tf

    class Model(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable([[1.0, -1.0, 0.5], [0.0, 0.5, -0.5]])

        def __call__(self, x):
            return tf.nn.softmax(x @ self.w)

    rng = np.random.default_rng(11)
    model, x = Model(), np.float32(rng.normal(size=(20, 2)))
    y = np.eye(3, dtype=np.float32)[rng.integers(0, 3, 20)]
    loss, slopes = learner.fix_tape(model, x, y)
    w, due = model.w.numpy(), []
    for step in 0.01 * np.eye(6).reshape(6, 2, 3):
        ends = []
        for moved in (w + step, w - step):
            model.w.assign(moved)
            ends.append(-np.mean(np.sum(y * np.log(model(x)), axis=1)))
        due.append((ends[0] - ends[1]) / 0.02)
    names = ["w₁₁", "w₁₂", "w₁₃", "w₂₁", "w₂₂", "w₂₃"]
    axes = canvas.subplots()
    told = "yours: None" if slopes[0] is None else "yours"
    axes.bar(names, np.ravel(slopes[0]) if told == "yours" else 0, color=BLUE, label=told)
    ring = {"color": DARK, "markerfacecolor": "white", "markersize": 9}
    axes.plot(names, due, "D", label="by trying: central differences", **ring)
    axes.axhline(0, color=GREY, linewidth=1)
    axes.set_title(f"20 examples, three classes; the loss is {float(loss):.4f}")
    axes.set_ylabel("slope of the loss")
    canvas.legend(loc="outside lower center", ncols=2)


@figure("fix_update")
def a_hundred_steps(learner, canvas):
    """A hundred steps on 300 digits: the loss, and what the model has learnt"""
    import tensorflow as tf

    class Model(tf.Module):
        def __init__(self):
            super().__init__()
            self.w, self.b = tf.Variable(tf.zeros((64, 10))), tf.Variable(tf.zeros(10))

        def __call__(self, x):
            return tf.nn.softmax(x @ self.w + self.b)

    x, labels = digits()
    x, y = np.float32(x[:300].reshape(-1, 64) / 16), np.eye(10, dtype=np.float32)[labels[:300]]
    model = Model()
    above, below = canvas.subfigures(2, height_ratios=[4, 1])
    loss = above.subplots()
    history = learner.fix_update(model, x, y, 0.5, 100)
    loss.plot(history, color=BLUE, linewidth=3, label="yours")
    loss.axhline(np.log(10), color=GREY, linestyle="--", label="no idea: ln 10")
    right = np.mean(np.argmax(model(x), axis=1) == labels[:300])
    loss.set(xlabel="step", ylabel="loss before it", title=f"in the end {right:.0%} are right")
    loss.set_ylim(bottom=0)
    loss.legend(loc="center right")
    w = np.asarray(model.w)
    largest = np.abs(w).max()
    for digit, axes in enumerate(below.subplots(1, 10)):
        span = {"vmin": -largest or -1, "vmax": largest or 1, "cmap": "PuOr"}
        axes.imshow(w[:, digit].reshape(8, 8), **span)
        axes.set(xticks=[], yticks=[], frame_on=False, xlabel=digit)
    below.suptitle(f"the weights began as zeros; the largest is now {largest:.2g}", size=12)


@figure("fix_softmax")
def any_pot_at_all(learner, canvas):
    """What the network says of pots, with the weights of chapter 3"""
    model = learner.fix_softmax(2)
    W1, b1 = np.array([[-4.0, 0.0, 3.0], [0.0, -4.0, 2.0]]), np.array([-3.0, -1.0, -4.0])
    W2, b2 = np.array([[-6.0], [-6.0], [-6.0]]), np.array([3.0])
    model.set_weights([W1, b1, W2, b2])
    T = np.linspace(130, 220, 91)
    axes = canvas.subplots()
    for t, colour, style in [(60, ORANGE, "--"), (90, BLUE, "-"), (120, PURPLE, "-.")]:
        X = np.stack([(T - 170) / 20, np.full(91, (t - 75) / 30)], axis=1)
        p = np.asarray(model(X))[:, 0]
        axes.plot(T, p, style, color=colour, linewidth=3, label=f"{t} min")
        odds = np.exp(given.sigmoid(X @ W1 + b1) @ W2 + b2)[:, 0]
        due = odds / (1 + odds)
        axes.plot(T[::6], due[::6], "D", color=colour, markerfacecolor="white", markersize=6)
    axes.plot([], [], "D", color=DARK, markerfacecolor="white", label="due")
    axes.set(xlabel="temperature in °C", ylabel="probability of a good stew", ylim=(-0.05, 1.1))
    canvas.legend(loc="outside lower center", ncols=4)


@figure("fix_shuffle")
def the_same_pots(learner, canvas):
    """The same pots, before and after you have shuffled them"""
    X, y = kimchi(150, np.random.default_rng(11))
    mixed, labels = map(np.asarray, learner.fix_shuffle(X, y, np.random.default_rng(3)))
    verdicts = {tuple(pot): verdict for pot, verdict in zip(X, y, strict=True)}
    pairs = zip(mixed, labels, strict=True)
    changed = sum(verdicts.get(tuple(pot)) != verdict for pot, verdict in pairs)
    panels = canvas.subplots(1, 2, sharey=True)
    for axes, pots, good, title in [
        (panels[0], X, y, f"before: {len(X)} pots"),
        (panels[1], mixed, labels, f"after: {changed} with another verdict"),
    ]:
        axes.plot(*pots[good == 1].T, "o", color=BLUE, label="good stew")
        axes.plot(*pots[good == 0].T, "x", color=ORANGE, markeredgewidth=2, label="not good")
        axes.set(xlabel="temperature in °C", title=title)
    panels[0].set_ylabel("duration in min")
    canvas.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2)


@figure("fix_globals")
def one_of_two_neurons(learner, canvas):
    """A neuron learns four pots of its own: the losses, and what it says"""
    neuron = learner.fix_globals(2)
    X, y = np.array([[-1.5, -1.0], [1.0, -1.5], [-1.0, 1.5], [1.5, 1.0]]), np.array([0, 1, 1, 1])
    history = neuron.fit(X, y, 1.0, 60)
    loss, plane = canvas.subplots(1, 2, width_ratios=[2, 3])
    loss.plot(history, "o-", color=BLUE, markersize=4)
    loss.axhline(np.log(2), color=GREY, linestyle="--")
    loss.text(60, np.log(2), "no idea: ln 2", ha="right", va="bottom")
    loss.set(xlabel="step", ylabel="loss that fit reports", xlim=(-3, 63))
    loss.set_ylim(0, 1)
    grid = np.meshgrid(np.linspace(-2.5, 2.5, 61), np.linspace(-2.5, 2.5, 61))
    p = neuron.predict(np.stack([each.ravel() for each in grid], axis=1)).reshape(61, 61)
    shades = [(ORANGE, s) for s in (0.4, 0.32, 0.24, 0.16, 0.08)]
    shades += [(BLUE, s) for s in (0.08, 0.16, 0.24, 0.32, 0.4)]
    filled = plane.contourf(*grid, p, np.linspace(0, 1, 11), colors=shades)
    for pot, verdict, said in zip(X, y, neuron.predict(X), strict=True):
        mark, colour = ("o", BLUE) if verdict else ("X", ORANGE)
        plane.plot(*pot, mark, color=colour, markersize=10)
        style = {"textcoords": "offset points", "ha": "center"}
        plane.annotate(f"p = {said:.2f}", pot, (0, 10), **style)
    told = -np.mean(np.log(np.where(y, neuron.predict(X), 1 - neuron.predict(X))))
    plane.set(xlabel="x₁", ylabel="x₂", title=f"loss of its answers: {told:.3f}")
    canvas.colorbar(filled, ax=plane, label="p of the neuron", ticks=np.linspace(0, 1, 6))


@figure("fix_dtype")
def whole_numbers_and_others(learner, canvas):
    """The same numbers as floats and as integers: where the weights go"""
    rng = np.random.default_rng(11)
    X = rng.integers(-3, 4, size=(20, 2))
    y = X @ [5, -4]
    panels = canvas.subplots(1, 2, sharey=True)
    for axes, kind in zip(panels, (float, int), strict=True):
        path = [learner.fix_dtype(X.astype(kind), y.astype(kind), 0.03, k)[0] for k in range(31)]
        w1, w2 = np.transpose(np.array(path, float))
        for w, due, name, colour, mark in [(w1, 5, "w₁", BLUE, "o"), (w2, -4, "w₂", ORANGE, "^")]:
            axes.axhline(due, color=colour, linestyle=":")
            axes.plot(w, f"{mark}-", color=colour, markersize=5, linewidth=1, label=name)
        axes.set(xlabel="step", title=f"X and y of {kind.__name__}s")
    panels[0].set(ylabel="weight", ylim=(-6, 6))
    panels[0].plot([], [], ":", color=DARK, label="due in the end: 5 and -4")
    canvas.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)


@figure("fix_retrace")
def written_down_again(learner, canvas):
    """How often the step is written down, and how long it all takes"""
    import tensorflow as tf

    traces = []

    def bowl(x):
        traces.append(x)  # Python runs this line only while TensorFlow writes the step down
        return tf.reduce_sum(x**2)

    learner.fix_retrace(bowl, [4.0, -2.0], 0.25, 1)
    steps, counts, seconds = [1, 2, 4, 8, 16], [], []
    for n in steps:
        traces.clear()
        began = time.perf_counter()
        learner.fix_retrace(bowl, [4.0, -2.0], 0.25, n)
        seconds.append(time.perf_counter() - began)
        counts.append(len(traces))
    count, clock = canvas.subplots(2, sharex=True)
    count.plot(steps, np.ones(5), color=LIGHT, linewidth=8, label="due")
    count.plot(steps, counts, "o-", color=BLUE, markersize=8, label="yours")
    count.set(ylabel="times written down", ylim=(0, 17), yticks=[1, 4, 8, 16])
    count.legend(loc="upper left")
    clock.plot(steps, seconds, "o-", color=BLUE, markersize=8)
    clock.set(xlabel="steps", ylabel="seconds in all", xticks=steps)
    clock.set_ylim(0, max(0.5, *seconds))
