"""Pictures of chapter 6, drawn by your own functions: `kata draw numerical_gradient`."""

import numpy as np

from grader import given
from grader.datasets import kimchi
from grader.draw import BLUE, DARK, GREEN, GREY, LIGHT, ORANGE, PURPLE, figure


@figure("numerical_gradient")
def neither_long_nor_short(learner, canvas):
    """How far off your slopes are: the step must be neither long nor short"""

    def f(x):
        return np.exp(x).sum()

    x, steps = np.array([0.0, 1.0]), np.logspace(-13, 0, 53)
    due = np.exp(x)
    slopes = np.array([np.asarray(learner.numerical_gradient(f, x, h), float) for h in steps])
    error = np.abs(slopes - due).max(axis=-1) / due.max()
    axes = canvas.subplots()
    axes.loglog(steps, steps / 2, "--", color=ORANGE, label="a step to one side: h/2")
    axes.loglog(steps, steps**2 / 6, "-.", color=GREEN, label="a step to both sides: h²/6")
    axes.loglog(steps, 1e-16 / steps, ":", color=DARK, label="rounding: about 10⁻¹⁶/h")
    axes.loglog(steps, np.maximum(error, 1e-16), "o-", color=BLUE, markersize=5, label="yours")
    axes.axvline(1e-5, color=GREY, linewidth=1)
    axes.annotate("h = 10⁻⁵", (1e-5, 2), (6, 0), textcoords="offset points", va="center")
    axes.set(xlabel="step h", ylabel="error, as a share of the slope", ylim=(1e-16, 10))
    axes.legend(loc="upper center", bbox_to_anchor=(0.35, 0.93))
    axes.set_title("f(x) = e^x₁ + e^x₂ at x = (0, 1); its slopes are 1 and e")


@figure("sigmoid_prime")
def tangents_of_the_sigmoid(learner, canvas):
    """Your slopes of the sigmoid: each short line should touch the curve"""
    z, few = np.linspace(-6, 6, 241), np.linspace(-4.5, 4.5, 7)
    curve, slope = canvas.subplots(2, sharex=True)
    curve.plot(z, given.sigmoid(z), color=LIGHT, linewidth=6, label="σ(z)")
    a, rise = given.sigmoid(few), np.asarray(learner.sigmoid_prime(few), float)
    lines = [few - 0.55, few + 0.55], [a - 0.55 * rise, a + 0.55 * rise]
    label = ["σ'(z), yours, as a slope", *[None] * (len(few) - 1)]
    curve.plot(*lines, color=BLUE, linewidth=3, label=label)
    curve.plot(few, a, "o", color=BLUE, markersize=5)
    curve.set(ylabel="σ(z)", ylim=(-0.2, 1.2))
    curve.legend(loc="upper left")
    due = (given.sigmoid(few + 1e-5) - given.sigmoid(few - 1e-5)) / 2e-5
    slope.plot(z, learner.sigmoid_prime(z), color=BLUE, linewidth=3, label="yours")
    ring = {"color": DARK, "markerfacecolor": "none", "markersize": 8}
    slope.plot(few, due, "o", label="due: central differences", **ring)
    slope.set(xlabel="z", ylabel="σ'(z)")
    slope.legend()


@figure("tanh_prime")
def tangents_of_tanh(learner, canvas):
    """Your slopes of tanh: each short line should touch the curve"""
    z, few = np.linspace(-4, 4, 241), np.linspace(-3, 3, 7)
    curve, slope = canvas.subplots(2, sharex=True)
    curve.plot(z, given.tanh(z), color=LIGHT, linewidth=6, label="tanh(z)")
    a, rise = given.tanh(few), np.asarray(learner.tanh_prime(few), float)
    lines = [few - 0.35, few + 0.35], [a - 0.35 * rise, a + 0.35 * rise]
    label = ["tanh'(z), yours, as a slope", *[None] * (len(few) - 1)]
    curve.plot(*lines, color=BLUE, linewidth=3, label=label)
    curve.plot(few, a, "o", color=BLUE, markersize=5)
    curve.set(ylabel="tanh(z)", ylim=(-1.4, 1.4))
    curve.legend(loc="upper left")
    due = (given.tanh(few + 1e-5) - given.tanh(few - 1e-5)) / 2e-5
    slope.plot(z, learner.tanh_prime(z), color=BLUE, linewidth=3, label="yours")
    ring = {"color": DARK, "markerfacecolor": "none", "markersize": 8}
    slope.plot(few, due, "o", label="due: central differences", **ring)
    slope.set(xlabel="z", ylabel="tanh'(z)")
    slope.legend()


