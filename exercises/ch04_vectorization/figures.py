"""Pictures of chapter 4, drawn by your own functions: `kata draw dense_vectorized`."""

import itertools
import math
import time

import numpy as np

from grader import given
from grader.draw import BLUE, DARK, GREEN, GREY, ORANGE, PURPLE, figure


@figure("dense_vectorized")
def loop_against_matrix(learner, canvas):
    """The loop against your matrix product, from 1 example to 1024"""

    def loop(X, W, b):  # as in baseline.py, one number at a time
        batch = []
        for x in X:
            row = []
            for j in range(len(b)):
                z = b[j]
                for i in range(len(x)):
                    z += x[i] * W[i][j]
                row.append(1 / (1 + math.exp(-z)))
            batch.append(row)
        return batch

    rng = np.random.default_rng(0)
    sizes, times, answers = 4 ** np.arange(6), {}, {}
    W, b = rng.normal(size=(20, 10)), rng.normal(size=10)
    for n in sizes:
        X = rng.normal(size=(n, 20))
        for layer in [loop, learner.dense_vectorized] * 4:  # in turns; first comes the warm-up
            start = time.perf_counter()
            answers[layer] = layer(X, W, b)
            times.setdefault((layer, n), []).append(1000 * (time.perf_counter() - start))
    curves = [[np.median(times[layer, n][1:]) for n in sizes] for layer in answers]
    axes = canvas.subplots()
    axes.loglog(sizes, curves[0], "s-", color=ORANGE, markersize=8, label="loop")
    axes.loglog(sizes, curves[1], "o-", color=BLUE, markersize=8, label="yours")
    axes.set(xlabel="examples, each of 20 numbers for 10 units")
    axes.set_ylabel("time of a call in ms, the median of 3")
    axes.set_xticks(sizes, sizes)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    first, second = map(np.array, answers.values())
    faster = np.median(np.divide(*(times[layer, n][1:] for layer in answers)))
    told = "the same" if first.shape == second.shape and np.allclose(first, second) else "OTHER"
    axes.set_title(f"at {n}: {faster:.0f} times as fast as the loop, with {told} answers")
    axes.legend()


@figure("softmax")
def shares_of_one(learner, canvas):
    """Your softmax: only the differences count, and the shares make 1"""
    scores = np.array([[1, 3, 2], [1001, 1003, 1002], [-1000, -998, -999], [0, 0, 5]])
    shares = np.asarray(learner.softmax(scores))
    colours = [ORANGE, BLUE, PURPLE]
    for axes, row, share in zip(canvas.subplots(2, 2).flat, scores, shares, strict=True):
        bars = axes.bar(["raw", "good", "overdone"], share, color=colours)
        axes.bar_label(bars, [f"{each:.3f}" for each in share], padding=2)
        axes.set(
            xlim=(-0.6, 2.6),
            ylim=(0, 1.1),
            ylabel="share",
            title=f"scores {', '.join(map(str, row))}",
        )
        axes.set_xlabel(f"together {share.sum():.3f}")
        axes.grid(False, axis="x")


@figure("forward")
def all_pots_at_once(learner, canvas):
    """Every pot on the plane at once, through your whole network"""
    complaints = np.array([[-4, 0, 3], [0, -4, 2]]), np.array([-3, -1, -4])
    judge = np.array([[-6], [-6], [-6]]), np.array([3])
    T, t = np.meshgrid(np.linspace(130, 220, 201), np.linspace(30, 150, 201))
    X = np.stack([(T.ravel() - 170) / 20, (t.ravel() - 75) / 30], axis=1)
    start = time.perf_counter()
    f = learner.forward(X, [complaints, judge])
    taken = 1000 * (time.perf_counter() - start)
    axes = canvas.subplots()
    shades = [(ORANGE, s) for s in (0.4, 0.32, 0.24, 0.16, 0.08)]
    shades += [(BLUE, s) for s in (0.08, 0.16, 0.24, 0.32, 0.4)]
    f_map = np.reshape(f, T.shape)
    filled = axes.contourf(T, t, f_map, np.linspace(0, 1, 11), colors=shades)
    axes.contour(T, t, f_map, [0.5], colors=DARK, linewidths=2.5)
    for pot in ([150, 45], [180, 90]):
        x = (np.array([pot]) - [170, 75]) / [20, 30]
        answer = np.ravel(learner.forward(x, [complaints, judge]))[0]
        axes.plot(*pot, "o" if answer >= 0.5 else "X", color=DARK, markersize=9)
        axes.annotate(f"{answer:.3f}", pot, (-9, 5), textcoords="offset points", ha="right")
    axes.set(xlabel="temperature in °C", ylabel="duration in min")
    axes.set_title(f"X {X.shape} → f(X) {np.shape(f)}, in {taken:.0f} ms")
    canvas.colorbar(filled, ax=axes, label="f(x); the line is 0.5", ticks=np.linspace(0, 1, 6))


