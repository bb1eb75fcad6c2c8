"""Pictures of chapter 3, drawn by your own functions: `kata draw predict`."""

import itertools

import numpy as np

from grader import given
from grader.datasets import kimchi
from grader.draw import BLUE, DARK, GREEN, GREY, ORANGE, PURPLE, RED, figure


@figure("dense")
def three_complaints(learner, canvas):
    """Three neurons look at every pot, and each has its own complaint"""
    W, b = np.array([[-4, 0, 3], [0, -4, 2]]), np.array([-3, -1, -4])
    T, t = np.meshgrid(np.linspace(130, 220, 46), np.linspace(30, 150, 41))
    pots = np.stack([(T - 170) / 20, (t - 75) / 30], axis=-1)
    a = np.array([[learner.dense(pot, W, b) for pot in row] for row in pots])
    panels = canvas.subplots(2, 2)
    shades = [(BLUE, share) for share in np.linspace(0, 0.7, 10)]
    complaints = ["too cool", "too short", "overdone"]
    for axes, unit, complaint in zip(panels.flat, np.moveaxis(a, -1, 0), complaints, strict=False):
        filled = axes.contourf(T, t, unit, np.linspace(0, 1, 11), colors=shades)
        axes.contour(T, t, unit, [0.5], colors=DARK)
        axes.plot(180, 90, "*", color=ORANGE, markersize=14)
        axes.set(xlabel="temperature in °C", ylabel="duration in min", title=complaint)
    canvas.colorbar(filled, ax=panels, label="activation; the line is 0.5", ticks=[0, 0.5, 1])
    ours = learner.dense([0.5, 0.5], W, b)
    bars = panels[1, 1].barh(complaints, ours, color=BLUE)
    panels[1, 1].bar_label(bars, [f"{unit:.3f}" for unit in ours], padding=4)
    panels[1, 1].set(xlim=(0, 1), xlabel="activation", title="★ 180 °C for 90 min")
    panels[1, 1].invert_yaxis()


@figure("dense_layer")
def one_layer_four_activations(learner, canvas):
    """The same three neurons, four times: only the activation differs"""
    W, b = np.array([[-4, 0, 3], [0, -4, 2]]), np.array([-3, -1, -4])
    T = np.linspace(130, 220, 181)
    styles = [("too cool", BLUE, "-"), ("too short", ORANGE, "--"), ("overdone", PURPLE, "-.")]
    activations = given.step, given.sigmoid, given.tanh, given.relu
    for axes, activation in zip(canvas.subplots(2, 2).flat, activations, strict=True):
        layer = [learner.dense_layer([(T_i - 170) / 20, 0.5], W, b, activation) for T_i in T]
        for unit, (complaint, colour, style) in zip(np.transpose(layer), styles, strict=True):
            axes.plot(T, unit, style, color=colour, label=complaint, linewidth=2.5)
        axes.set(xlabel="temperature in °C, for 90 min", title=activation.__name__)
        axes.set(ylabel="activation", xticks=range(130, 221, 30))
    canvas.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)


@figure("sequential")
def from_pot_to_probability(learner, canvas):
    """How good your network thinks a pot will be: an island of good stew"""
    complaints = np.array([[-4, 0, 3], [0, -4, 2]]), np.array([-3, -1, -4])
    judge = np.array([[-6], [-6], [-6]]), np.array([3])
    layers = [complaints, judge]
    T, t = np.meshgrid(np.linspace(130, 220, 61), np.linspace(30, 150, 61))
    pots = np.stack([(T - 170) / 20, (t - 75) / 30], axis=-1)
    f = np.array([[learner.sequential(pot, layers)[0] for pot in row] for row in pots])
    axes = canvas.subplots()
    shades = [(ORANGE, s) for s in (0.4, 0.32, 0.24, 0.16, 0.08)]
    shades += [(BLUE, s) for s in (0.08, 0.16, 0.24, 0.32, 0.4)]
    filled = axes.contourf(T, t, f, np.linspace(0, 1, 11), colors=shades)
    axes.contour(T, t, f, [0.5], colors=DARK, linewidths=2.5)
    for pot in ([150, 45], [190, 45], [150, 105], [190, 105], [180, 90]):
        answer = learner.sequential((np.array(pot) - [170, 75]) / [20, 30], layers)[0]
        axes.plot(*pot, "o" if answer >= 0.5 else "X", color=DARK, markersize=9)
        side, align = (9, "left") if pot[0] == 190 else (-9, "right")
        axes.annotate(f"{answer:.3f}", pot, (side, 5), textcoords="offset points", ha=align)
    axes.set(xlabel="temperature in °C", ylabel="duration in min")
    canvas.colorbar(filled, ax=axes, label="f(x); the line is 0.5", ticks=np.linspace(0, 1, 6))