@figure("relu_prime", "tanh_prime", "sigmoid_prime")
def what_each_layer_lets_through(learner, canvas):
    """Three functions, your slopes, and what ten layers leave of a slope"""
    above, below = canvas.subfigures(2)
    z = np.linspace(-4, 4, 161)  # 0 is among them
    layers = np.arange(11)
    left = below.subplots()
    for axes, name, slope_of, colour, style in zip(
        above.subplots(1, 3, sharey=True),
        ["sigmoid", "tanh", "relu"],
        [learner.sigmoid_prime, learner.tanh_prime, learner.relu_prime],
        [ORANGE, PURPLE, BLUE],
        ["^-", "s:", "o-"],
        strict=True,
    ):
        slope = np.asarray(slope_of(z), float)
        axes.plot(z, getattr(given, name)(z), "--", color=GREY, label=name)
        jump = np.abs(np.diff(slope, prepend=slope[0])) > 0.3
        axes.plot(z, np.where(jump, np.nan, slope), color=colour, linewidth=3, label="your slope")
        axes.plot(0, slope[80], style[0], color=colour, markersize=8, label="at 0")
        axes.set(ylim=(-1.2, 2.8), xlabel="z")
        axes.legend(loc="upper left")
        best = np.abs(slope).max()
        look = {
            "color": colour,
            "markersize": 13 - 5 * len(name) / 4,
            "label": f"{name}: {best:.4g}",
        }
        left.semilogy(layers, best**layers, style, **look)
    left.set(xlabel="layers that a slope has come through", ylabel="what is left of it, at best")
    left.set(xticks=layers, ylim=(1e-7, 10))
    left.legend(loc="lower left", title="the steepest slope", alignment="left")


@figure("tape_gradient")
def uphill(learner, canvas):
    """Your gradient points straight uphill, across the lines of equal height"""
    import tensorflow as tf

    def f(x):
        west = tf.exp(-((x[0] + 1.2) ** 2) - (x[1] + 0.3) ** 2)
        return west + 0.7 * tf.exp(-((x[0] - 1.2) ** 2) - (x[1] - 0.5) ** 2)

    x1, x2 = np.meshgrid(np.linspace(-2.4, 2.4, 13), np.linspace(-1.8, 1.8, 10))
    places = np.stack([x1.ravel(), x2.ravel()], axis=1)
    h = 1e-5 * np.eye(2)[:, :, np.newaxis]
    due = np.array([(f(places.T + step) - f(places.T - step)) / 2e-5 for step in h])
    yours = [np.asarray(learner.tape_gradient(f, place), float) + np.zeros(2) for place in places]
    axes = canvas.subplots()
    grid = np.stack(np.meshgrid(np.linspace(-2.8, 2.8, 113), np.linspace(-2.2, 2.2, 89)))
    lines = axes.contour(*grid, f(grid), np.arange(0.1, 1, 0.1), colors=GREY, linewidths=1)
    axes.clabel(lines, colors=DARK, fontsize=10)
    arrows = {"angles": "xy", "scale_units": "xy", "scale": 2.2}
    wide = {"width": 0.01, "headwidth": 2, "headlength": 1.5, "headaxislength": 1.5}
    axes.quiver(*places.T, *due, color=ORANGE, alpha=0.45, label="due", **wide, **arrows)
    axes.quiver(*places.T, *np.transpose(yours), color=BLUE, width=0.003, label="yours", **arrows)
    axes.set(xlabel="x₁", ylabel="x₂")
    lost = np.isnan(yours).any(axis=1).sum()
    told = f"{lost} of your {len(places)} arrows are missing" if lost else "arrows: slopes of f"
    axes.set_title(f"grey: the height f(x); {told}")
    canvas.legend(loc="outside lower center", ncols=2)


@figure("dense_backward", "numerical_gradient")
def all_on_one_line(learner, canvas):
    """Your slopes of a layer, against those found by trying: one line"""
    rng = np.random.default_rng(6)
    dA, A_prev = rng.normal(size=(6, 4)), rng.normal(size=(6, 5))
    W, b = rng.normal(size=(5, 4)), rng.normal(size=4)
    tried = {
        "dA_prev": (lambda A_prev: np.sum(dA * given.sigmoid(A_prev @ W + b)), A_prev, BLUE, "o"),
        "dW": (lambda W: np.sum(dA * given.sigmoid(A_prev @ W + b)), W, ORANGE, "^"),
        "db": (lambda b: np.sum(dA * given.sigmoid(A_prev @ W + b)), b, DARK, "s"),
    }
    yours = learner.dense_backward(dA, A_prev, W, given.sigmoid(A_prev @ W + b))
    axes = canvas.subplots()
    axes.axline((0, 0), slope=1, color=LIGHT, linewidth=6, zorder=0)
    for (name, (f, x, colour, mark)), slopes in zip(tried.items(), yours, strict=True):
        by_trying, slopes = learner.numerical_gradient(f, x), np.asarray(slopes, float)
        style = {"color": colour, "markerfacecolor": "none", "markersize": 9}
        if slopes.shape == x.shape:
            axes.plot(np.ravel(by_trying), slopes.ravel(), mark, label=f"{name} {x.shape}", **style)
        else:
            axes.plot([], [], mark, label=f"{name} {slopes.shape}, due {x.shape}", **style)
    axes.set(xlabel="by trying: your numerical_gradient", ylabel="by your dense_backward")
    axes.set_title("6 examples, 5 inputs, 4 units; each mark is one slope")
    axes.legend(loc="upper left")


