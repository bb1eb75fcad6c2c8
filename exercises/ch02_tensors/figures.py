"""Pictures of chapter 2, drawn by your own functions: `kata draw one_hot`."""

import numpy as np

from grader.datasets import digits
from grader.draw import BLUE, DARK, GREEN, GREY, ORANGE, figure


@figure("as_row")
def one_pair_of_brackets_more(learner, canvas):
    """What your as_row makes of one example: a table with one row"""
    examples = [180, 90], [[180, 90]], [3], [1, 2.5, 4, 8]
    for axes, example in zip(canvas.subplots(2, 2).flat, examples, strict=True):
        row = np.asarray(learner.as_row(example))
        cells = row.reshape(-1, row.shape[-1])
        x, y = np.arange(cells.shape[1] + 1), np.arange(cells.shape[0] + 1)
        axes.pcolormesh(x, y, np.ones(cells.shape), cmap="Blues", vmin=0, vmax=6, edgecolors=DARK)
        for (i, j), number in np.ndenumerate(cells):
            axes.text(j + 0.5, i + 0.5, f"{number:g}", ha="center", va="center", size=15)
        axes.set(xlim=(-0.1, 4.1), ylim=(4.1, -0.1), xticks=[], yticks=[], frame_on=False)
        axes.set_title(f"as_row({example})")
        due = f"due: (1, {np.size(example)}), float32"
        axes.set_xlabel(f"yours: {row.shape}, {row.dtype}\n{due}", loc="left", size=12)


@figure("to_tensor")
def what_a_type_keeps(learner, canvas):
    """What is left of a number when your to_tensor has given it a type"""
    whole, kept = canvas.subplots(1, 2)
    x = np.linspace(-3.2, 3.2, 641)
    whole.plot(x, x, ":", color=GREY, label="the float itself")
    whole.plot(x, learner.to_tensor(x, "int64"), color=BLUE, linewidth=3, label="as int64")
    due = np.array([-2.9, -1.5, -0.9, 0.9, 1.5, 2.9])
    whole.plot(due, np.trunc(due), "o", color=DARK, markerfacecolor="none", label="due")
    whole.set(xlabel="a float", ylabel="the integer made of it", title="from floats to integers")
    whole.legend(loc="upper left")

    x = np.logspace(0, 4, 150)
    for dtype, colour, mark in (
        ("float16", ORANGE, "^"),
        ("float32", GREEN, "s"),
        ("float64", BLUE, "o"),
    ):
        error = np.abs(np.asarray(learner.to_tensor(x, dtype)).astype(float) - x) / x
        kept.plot(x, np.maximum(error, 1e-17), mark, color=colour, markersize=4, label=dtype)
    kept.set(xscale="log", yscale="log", xlabel="a float64", ylim=(1e-18, 10))
    kept.set(ylabel="what is lost, as a share of it", title="from float64 to other floats")
    kept.set_yticks([1e-17, 1e-11, 1e-7, 1e-3, 1], ["0", "10⁻¹¹", "10⁻⁷", "10⁻³", "1"])
    kept.legend(loc="upper left", ncols=3, markerscale=2, columnspacing=1, handletextpad=0)


@figure("to_array")
def there_and_back(learner, canvas):
    """What your to_array brings back: the same digit, in the same type"""
    import tensorflow as tf

    digit = digits().x[3]
    tensors = [tf.constant(digit, dtype) for dtype in ("uint8", "float32", "float64")]
    tensors.append(tf.Variable(digit, dtype="float32"))
    for axes, tensor in zip(canvas.subplots(2, 2).flat, tensors, strict=True):
        array = learner.to_array(tensor)
        axes.imshow(np.atleast_2d(array), cmap="Greys", extent=(0, 8, 8, 0))
        axes.set(xticks=[], yticks=[], frame_on=False)
        kind = "Variable" if tensor is tensors[-1] else "tensor"
        axes.set_title(f"{kind} {tensor.shape}, {tensor.dtype.name}", loc="center")
        dtype = getattr(array, "dtype", "numbers of Python's")
        axes.set_xlabel(f"yours: {type(array).__name__} {np.shape(array)}, {dtype}")


@figure("scale")
def short_shapes_are_stretched(learner, canvas):
    """Broadcasting: the pale cells were not there, and your scale used them"""
    import tensorflow as tf

    pots = [[150, 60], [180, 90], [200, 120]]
    cases = [
        (pots, [0.02, 0.03]),
        (pots, [[1], [0], [10]]),
        ([[1], [2], [3]], [[1, 10, 100, 1000]]),
    ]
    for panels, (tensor, factor) in zip(canvas.subplots(3, 3), cases, strict=True):
        product = learner.scale(tf.constant(tensor, tf.float32), factor)
        common = np.broadcast_shapes(np.shape(tensor), np.shape(factor))
        tables = [("tensor", tensor, common), ("· factor", factor, common), ("", product, ())]
        for axes, (name, numbers, shape) in zip(panels, tables, strict=True):
            cells = np.atleast_2d(np.broadcast_to(numbers, shape or np.shape(numbers)))
            rows, columns = np.shape(np.atleast_2d(numbers))
            there = np.zeros(cells.shape)
            there[:rows, :columns] = 1
            axes.pcolormesh(there, cmap="Blues", vmin=0, vmax=4, edgecolors=GREY)
            for (i, j), number in np.ndenumerate(cells):
                axes.text(j + 0.5, i + 0.5, f"{number:g}", ha="center", va="center")
            axes.set(xlim=(-0.1, 4.1), ylim=(3.1, -0.1), xticks=[], yticks=[], frame_on=False)
            axes.set_title(f"{name} {np.shape(numbers)}")
        panels[2].set_title(f"= yours {product.shape}, {product.dtype.name}")


