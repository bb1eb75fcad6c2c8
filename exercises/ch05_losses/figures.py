"""Pictures of chapter 5, drawn by your own functions: `kata draw loss_bce`."""

import numpy as np

from grader import given
from grader.datasets import kimchi
from grader.draw import BLUE, DARK, GREEN, GREY, ORANGE, PURPLE, figure


@figure("loss_mse")
def the_best_single_guess(learner, canvas):
    """The mean squared error of one guess for three pots: 1, 0 and 1"""
    verdicts = np.array([1.0, 0.0, 1.0])
    guesses = np.linspace(-0.2, 1.2, 57)
    axes = canvas.subplots()
    axes.plot(guesses, (1 - guesses) ** 2, ":", color=GREY, label="square for a pot with a 1")
    axes.plot(guesses, guesses**2, "--", color=GREY, label="square for a pot with a 0")
    losses = [float(learner.loss_mse(verdicts, np.full(3, guess))) for guess in guesses]
    axes.plot(guesses, losses, color=BLUE, linewidth=3, label="yours, for all three")
    due = [np.mean((verdicts - guess) ** 2) for guess in guesses[::4]]
    axes.plot(guesses[::4], due, "o", color=DARK, markerfacecolor="none", label="due")
    lowest = float(learner.loss_mse(verdicts, np.full(3, 2 / 3)))
    axes.plot(2 / 3, lowest, "*", color=ORANGE, markersize=16, label=f"guess ⅔: {lowest:.3f}")
    axes.set(xlabel="the guess, the same for each pot", ylabel="loss")
    axes.legend(loc="upper center")


@figure("loss_bce", "loss_mse")
def surprise_against_square(learner, canvas):
    """Certain and wrong: a square costs 1 at most, a surprise far more"""
    edge = np.logspace(-7, -2, 11)
    p = np.concatenate([[0], edge, np.linspace(0.02, 0.98, 49), 1 - edge[::-1], [1]])
    panels = canvas.subplots(1, 2, sharey=True)
    for axes, verdict in zip(panels, (1.0, 0.0), strict=True):
        bce = [float(learner.loss_bce([verdict], [p_i])) for p_i in p]
        mse = [float(learner.loss_mse([verdict], [p_i])) for p_i in p]
        axes.plot(p, bce, color=BLUE, linewidth=3, label="loss_bce")
        axes.plot(p, mse, "--", color=ORANGE, linewidth=3, label="loss_mse")
        some = np.linspace(0.1, 0.9, 9)
        due = -np.log(some if verdict else 1 - some)
        axes.plot(some, due, "o", color=DARK, markerfacecolor="none", label="due")
        axes.set(xlabel="p, the probability given to a 1", ylim=(-0.2, 5))
        axes.set_title("the verdict is 1" if verdict else "the verdict is 0")
    panels[0].set_ylabel("loss of one example")
    panels[0].text(0.06, 4.6, f"at p = 0: {float(learner.loss_bce([1.0], [0.0])):.2f}")
    panels[1].legend(loc="upper left")


@figure("loss_crsntrpy")
def what_the_right_class_gets(learner, canvas):
    """Only what the right class gets counts, however many classes there are"""
    share = np.logspace(-16, 0, 49)
    axes = canvas.subplots()
    axes.plot(share, -np.log(share), color=GREY, linestyle="--", label="-log p, without an ε")
    styles = [(2, "o", BLUE), (3, "s", ORANGE), (10, "^", PURPLE)]
    for start, (classes, mark, colour) in enumerate(styles):
        right = np.eye(classes)[[1]]
        p = share[start::3]  # every third point for each, so that none hides another
        rows = [np.where(right == 1, p_i, (1 - p_i) / (classes - 1)) for p_i in p]
        losses = [float(learner.loss_crsntrpy(right, row)) for row in rows]
        axes.plot(p, losses, mark, color=colour, markersize=8, label=f"yours, of {classes} classes")
    axes.axhline(-np.log(1e-12), color=DARK, linestyle=":", label="-log ε for ε = 10⁻¹²: 27.63")
    axes.set(xscale="log", xlabel="p, the share that the right class gets", ylabel="loss")
    axes.set_ylim(-2, 40)
    axes.legend(loc="upper right")


