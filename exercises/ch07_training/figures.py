"""Pictures of chapter 7, drawn by your own functions: `kata draw gradient_step`."""

import numpy as np

from grader.datasets import digits, digits_01, kimchi
from grader.draw import BLUE, DARK, GREEN, GREY, ORANGE, PURPLE, RED, figure


@figure("gradient_step")
def three_ways_down(learner, canvas):
    """Your steps down a valley of two weights: short, right, too long"""
    rng = np.random.default_rng(7)
    X = rng.normal(size=(40, 2)) * [1, 2.5]
    y = X @ [2, -1] + rng.normal(size=40)

    def cost(w):
        return np.mean((np.asarray(w) @ X.T - y) ** 2, axis=-1)

    land, loss = canvas.subplots(2, height_ratios=[3, 2])
    w1, w2 = np.meshgrid(np.linspace(-2.5, 4, 131), np.linspace(-4.5, 2.5, 91))
    heights = cost(np.stack([w1, w2], axis=-1))
    lowest = np.linalg.lstsq(X, y, rcond=None)[0]
    lines = land.contour(w1, w2, heights, [1, 2, 5, 10, 20, 40], colors=GREY, linewidths=1)
    land.clabel(lines, colors=DARK, fontsize=10)
    for rate, colour, mark in [(0.01, ORANGE, "^"), (0.08, BLUE, "o"), (0.213, PURPLE, "s")]:
        path = [np.array([-2.0, 1.0])]
        for _ in range(25):
            slope = 2 * X.T @ (X @ path[-1] - y) / len(y)
            path.append(np.asarray(learner.gradient_step([path[-1]], [slope], rate)[0]))
        style = {"marker": mark, "color": colour, "markersize": 6, "linewidth": 1.5}
        land.plot(*np.transpose(path), label=f"learning rate {rate}", **style)
        loss.plot(cost(path), **style)
    land.plot(*lowest, "*", color=DARK, markersize=16, label="lowest place")
    land.set(xlabel="w₁", ylabel="w₂", xlim=(-2.5, 4), ylim=(-4.5, 2.5))
    land.set_title("grey: the cost, a mean of squares over 40 examples")
    loss.set(xlabel="step", ylabel="cost", yscale="log", ylim=(0.5, 100))
    canvas.legend(loc="outside lower center", ncols=4)


@figure("fit_logistic")
def what_a_neuron_looks_at(learner, canvas):
    """One neuron learns 0 and 1: your weights say where it looks"""
    x, y = digits_01()
    X = x.reshape(-1, 64) / 16
    w, b, history = learner.fit_logistic(X, y, 1.0, 200)
    above, below = canvas.subfigures(2, height_ratios=[1, 1])
    loss = above.subplots()
    loss.semilogy(np.arange(len(history)), history, color=BLUE, label="yours")
    loss.axhline(np.log(2), color=GREY, linestyle="--", label="no idea: ln 2")
    loss.set(xlabel="epoch", ylabel="loss")
    right = np.mean((X @ w + b >= 0) == y)
    loss.set_title(f"{len(y)} digits, learning rate 1; in the end {right:.1%} are right")
    loss.legend(loc="upper right")
    panels = below.subplots(1, 3)
    for digit, axes in enumerate(panels[:2]):
        axes.imshow(x[y == digit].mean(axis=0), cmap="Greys")
        axes.set_title(f"a {digit}, on average")
    largest = np.abs(w).max()
    span = {"vmin": -largest, "vmax": largest, "cmap": "PuOr"}
    image = panels[2].imshow(np.reshape(w, (8, 8)), **span)
    panels[2].set_title("your w")
    bar = below.colorbar(image, ax=panels[2], ticks=[-largest, 0, largest])
    bar.ax.set_yticklabels([f"{-largest:.2g}: for 0", "0", f"{largest:.2g}: for 1"])
    for axes in panels:
        axes.set(xticks=[], yticks=[], frame_on=False)