@figure("replace_row")
def a_new_tensor(learner, canvas):
    """A tensor stays as it is: your replace_row makes a new one"""
    import tensorflow as tf

    pots = tf.constant([[150.0, 60.0], [180.0, 90.0], [200.0, 120.0], [170.0, 75.0]])
    before = pots.numpy().copy()
    answer = learner.replace_row(pots, 1, [185.0, 95.0])
    tables = [("pots, before", before), ("your answer", answer), ("pots, afterwards", pots)]
    for axes, (name, table) in zip(canvas.subplots(1, 3), tables, strict=True):
        cells = np.asarray(table)
        new = np.ones(cells.shape) if cells.shape != before.shape else cells != before
        axes.pcolormesh(new, cmap="Oranges", vmin=0, vmax=3, edgecolors=DARK)
        for (i, j), number in np.ndenumerate(cells):
            axes.text(j + 0.5, i + 0.5, f"{number:g}", ha="center", va="center", size=15)
        axes.set(xlim=(-0.05, 2.05), ylim=(5.05, -0.05), frame_on=False, title=name)
        axes.set_xticks([0.5, 1.5], ["°C", "min"])
        axes.set_yticks(np.arange(len(cells)) + 0.5, [f"row {i}" for i in range(len(cells))])
        axes.tick_params(length=0, labeltop=True, labelbottom=False)
        axes.grid(False)


@figure("assign_row")
def the_same_variable(learner, canvas):
    """A Variable changes: your assign_row writes into it"""
    import tensorflow as tf

    weights = tf.Variable([[0.02, 0.03], [0.05, 0.01], [0.04, 0.02]])
    before = weights.numpy().copy()
    answer = learner.assign_row(weights, 1, [0.25, 0.5])
    same = "the Variable itself" if answer is weights else "NOT the Variable itself"
    tables = [("before", before), ("afterwards", weights), (f"returned:\n{same}", answer)]
    for axes, (name, table) in zip(canvas.subplots(1, 3), tables, strict=True):
        cells = np.atleast_2d(np.asarray(table, float))
        axes.pcolormesh(cells != before, cmap="Oranges", vmin=0, vmax=3, edgecolors=DARK)
        for (i, j), number in np.ndenumerate(cells):
            axes.text(j + 0.5, i + 0.5, f"{number:g}", ha="center", va="center", size=15)
        axes.set(xlim=(-0.05, 2.05), ylim=(3.05, -0.05), frame_on=False, title=name)
        axes.set_xticks([0.5, 1.5], ["for a °C", "for a min"])
        axes.set_yticks([0.5, 1.5, 2.5], ["row 0", "row 1", "row 2"])
        axes.tick_params(length=0, labeltop=True, labelbottom=False)
        axes.grid(False)


@figure("normalize_images")
def the_night_stays_dark(learner, canvas):
    """Your normalize_images: the scale is fixed, and the night stays dark"""
    digit = digits().x[3] * 255 / 16
    images = [(digit / share).astype(np.uint8) for share in (1, 2, 5, 1000)]
    names = ["noon", "evening", "night", "a black picture"]
    panels = canvas.subplots(2, 4)
    for name, image, (before, after) in zip(names, images, panels.T, strict=True):
        bytes_shown = before.imshow(image.copy(), cmap="gray", vmin=0, vmax=255)
        before.set(title=name, xlabel=f"{image.min()} … {image.max()}\n{image.dtype}")
        answer = np.asarray(learner.normalize_images(image))
        shares_shown = after.imshow(answer, cmap="gray", vmin=0, vmax=1)
        after.set_xlabel(f"{answer.min():.3g} … {answer.max():.3g}\n{answer.dtype}")
    for axes in panels.flat:
        axes.set(xticks=[], yticks=[])
    canvas.colorbar(
        bytes_shown, ax=panels[0], label="before, in bytes", ticks=[0, 51, 102, 153, 204, 255]
    )
    canvas.colorbar(shares_shown, ax=panels[1], label="after, by your function")


@figure("one_hot")
def a_column_for_every_class(learner, canvas):
    """Your one_hot: a row for every label, a column for every class"""
    x, y = digits()
    chosen = [13, 7, 20, 11, 4, 2, 8]
    labels = [*y[chosen].tolist(), -1]
    hot = np.asarray(learner.one_hot(labels, 10))
    pictures, table = canvas.subplots(1, 2, width_ratios=[1, 8], sharey=True)
    for row, image in enumerate(x[chosen]):
        pictures.imshow(image, cmap="Greys", extent=(0, 1, row + 0.95, row + 0.05), aspect="auto")
    pictures.set(xlim=(0, 1), xticks=[], frame_on=False)
    pictures.set_yticks(np.arange(8) + 0.5, [f"label {label}" for label in labels])
    pictures.text(0.5, 7.5, "?", ha="center", va="center", size=20)
    table.pcolormesh(hot, cmap="Blues", vmin=0, vmax=2.5, edgecolors="white", linewidth=2)
    for (i, j), number in np.ndenumerate(hot):
        bold = "bold" if number else "normal"
        table.text(j + 0.5, i + 0.5, f"{number:g}", ha="center", va="center", size=14, weight=bold)
    table.set(ylim=(max(8, len(hot)), 0), frame_on=False, title=f"{hot.shape}, {hot.dtype}")
    table.set_xticks(np.arange(hot.shape[1]) + 0.5, np.arange(hot.shape[1]))
    table.set_xlabel("class")
    for axes in (pictures, table):
        axes.tick_params(length=0)
        axes.grid(False)
