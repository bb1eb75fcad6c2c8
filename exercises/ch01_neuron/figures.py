"""Pictures of chapter 1, drawn by your own functions: `kata draw sigmoid`."""

import warnings

import numpy as np

from grader import given
from grader.datasets import kimchi
from grader.draw import BLUE, DARK, GREEN, GREY, ORANGE, PURPLE, RED, figure


@figure("weighted_sum")
def pots_of_equal_worth(learner, canvas):
    """Pots of kimchi jjim on one line are worth the same to your sum"""
    w, b = [0.02, 0.03], -6
    temperature, duration = np.linspace(130, 220, 46), np.linspace(30, 150, 49)
    z = [[learner.weighted_sum([T, t], w, b) for T in temperature] for t in duration]
    axes = canvas.subplots()
    axes.contourf(temperature, duration, z, [-1e9, 0, 1e9], colors=[(ORANGE, 0.12), (BLUE, 0.12)])
    axes.contour(temperature, duration, z, [0], colors=DARK, linewidths=2.5)
    lines = axes.contour(temperature, duration, z, [-2, -1, 1, 2], colors=GREY, linewidths=1.2)
    axes.clabel(lines, fmt="z = %g", colors=DARK, fontsize=11)
    for T, t in ([180, 90], [150, 110], [140, 50], [200, 120]):
        z = learner.weighted_sum([T, t], w, b)
        axes.plot(T, t, "o" if z >= 0 else "X", color=BLUE if z >= 0 else ORANGE, markersize=11)
        axes.annotate(f"z = {z:.1f}", (T, t), (9, 7), textcoords="offset points", weight="bold")
    axes.set(xlabel="temperature in °C", ylabel="duration in min")
    axes.set_title("z = 0.02 · temperature + 0.03 · duration - 6; on the thick line z is 0")


@figure("step")
def two_answers(learner, canvas):
    """Your step: two answers, and nothing between them"""
    below, above = np.linspace(-3, -1e-9, 50), np.linspace(1e-9, 3, 50)
    axes = canvas.subplots()
    axes.plot(below, learner.step(below), color=BLUE, linewidth=5, label="yours")
    axes.plot(above, learner.step(above), color=BLUE, linewidth=5)
    at_zero = learner.step(np.array([0.0]))
    axes.plot([0], at_zero, "o", color=BLUE, markersize=12, label="yours at z = 0")
    axes.plot([-3, 0], [0, 0], ":", color=DARK, label="due")
    axes.plot([0, 3], [1, 1], ":", color=DARK)
    ring = {"markersize": 19, "markerfacecolor": "none", "markeredgewidth": 2}
    axes.plot(0, 1, "o", color=DARK, label="due at z = 0", **ring)
    axes.set(xlabel="z", ylabel="step(z)", ylim=(-1.2, 1.6))
    axes.legend(loc="upper left", labelspacing=0.8)


@figure("tlu")
def one_line_each(learner, canvas):
    """Three gates and a stew: each is one threshold logic unit, and one line"""
    gates = [("AND", [1, 1], -1.5), ("OR", [1, 1], -0.5), ("NAND", [-1, -1], 1.5)]
    panels = list(canvas.subplots(2, 2).flat)
    x = np.linspace(-0.5, 1.5, 60)
    fill = {"levels": [-0.5, 0.5, 1.5], "colors": [(ORANGE, 0.15), (BLUE, 0.15)]}
    for axes, (gate, w, b) in zip(panels, gates, strict=False):
        axes.contourf(x, x, [[learner.tlu([x1, x2], w, b) for x1 in x] for x2 in x], **fill)
        for corner in ([0, 0], [0, 1], [1, 0], [1, 1]):
            answer = learner.tlu(corner, w, b)
            mark, colour = ("o", BLUE) if answer == 1 else ("X", ORANGE)
            axes.plot(*corner, mark, color=colour, markersize=10)
            axes.annotate(f"{answer:g}", corner, (9, 7), textcoords="offset points", size=14)
        axes.set(xticks=[0, 1], yticks=[0, 1], xlabel="x₁", ylabel="x₂")
        axes.set_title(f"{gate}: w = ({w[0]}, {w[1]}), b = {b}")
    T, t = np.linspace(130, 220, 120), np.linspace(30, 150, 120)
    stew = [[learner.tlu([T_i, t_i], [0.02, 0.03], -6) for T_i in T] for t_i in t]
    panels[3].contourf(T, t, stew, **fill)
    for pot in ([180, 90], [150, 60]):
        answer = learner.tlu(pot, [0.02, 0.03], -6)
        mark, colour = ("o", BLUE) if answer == 1 else ("X", ORANGE)
        panels[3].plot(*pot, mark, color=colour, markersize=10)
        panels[3].annotate(f"{answer:g}", pot, (9, 7), textcoords="offset points", size=14)
    panels[3].set(xlabel="temperature in °C", ylabel="duration in min")
    panels[3].set_title("good stew: w = (0.02, 0.03), b = -6")