@figure("perceptron_rule")
def a_line_if_there_is_one(learner, canvas):
    """Rosenblatt's rule finds a line if there is one, and never rests if not"""
    pots, good = kimchi(150, np.random.default_rng(7))
    mean, std = pots.mean(axis=0), pots.std(axis=0)
    cooked = (pots @ [0.02, 0.03] >= 6).astype(int)
    T, t = np.meshgrid(np.linspace(130, 220, 91), np.linspace(30, 150, 81))
    plane = (np.stack([T.ravel(), t.ravel()], axis=1) - mean) / std
    panels = canvas.subplots(2, 2, height_ratios=[3, 2])
    for k, (question, y) in enumerate([("cooked through?", cooked), ("good?", good)]):
        w, b, errors = learner.perceptron_rule((pots - mean) / std, y, 60)
        z = (plane @ w + b).reshape(T.shape)
        axes = panels[0, k]
        axes.contourf(T, t, z, [-1e9, 0, 1e9], colors=[(ORANGE, 0.15), (BLUE, 0.2)])
        axes.contour(T, t, z, [0], colors=DARK)
        axes.plot(*pots[y == 1].T, "o", color=BLUE, markersize=5)
        axes.plot(*pots[y == 0].T, "x", color=ORANGE, markersize=5, markeredgewidth=2)
        axes.set(xlabel="temperature in °C", ylabel="duration in min", title=question)
        epochs = np.arange(1, len(errors) + 1)
        panels[1, k].plot(epochs, errors, "o-", color=BLUE, markersize=4, linewidth=1)
        panels[1, k].set(xlabel="epoch", ylabel="errors in 150 pots", xlim=(0, 61))
        panels[1, k].set_title(f"{errors[-1]:g} errors in the last epoch, no. {len(errors)}")
        panels[1, k].set_ylim(bottom=-1)


@figure("SoftmaxModel")
def surest_where_its_score_is_highest(learner, canvas):
    """Each class of your model is surest where its own score is highest"""
    model = learner.SoftmaxModel(2, 3)
    begins = np.asarray(model(np.zeros((1, 2))))[0]
    w = np.array([[0.0, -1.3, 1.3], [1.5, -0.75, -0.75]])
    b = np.array([-1.0, 0.0, 1.0])
    model.w.assign(w)
    model.b.assign(b)
    grid = np.meshgrid(np.linspace(-3, 3, 121), np.linspace(-3, 3, 121))
    x = np.stack([each.ravel() for each in grid], axis=1)
    p = np.asarray(model(x))
    e = np.exp(x @ w + b)
    due = e / e.sum(axis=1, keepdims=True)
    axes = canvas.subplots()
    looks = [(BLUE, "o"), (ORANGE, "^"), (PURPLE, "s")]
    for k, (colour, mark) in enumerate(looks):
        shades = [(colour, 0.15), (colour, 0.3), (colour, 0.5)]
        axes.contourf(*grid, p[:, k].reshape(121, 121), [0.5, 0.7, 0.9, 1.01], colors=shades)
        shape = due[:, k].reshape(121, 121)
        axes.contour(*grid, shape, [0.5, 0.7, 0.9], colors=DARK, linestyles=":", linewidths=1.5)
        place = 2.1 * w[:, k] / np.linalg.norm(w[:, k])
        axes.plot(*place, mark, color=colour, markersize=10)
        says = np.asarray(model([place]))[0, k]
        axes.annotate(f"class {k}: {says:.3f}", place, (10, 6), textcoords="offset points")
    axes.plot([], [], ":", color=DARK, label="due, for 0.5, 0.7 and 0.9")
    axes.set(xlabel="x₁", ylabel="x₂")
    told = ", ".join(f"{share:.3f}" for share in begins)
    axes.set_title(f"shaded: p above 0.5, 0.7, 0.9; a new model gives {told}")
    canvas.legend(loc="outside lower center")


@figure("train_step", "SoftmaxModel")
def ten_patterns(learner, canvas):
    """What your steps have written into w: a pattern for each digit"""
    x, labels = digits()
    X, y = x.reshape(-1, 64) / 16, np.eye(10)[labels]
    model = learner.SoftmaxModel(64, 10)
    losses = [float(learner.train_step(model, X, y, 1.0)) for _ in range(100)]
    right = np.mean(np.argmax(model(X), axis=1) == labels)
    w = np.asarray(model.w)
    above, below = canvas.subfigures(2, height_ratios=[3, 4])
    loss = above.subplots()
    loss.plot(np.arange(100), losses, color=BLUE, label="yours")
    loss.axhline(np.log(10), color=GREY, linestyle="--", label="no idea: ln 10")
    loss.set(xlabel="step, each on all 1,797 digits", ylabel="loss before it")
    loss.set_ylim(bottom=0)
    loss.set_title(f"in the end {right:.1%} are right")
    loss.legend(loc="center right")
    largest = np.abs(w).max() or 1
    panels = below.subplots(2, 5)
    for digit, axes in enumerate(panels.flat):
        span = {"vmin": -largest, "vmax": largest, "cmap": "PuOr"}
        image = axes.imshow(w[:, digit].reshape(8, 8), **span)
        axes.set(title=f"w[:, {digit}]", xticks=[], yticks=[], frame_on=False)
    bar = below.colorbar(image, ax=panels, ticks=[-largest, 0, largest])
    bar.ax.set_yticklabels([f"{-largest:.2g}: against", "0", f"{largest:.2g}: for it"])