@figure("sparse_crossentropy")
def no_end_to_being_wrong(learner, canvas):
    """Straight from the scores: however far behind, the loss can tell"""
    behind = np.linspace(-20, 60, 81)
    losses = [float(learner.sparse_crossentropy([1], [[0.0, -gap]])) for gap in behind]
    axes = canvas.subplots()
    shares = given.sigmoid(-behind)  # the softmax of two scores
    axes.plot(behind, -np.log(shares + 1e-12), "--", color=ORANGE, label="by way of log(p + 10⁻¹²)")
    axes.plot(behind, losses, color=BLUE, linewidth=3, label="yours, from the scores")
    some = behind[::8]
    due = np.logaddexp(0, some)
    axes.plot(some, due, "o", color=DARK, markerfacecolor="none", markersize=8, label="due")
    far = float(learner.sparse_crossentropy([1], [[10_000.0, 0.0]]))
    axes.set_title(f"10,000 behind, yours is {far:,.2f}")
    axes.set(xlabel="how far the right class's score is behind the other", ylabel="loss")
    axes.set_ylim(-3, 63)
    axes.legend(loc="upper left")


@figure("cost", "loss_bce")
def one_number_for_all(learner, canvas):
    """The loss of each pot, and the cost of all: their mean"""
    pots = [
        ("180 °C, 90 min", 0.829, 1), ("150 °C, 105 min", 0.187, 0), ("190 °C, 45 min", 0.047, 1),
        ("150 °C, 45 min", 0.001, 0), ("190 °C, 105 min", 0.193, 1),
    ]  # fmt: skip
    losses = [float(learner.loss_bce([verdict], [p])) for _, p, verdict in pots]
    axes = canvas.subplots()
    names = [f"{pot}\nnetwork {p}, guests {verdict}" for pot, p, verdict in pots]
    bars = axes.barh(names, losses, color=[BLUE if verdict else ORANGE for *_, verdict in pots])
    axes.bar_label(bars, [f"{loss:.2f}" for loss in losses], padding=4)
    cost = float(learner.cost(losses))
    axes.axvline(cost, color=DARK, linestyle="--", label=f"your cost: {cost:.2f}")
    axes.plot(np.mean(losses), -0.7, "v", color=GREEN, markersize=11, label="due", clip_on=False)
    axes.invert_yaxis()
    axes.set(xlabel="loss (blue: the guests said yes; orange: no)")
    axes.set_xlim(0, max(4, 1.1 * cost))
    axes.grid(False, axis="y")
    axes.legend(loc="lower right")


@figure("accuracy", "loss_bce")
def steps_and_a_slope(learner, canvas):
    """The cost tells which way is down; the accuracy stays put, then hops"""
    pots, good = kimchi(30, np.random.default_rng(5))
    X = (pots - [170, 75]) / [20, 30]
    hidden = given.sigmoid(X @ [[-4, 0, 3], [0, -4, 2]] + [-3, -1, -4])
    z = hidden @ [-6, -6, -6] + 3
    shifts = np.linspace(-4, 4, 401)
    p = [given.sigmoid(z + shift) for shift in shifts]
    upper, lower = canvas.subplots(2, sharex=True)
    upper.plot(shifts, [float(learner.loss_bce(good, p_i)) for p_i in p], color=BLUE)
    upper.set(ylabel="cost (loss_bce)", ylim=(0, None))
    lower.plot(
        shifts,
        [float(learner.accuracy(good, p_i[:, np.newaxis])) for p_i in p],
        color=ORANGE,
        label="yours",
    )
    due = [np.mean((p_i >= 0.5) == good) for p_i in p[::25]]
    lower.plot(shifts[::25], due, "o", color=DARK, markerfacecolor="none", label="due")
    lower.set(ylabel="accuracy", ylim=(0, None))
    lower.set_xlabel("added to the bias of the last unit; 30 pots, the network of chapter 3")
    lower.legend(loc="lower left")