@figure("predict")
def regions_over_the_pots(learner, canvas):
    """Where your network says yes, over 200 pots that have been tasted"""
    complaints = np.array([[-4, 0, 3], [0, -4, 2]]), np.array([-3, -1, -4])
    judge = np.array([[-6], [-6], [-6]]), np.array([3])
    layers, mean, std = [complaints, judge], [170, 75], [20, 30]
    T, t = np.meshgrid(np.linspace(130, 220, 121), np.linspace(30, 150, 121))
    plane = np.stack([T.ravel(), t.ravel()], axis=1)
    answers = learner.predict((plane - mean) / std, layers)
    axes = canvas.subplots()
    fill = [(ORANGE, 0.15), (BLUE, 0.2)]
    axes.contourf(T, t, answers.reshape(T.shape), [-0.5, 0.5, 1.5], colors=fill)
    axes.contour(T, t, answers.reshape(T.shape), [0.5], colors=DARK)
    pots, good = kimchi(200, np.random.default_rng(3))
    wrong = learner.predict((pots - mean) / std, layers).ravel() != good
    axes.plot(*pots[good == 1].T, "o", color=BLUE, label="was good")
    axes.plot(*pots[good == 0].T, "x", color=ORANGE, markeredgewidth=2, label="was not good")
    ring = {"markersize": 15, "markerfacecolor": "none"}
    axes.plot(*pots[wrong].T, "o", color=DARK, label="your network thought otherwise", **ring)
    axes.set(xlabel="temperature in °C", ylabel="duration in min")
    axes.set_title(f"inside the line: yes; right for {np.sum(~wrong)} of {len(pots)} pots")
    canvas.legend(loc="outside lower center", ncols=3)


@figure("perceptron")
def a_band_out_of_two_lines(learner, canvas):
    """A band out of two lines: from 140 °C up, but not from 200 °C up"""
    T = np.arange(120, 221)
    hidden = learner.perceptron(T[:, np.newaxis], [[1, 1]], [-140, -200])
    judge = learner.perceptron(hidden, [[1], [-1]], [-1])
    traces = [*np.transpose(hidden), judge[:, 0]]
    names = ["unit 1: 140 °C or more?", "unit 2: 200 °C or more?", "judge: unit 1 and not unit 2?"]
    panels = canvas.subplots(3, sharex=True)
    for axes, trace, name, colour in zip(panels, traces, names, [BLUE, ORANGE, DARK], strict=True):
        axes.plot(T, trace, color=colour, drawstyle="steps-post")
        axes.fill_between(T, trace, color=colour, alpha=0.15, step="post")
        for edge in (140, 200):
            axes.plot(edge, trace[edge - 120], "o", color=colour, markersize=9)
        axes.set(ylim=(-0.3, 1.3), yticks=[0, 1], title=name)
    panels[2].set_xlabel("temperature in °C; the dots are 140 °C and 200 °C exactly")