@figure("minibatches")
def every_row_once(learner, canvas):
    """Two epochs of your mini-batches: every row once, in another order"""
    X, rng = np.arange(44), np.random.default_rng(7)
    for epoch, axes in enumerate(canvas.subplots(2, sharex=True), 1):
        seen, sizes = [], []
        for k, (rows, labels) in enumerate(learner.minibatches(X, 10 * X, 8, rng)):
            places = len(seen) + np.arange(len(rows)) + 1
            colour, mark = (BLUE, "o") if k % 2 == 0 else (ORANGE, "s")
            axes.plot(places, rows, mark, color=colour)
            lost = np.asarray(labels) != 10 * np.asarray(rows)
            axes.plot(places[lost], rows[lost], "x", color=RED, markersize=12)
            axes.axvline(places[-1] + 0.5, color=GREY, linewidth=1)
            axes.text(places[0] - 0.3, 49, f"batch {k + 1}")
            seen.extend(rows)
            sizes.append(len(rows))
        again = len(seen) - len({*seen})
        told = f"{len({*seen})} of 44 rows" + (f", {again} times one again" if again else "")
        axes.set_title(f"epoch {epoch}: {told}, in batches of {', '.join(map(str, sizes))}")
        axes.set(ylabel="row", ylim=(-2, 54), xlim=(0, 45.5), yticks=[0, 10, 20, 30, 40])
    axes.set_xlabel("when it was its turn (red ×: a row with the label of another)")


@figure("train", "SoftmaxModel")
def in_portions(learner, canvas):
    """In portions: the same digits, equally often, in batches of three sizes"""
    x, labels = digits()
    X, y = x[:600].reshape(-1, 64) / 16, np.eye(10)[labels[:600]]
    new, new_labels = x[1200:].reshape(-1, 64) / 16, labels[1200:]
    axes = canvas.subplots()
    looks = [(600, PURPLE, "s"), (100, ORANGE, "^"), (20, BLUE, "o")]
    for size, colour, mark in looks:
        model = learner.SoftmaxModel(64, 10)
        history = learner.train(model, X, y, 0.5, 10, size, np.random.default_rng(7))
        right = np.mean(np.argmax(model(new), axis=1) == new_labels)
        label = f"{size} at a time, steps an epoch: {600 // size}; {right:.0%} of new digits right"
        axes.plot(range(1, len(history) + 1), history, f"{mark}-", color=colour, label=label)
    axes.axhline(np.log(10), color=GREY, linestyle="--", label="no idea: ln 10")
    axes.set(xlabel="epoch", ylabel="loss, the mean over 600 digits", xlim=(0.5, 10.5))
    axes.set_ylim(bottom=0)
    canvas.legend(loc="outside lower center")


@figure("adam_step", "gradient_step")
def down_a_gorge(learner, canvas):
    """Down a gorge, steep across and flat along: Adam, and plain steps"""
    start, stretch = np.array([-9.0, 2.0]), np.array([1.0, 100.0])

    def cost(x):
        return np.asarray(x) ** 2 @ stretch / 2

    plain, adam, state = [start], [start], None
    for _ in range(60):
        slope = stretch * plain[-1]
        plain.append(np.asarray(learner.gradient_step([plain[-1]], [slope], 0.019)[0]))
        moved, state = learner.adam_step([adam[-1]], [stretch * adam[-1]], state, 0.3)
        adam.append(np.asarray(moved[0]))
    gorge, loss = canvas.subplots(2)
    grid = np.meshgrid(np.linspace(-10, 4, 141), np.linspace(-2.5, 2.5, 101))
    heights = cost(np.stack(grid, axis=-1))
    gorge.contour(*grid, heights, [1, 4, 16, 64, 256], colors=GREY, linewidths=1)
    for path, colour, mark, label in [
        (plain, ORANGE, "^", "plain steps, learning rate 0.019"),
        (adam, BLUE, "o", "Adam, learning rate 0.3"),
    ]:
        style = {"marker": mark, "color": colour, "markersize": 5, "linewidth": 1.5}
        gorge.plot(*np.transpose(path), label=label, **style)
        loss.semilogy(cost(path), **style)
    gorge.plot(0, 0, "*", color=DARK, markersize=16, label="lowest place")
    gorge.set(xlabel="x₁", ylabel="x₂", xlim=(-10, 4), ylim=(-2.5, 2.5))
    gorge.set_title("grey: lines of equal cost, (x₁² + 100·x₂²) / 2")
    loss.set(xlabel="step", ylabel="cost", ylim=(1e-3, 1e3))
    canvas.legend(loc="outside lower center", ncols=3)