@figure("backprop")
def led_by_your_slopes(learner, canvas):
    """A network of 13 numbers learns from 200 pots, led by your slopes"""
    pots, good = kimchi(200, np.random.default_rng(7))
    mean, std = pots.mean(axis=0), pots.std(axis=0)
    X, y = (pots - mean) / std, good[:, np.newaxis]
    rng = np.random.default_rng(0)
    layers = [(rng.normal(size=(2, 3)), np.zeros(3)), (rng.normal(size=(3, 1)), np.zeros(1))]

    def answers(X):
        for W, b in layers:
            X = given.sigmoid(X @ W + b)
        return X

    losses = []
    for _ in range(3000):
        p = np.clip(answers(X), 1e-12, 1 - 1e-12)
        losses.append(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
        slopes = learner.backprop(X, y, layers)
        layers = [(W - dW, b - db) for (W, b), (dW, db) in zip(layers, slopes, strict=True)]
    loss, plane = canvas.subplots(1, 2, width_ratios=[2, 3])
    loss.loglog(range(1, 3001), losses, color=BLUE)
    loss.axhline(np.log(2), color=GREY, linestyle="--")
    loss.text(1, np.log(2) * 1.04, "no idea: ln 2")
    loss.set(xlabel="step", ylabel="cost")
    loss.set_ylim(bottom=0.01)
    T, t = np.meshgrid(np.linspace(130, 220, 91), np.linspace(30, 150, 81))
    p = answers((np.stack([T.ravel(), t.ravel()], axis=1) - mean) / std).reshape(T.shape)
    plane.contourf(T, t, p, [-0.1, 0.5, 1.1], colors=[(ORANGE, 0.15), (BLUE, 0.2)])
    plane.contour(T, t, p, [0.5], colors=DARK)
    plane.plot(*pots[good == 1].T, "o", color=BLUE, label="good stew")
    plane.plot(*pots[good == 0].T, "x", color=ORANGE, markeredgewidth=2, label="not good")
    right = np.sum((answers(X) >= 0.5) == y)
    plane.set(xlabel="temperature in °C", ylabel="duration in min", xticks=range(130, 221, 30))
    plane.set_title(f"right about {right} of 200")
    canvas.legend(loc="outside lower center", ncols=2)


@figure("gradient_check")
def right_and_wrong(learner, canvas):
    """What your check says of a right gradient, and of five wrong ones"""
    rng = np.random.default_rng(6)
    X, y, w = rng.normal(size=(50, 4)), rng.integers(0, 2, 50), np.array([1.0, -0.5, 0.25, 2.0])

    def f(w):
        p = given.sigmoid(X @ w)
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    right = X.T @ (given.sigmoid(X @ w) - y) / 50
    last = np.array([0, 0, 0, 1])
    gradients = {
        "right": right,
        "one number off by 0.1 %": right * (1 + 0.001 * last),
        "one number left at 0": right * (1 - last),
        "1/n forgotten": right * 50,
        "one wrong sign": right * (1 - 2 * last),
        "uphill and downhill confused": -right,
    }
    told = [float(learner.gradient_check(f, gradient, w)) for gradient in gradients.values()]
    due = [3.3e-4, 0.4, 0.96, 0.69, 1]
    axes = canvas.subplots()
    axes.axvspan(1e-13, 1e-5, color=(GREEN, 0.12), linewidth=0)
    axes.axvspan(1e-5, 20, color=(ORANGE, 0.12), linewidth=0)
    colours = [BLUE if number < 1e-5 else ORANGE for number in told]
    axes.barh([*gradients], np.clip(told, 1e-13, 20), color=colours, height=0.5)
    for row, number in enumerate(told):
        axes.text(40, row, f"{number:.1g}", va="center")
    ring = {"color": DARK, "markerfacecolor": "white", "markersize": 9}
    axes.plot(due, [*gradients][1:], "D", label="due", **ring)
    axes.set(xscale="log", xlim=(1e-13, 1e4), xticks=[1e-12, 1e-9, 1e-6, 1e-3, 1])
    axes.set_xlabel("‖n - g‖ / (‖n‖ + ‖g‖), by your gradient_check")
    axes.set_title("below 10⁻⁵ all is well; above it the gradient deserves a look")
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    canvas.legend(loc="outside lower right")
