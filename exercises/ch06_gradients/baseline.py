"""The loop that going backwards can do without: right, and one number at a time."""


def dense_backward(dA, A_prev, W, A):
    """A sigmoid layer backwards: example by example, unit by unit, input by input."""
    dA, A_prev, W, A = dA.tolist(), A_prev.tolist(), W.tolist(), A.tolist()
    n, units, d = len(dA), len(W[0]), len(W)
    dA_prev = [[0.0] * d for _ in range(n)]
    dW = [[0.0] * units for _ in range(d)]
    db = [0.0] * units
    for k in range(n):
        for j in range(units):
            dz = dA[k][j] * A[k][j] * (1 - A[k][j])
            db[j] += dz
            for i in range(d):
                dA_prev[k][i] += dz * W[i][j]
                dW[i][j] += A_prev[k][i] * dz
    return dA_prev, dW, db