@figure("sigmoid")
def beside_tensorflow(learner, canvas):
    """Your sigmoid, TensorFlow's, and how far apart they are"""
    import tensorflow as tf

    curve, error = canvas.subplots(2, height_ratios=[3, 2])
    near, few = np.linspace(-8, 8, 161), np.linspace(-8, 8, 17)
    curve.plot(near, learner.sigmoid(near), color=BLUE, linewidth=3, label="yours")
    theirs = tf.sigmoid(tf.constant(few))
    curve.plot(few, theirs, "o", color=DARK, markerfacecolor="none", label="TensorFlow's")
    curve.set(xlabel="z", ylabel="σ(z)", ylim=(-0.1, 1.1))
    curve.legend(loc="upper left")

    far = np.concatenate([-np.logspace(3, 1, 60), np.linspace(-10, 10, 81), np.logspace(1, 3, 60)])
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        yours = np.asarray(learner.sigmoid(far))
        distance = np.abs(yours - tf.sigmoid(tf.constant(far)).numpy())
    error.axhspan(1e-18, 1e-12, color=(GREEN, 0.15), linewidth=0)
    error.plot(far, np.clip(distance, 1e-18, 1e3), color=BLUE)
    lost = np.isnan(distance)
    error.plot(far[lost], np.ones(lost.sum()), "x", color=RED)
    error.set_xscale("symlog", linthresh=10)
    error.set_yscale("log")
    error.set(xlabel="z, from -1000 to 1000", ylabel="difference", ylim=(1e-19, 1e4))
    error.set_yticks([1e-18, 1e-12, 1e-6, 1], ["0", "10⁻¹²", "10⁻⁶", "1"])
    error.text(-900, 2e-14, "in this band: rounding, nothing to worry about")
    verdict = f"yours warned: {told[0].message}" if told else "no warning anywhere"
    verdict += f"; NaN for {lost.sum()} of {lost.size} values (×)" if lost.any() else ""
    error.set_title(verdict, color=RED if told else DARK)


@figure("tanh")
def stretched_and_moved(learner, canvas):
    """Your tanh: the sigmoid at double speed, stretched to twice its height"""
    z, few = np.linspace(-4, 4, 161), np.linspace(-4, 4, 17)
    axes = canvas.subplots()
    axes.plot(z, given.sigmoid(2 * z), ":", color=GREY, label="σ(2z)")
    axes.plot(z, 2 * given.sigmoid(2 * z), "--", color=GREY, label="2σ(2z)")
    axes.plot(z, learner.tanh(z), color=BLUE, linewidth=3, label="yours")
    axes.plot(few, np.tanh(few), "o", color=DARK, markerfacecolor="none", label="NumPy's tanh")
    axes.set(xlabel="z", ylabel="tanh(z)", ylim=(-1.2, 2.2))
    axes.legend(loc="upper left")


