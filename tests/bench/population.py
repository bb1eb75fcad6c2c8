"""A class as there might be one: right, wrong, crashing and hanging ways to write two functions."""

from pathlib import Path

HEAD = "import numpy as np\n\n\n"
SIGMOIDS = {
    "right": (
        "def sigmoid(z):\n    z = np.asarray(z, float)\n    e = np.exp(-np.abs(z))\n"
        "    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))\n"
    ),
    "tanh": "def sigmoid(z):\n    return (1 + np.tanh(np.asarray(z, float) / 2)) / 2\n",
    "overflow": "def sigmoid(z):\n    return 1 / (1 + np.exp(-np.asarray(z, float)))\n",
    "sign": "def sigmoid(z):\n    return 1 / (1 + np.exp(np.asarray(z, float)))\n",
    "printed": "def sigmoid(z):\n    print(1 / (1 + np.exp(-z)))\n",
    "stub": 'def sigmoid(z):\n    raise NotImplementedError("sigmoid is still to do")\n',
}
DENSES = {
    "matrix": "def dense(a_prev, W, b):\n    return sigmoid(np.asarray(a_prev) @ W + b)\n",
    "units": (
        "def dense(a_prev, W, b):\n    a_prev, W = np.asarray(a_prev), np.asarray(W)\n"
        "    return np.array([sigmoid(a_prev @ W[:, j] + b[j]) for j in range(len(b))])\n"
    ),
    "no bias": "def dense(a_prev, W, b):\n    return sigmoid(np.asarray(a_prev) @ W)\n",
    "name": "def dense(a_prev, W, b):\n    return sigmoid(a @ W + b)\n",
    "linear": "def dense(a_prev, W, b):\n    return np.asarray(a_prev) @ W + b\n",
}
CRASHES = (
    "def sigmoid(z)\n    return 1 / (1 + np.exp(-z))\n",
    "raise RuntimeError('not today')\n",
    "import os\n\n\ndef sigmoid(z):\n    os._exit(1)\n\n\ndef dense(a, W, b):\n    os.abort()\n",
    "def sigmoid(z):\n    return sigmoid(z)\n\n\ndef dense(a_prev, W, b):\n    return 1 / 0\n",
)
HANGS = (
    "def sigmoid(z):\n    while True:\n        pass\n",
    "import time\n\n\ndef sigmoid(z):\n    time.sleep(1e6)\n\n\ndef dense(a, W, b):\n    ...\n",
)
MIX = (60, 28, 10, 2)
"""Of a hundred so many are made of right functions, of others, of crashes and of hangs."""


def write(folder: Path, count: int) -> None:
    """Write a submission for each of `count` students, the same each time."""
    right = [
        SIGMOIDS[s] + "\n\n" + DENSES[d] for s in ("right", "tanh") for d in ("matrix", "units")
    ]
    wrong = [s + "\n\n" + d for s in SIGMOIDS.values() for d in DENSES.values()]
    kinds = [right, [w for w in wrong if w not in right], CRASHES, HANGS]
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        place = number * 37 % 100
        kind = next(k for k in range(4) if place < sum(MIX[: k + 1]))
        ways = kinds[kind]
        text = f"# student {number}\n{HEAD}{ways[number // 7 % len(ways)]}"
        (folder / f"student{number:04}.py").write_text(text)