@figure("xor_network", "perceptron")
def two_lines_for_xor(learner, canvas):
    """Your XOR: each hidden unit draws a line, and the last one judges"""
    (W1, b1), (W2, b2) = learner.xor_network()
    x1, x2 = np.meshgrid(np.linspace(-0.6, 1.6, 221), np.linspace(-0.6, 1.6, 221))
    plane = np.stack([x1.ravel(), x2.ravel()], axis=1)
    answers = learner.perceptron(learner.perceptron(plane, W1, b1), W2, b2)
    axes = canvas.subplots()
    fill = [(ORANGE, 0.15), (BLUE, 0.2)]
    axes.contourf(x1, x2, answers.reshape(x1.shape), [-0.5, 0.5, 1.5], colors=fill)
    z = plane @ np.asarray(W1, float) + np.asarray(b1, float)
    styles = [(BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (PURPLE, ":"), (RED, "-"), (DARK, "--")]
    for j, (colour, style) in zip(range(z.shape[1]), styles, strict=False):
        line = z[:, j].reshape(x1.shape)
        axes.contour(x1, x2, line, [0], colors=colour, linestyles=style, linewidths=2.5)
        axes.plot([], [], color=colour, linestyle=style, label=f"hidden unit {j + 1}")
    for corner in ([0, 0], [0, 1], [1, 0], [1, 1]):
        answer = learner.perceptron(learner.perceptron([corner], W1, b1), W2, b2)[0, 0]
        mark, colour = ("o", BLUE) if answer == 1 else ("X", ORANGE)
        axes.plot(*corner, mark, color=colour, markersize=14)
        due = int(corner[0] != corner[1])
        told = f"{answer:.2g}" if answer == due else f"{answer:.2g}, due {due}"
        axes.annotate(told, corner, (13, 9), textcoords="offset points", size=15)
    axes.set(xticks=[0, 1], yticks=[0, 1], xlabel="x₁", ylabel="x₂", aspect="equal")
    canvas.legend(loc="outside lower center", ncols=3)


@figure("compose_linear")
def two_layers_melt_into_one(learner, canvas):
    """Without a bend, your two layers are one layer, and draw one line"""
    W1, b1 = np.array([[-4, 0, 3], [0, -4, 2]]), np.array([-3, -1, -4])
    W2, b2 = np.array([[-6], [-6], [-6]]), np.array([3])
    W, b = learner.compose_linear(W1, b1, W2, b2)
    T, t = np.meshgrid(np.linspace(130, 220, 46), np.linspace(30, 150, 41))
    plane = np.stack([(T - 170) / 20, (t - 75) / 30], axis=-1)
    score = (plane @ W + b)[..., 0]
    lines, same = canvas.subplots(1, 2)
    drawn = lines.contour(T, t, score, range(-10, 131, 20), colors=GREY, linewidths=1.5)
    lines.clabel(drawn, colors=DARK, fontsize=11)
    for pot in ([150, 45], [190, 45], [150, 105], [190, 105], [180, 90]):
        alone = ((np.array(pot) - [170, 75]) / [20, 30]) @ W + b
        lines.plot(*pot, "o", color=BLUE)
        lines.annotate(f"{alone[0]:g}", pot, (6, 5), textcoords="offset points", weight="bold")
    lines.set(
        xlabel="temperature in °C", ylabel="duration in min", title="scores of your one layer"
    )

    pots, _ = kimchi(60, np.random.default_rng(2))
    X = (pots - [170, 75]) / [20, 30]
    one, two = X @ W + b, (X @ W1 + b1) @ W2 + b2
    same.axline((51, 51), slope=1, color=GREY, linestyle="--", label="equal")
    same.plot(two, one, "o", color=BLUE, label="60 pots")
    same.set(xlabel="score through two layers", ylabel="score by your one layer")
    same.set_title("the same, for every pot?")
    same.legend(loc="upper left")


@figure("standardize")
def on_the_same_scale(learner, canvas):
    """Your standardize: the same cloud of pots, both features on one scale"""
    pots, _ = kimchi(100, np.random.default_rng(4))
    Z, mean, std = learner.standardize(pots)
    mean, std = np.resize(mean, 2), np.resize(std, 2)  # also of those that are one number
    before, after = canvas.subplots(1, 2)
    bars = {"color": DARK, "capsize": 6, "zorder": 3}
    before.errorbar(*mean, xerr=std[0], yerr=std[1], **bars)
    before.plot(*pots.T, ".", color=BLUE)
    before.set(xlabel="temperature in °C", ylabel="duration in min", title="before")
    before.set(xlim=(0, 240), ylim=(0, 240))
    before.text(
        8, 20, f"mean ± std:\n{mean[0]:.0f} ± {std[0]:.0f} °C\n{mean[1]:.0f} ± {std[1]:.0f} min"
    )
    center, width = np.mean(Z, axis=0).round(2) + 0.0, np.std(Z, axis=0)
    after.errorbar(*center, xerr=width[0], yerr=width[1], **bars)
    after.plot(*np.transpose(Z), ".", color=BLUE)
    after.set(xlabel="temperature, no unit", ylabel="duration, no unit", title="after")
    after.set(xlim=(-3, 3), ylim=(-3, 3))
    now = f"mean ± std:\n{center[0]:g} ± {width[0]:.3g}\n{center[1]:g} ± {width[1]:.3g}"
    after.text(-2.8, -2.6, now)
    same, _, std = learner.standardize([[150, 90], [190, 90]])
    told = f"the durations become {np.round(same[:, 1], 2)}, with std {np.resize(std, 2)[1]:g}"
    canvas.supxlabel(f"two pots of 90 min each: {told}", size=12)


@figure("count_parameters")
def where_the_numbers_are(learner, canvas):
    """What a network has to learn, and in which layer it is"""
    networks = {"for pots": [2, 3, 1], "for digits": [400, 25, 15, 1]}
    panels = canvas.subplots(2, height_ratios=[2, 3])
    for axes, (name, widths) in zip(panels, networks.items(), strict=True):
        pairs = list(itertools.pairwise(widths))
        layers = [(np.zeros((d, units)), np.zeros(units)) for d, units in pairs]
        counts = [learner.count_parameters([layer]) for layer in layers]
        bars = axes.barh([f"{d} → {units}" for d, units in pairs], counts, color=BLUE)
        axes.bar_label(bars, [f"{count:,}" for count in counts], padding=4)
        total = learner.count_parameters(layers)
        axes.set(title=f"{name}: {total:,} in all", ylabel="layer", xscale="log")
        axes.set(xlim=(1, 30_000), xlabel="weights and biases")
        axes.invert_yaxis()