@figure("relu", "step", "sigmoid", "tanh")
def four_questions(learner, canvas):
    """Four questions that a neuron can ask of its sum z"""
    z = np.linspace(-3, 3, 601)
    axes = canvas.subplots()
    axes.plot(z, learner.relu(z), color=BLUE, linewidth=3, label="relu: how much, if any?")
    axes.plot(z, learner.step(z), ":", color=DARK, linewidth=3, label="step: yes or no?")
    axes.plot(z, learner.sigmoid(z), "--", color=ORANGE, label="sigmoid: how sure?")
    axes.plot(z, learner.tanh(z), "-.", color=PURPLE, label="tanh: for or against?")
    axes.plot(0.3, learner.relu(0.3), "o", color=BLUE, markersize=8)
    axes.plot(0.3, learner.step(0.3), "o", color=DARK, markersize=8)
    axes.plot(0.3, learner.sigmoid(0.3), "o", color=ORANGE, markersize=8)
    axes.plot(0.3, learner.tanh(0.3), "o", color=PURPLE, markersize=8)
    axes.set(xlabel="z  (dots: 180 °C for 90 min, z = 0.3)", ylabel="activation")
    axes.set_ylim(-1.3, 3.2)
    axes.legend(loc="upper left")


@figure("neuron")
def how_sure_of_each_pot(learner, canvas):
    """One neuron is sure that charcoal is delicious: it has one line to draw"""
    w, b = [0.02, 0.03], -6
    T, t = np.linspace(130, 220, 46), np.linspace(30, 150, 49)
    a = [[learner.neuron([T_i, t_i], w, b, given.sigmoid) for T_i in T] for t_i in t]
    axes = canvas.subplots()
    shades = [(ORANGE, s) for s in (0.4, 0.32, 0.24, 0.16, 0.08)]
    shades += [(BLUE, s) for s in (0.08, 0.16, 0.24, 0.32, 0.4)]
    filled = axes.contourf(T, t, a, np.linspace(0, 1, 11), colors=shades)
    axes.contour(T, t, a, [0.5], colors=DARK, linewidths=2.5)
    pots, good = kimchi(120, np.random.default_rng(1))
    axes.plot(*pots[good == 1].T, "o", color=BLUE, label="good stew")
    axes.plot(*pots[good == 0].T, "x", color=ORANGE, markeredgewidth=2, label="not good")
    axes.plot([], [], color=DARK, linewidth=2.5, label="a = 0.5")
    axes.set(xlabel="temperature in °C", ylabel="duration in min")
    canvas.colorbar(filled, ax=axes, label="a, what your neuron says", ticks=np.linspace(0, 1, 6))
    canvas.legend(loc="outside lower center", ncols=3)


@figure("decide")
def how_sure_is_sure_enough(learner, canvas):
    """The same neuron, three thresholds: how sure is sure enough?"""
    T, t = np.meshgrid(np.linspace(130, 220, 271), np.linspace(30, 150, 361))
    p = given.sigmoid(0.02 * T + 0.03 * t - 6)
    axes = canvas.subplots()
    thresholds = [(0.3, BLUE, ":"), (0.5, DARK, "-"), (0.9, ORANGE, "--")]
    for threshold, colour, style in thresholds:
        answer = learner.decide(p, threshold)
        axes.contourf(T, t, answer, [0.5, 1.5], colors=[(BLUE, 0.12)])
        axes.contour(T, t, answer, [0.5], colors=colour, linestyles=style, linewidths=2.5)
        label = f"threshold {threshold}: yes to {np.mean(answer):.0%} of the plane"
        axes.plot([], [], color=colour, linestyle=style, linewidth=2.5, label=label)
    for pot in ([180, 90], [150, 60], [207, 142]):
        p = given.sigmoid(np.dot([0.02, 0.03], pot) - 6)
        axes.plot(*pot, "o", color=DARK, markersize=8)
        axes.annotate(f"p = {p:.2f}", pot, (9, -4), textcoords="offset points")
    axes.set(xlabel="temperature in °C", ylabel="duration in min")
    axes.set_title("p = σ(0.02 · temperature + 0.03 · duration - 6); shaded: yes")
    canvas.legend(loc="outside lower center")