@figure("dense_tf")
def what_the_ceremony_costs(learner, canvas):
    """Your dense_tf against NumPy: for one pot it is all ceremony"""
    import tensorflow as tf

    def by_numpy(X, W, b):
        return given.sigmoid(X @ W + b)

    def as_tensors(*arrays):
        return [tf.constant(each, tf.float32) for each in arrays]

    def as_they_are(*arrays):
        return arrays

    rng = np.random.default_rng(0)
    W, b = rng.normal(size=(400, 25)), rng.normal(size=25)
    sizes, axes = 10 ** np.arange(5), canvas.subplots()
    for name, style, colour, layer, placed in (
        ("NumPy", "s--", GREY, by_numpy, as_they_are),
        ("yours, of float64 arrays", "^-", ORANGE, learner.dense_tf, as_they_are),
        ("yours, of float32 tensors", "o-", BLUE, learner.dense_tf, as_tensors),
    ):
        times = []  # the best of some calls: the two libraries fight for the processor's cores
        for n in sizes:
            args, taken = placed(rng.normal(size=(n, 400)), W, b), []
            for _ in range(15):
                start = time.perf_counter()
                np.asarray(layer(*args))
                taken.append(1000 * (time.perf_counter() - start))
            times.append(min(taken))
        axes.loglog(sizes, times, style, color=colour, markersize=8, label=name)
    axes.set(xlabel="examples, each of 400 numbers for 25 units")
    axes.set_ylabel("time of a call in ms, the best of 15")
    axes.set_xticks(sizes, [f"{n:,}" for n in sizes])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    axes.legend()


@figure("dense_gpu")
def on_every_device(learner, canvas):
    """The same batch on every device that TensorFlow sees here"""
    import tensorflow as tf

    rng = np.random.default_rng(0)
    W, b = rng.normal(size=(400, 200)), rng.normal(size=200)
    sizes, axes = 10 ** np.arange(5), canvas.subplots()
    devices = [each.name.replace("device:", "") for each in tf.config.list_logical_devices()]
    styles = itertools.cycle([("o-", BLUE), ("s--", ORANGE), ("^-.", GREEN), ("D:", PURPLE)])
    for device, (style, colour) in zip(devices, styles, strict=False):
        times = []
        for n in sizes:
            with tf.device(device):
                placed = [
                    tf.constant(each, tf.float32) for each in (rng.normal(size=(n, 400)), W, b)
                ]
            taken = []
            for _ in range(10):
                start = time.perf_counter()
                answer = learner.dense_gpu(*placed, device)
                answer.numpy()
                taken.append(1000 * (time.perf_counter() - start))
            times.append(min(taken))
        lies = "" if answer.device.endswith(device[1:]) else f", but lies on {answer.device[-5:]}"
        axes.loglog(sizes, times, style, color=colour, markersize=8, label=f"{device}{lies}")
    axes.set(xlabel="examples, each of 400 numbers for 200 units")
    axes.set_ylabel("time of a call in ms, the best of 10")
    axes.set_xticks(sizes, [f"{n:,}" for n in sizes])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    if not any("GPU" in device for device in devices):
        axes.set_title("no GPU is visible here")
    axes.legend()


@figure("speedup")
def one_vote_a_round(learner, canvas):
    """Your speedup on the notebook of the lesson: each round has one vote"""
    slow, fast = [0.9, 0.6, 0.63, 1.2, 0.6, 0.65], [0.3, 0.005, 0.005, 0.01, 0.02, 0.005]
    clock = [0.0]

    def taking(seconds):
        each = itertools.cycle(seconds)

        def run():
            clock[0] += next(each)

        return run

    yours = learner.speedup(taking(slow), taking(fast), repeats=5, timer=lambda: clock[0])
    rounds, ratios = np.arange(6), np.divide(slow, fast)
    seconds, votes = canvas.subplots(2, sharex=True, height_ratios=[2, 3])
    seconds.semilogy(rounds, slow, "s", color=ORANGE, markersize=9, label="loop")
    seconds.semilogy(rounds, fast, "^", color=PURPLE, markersize=9, label="matrix")
    seconds.set(ylabel="time in s", ylim=(0.001, 10))
    seconds.yaxis.set_major_formatter("{x:g}")
    seconds.legend(loc="upper right", ncols=2)
    votes.plot(rounds[1:], ratios[1:], "o", color=DARK, markersize=9, label="loop / matrix")
    votes.axhline(yours, color=BLUE, linewidth=3, label=f"yours: {yours:g}")
    mean, total = np.mean(ratios[1:]), np.sum(slow[1:]) / np.sum(fast[1:])
    votes.axhline(mean, color=GREY, linestyle="--", label=f"mean of the ratios: {mean:.1f}")
    votes.axhline(total, color=GREY, linestyle=":", label=f"all seconds / all: {total:.1f}")
    votes.plot(0, ratios[0], "x", color=DARK, markersize=9)
    votes.set(ylabel="times as fast", ylim=(-10, 145), xlim=(-0.5, 5.5))
    votes.set_xticks(rounds, ["warm-up", *(f"round {n}" for n in rounds[1:])])
    votes.legend(loc="lower center")
