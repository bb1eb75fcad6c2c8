"""Wrong answers to ch03_forward that learners really give; each docstring is its diagnosis."""

import numpy as np

from grader.given import sigmoid, step


def _dense(a_prev, W, b):
    return sigmoid(np.dot(a_prev, W) + b)


def _sequential(x, layers):
    for W, b in layers:
        x = _dense(x, W, b)
    return x


def _probabilities(X, layers):
    return np.array([_sequential(x, layers) for x in X])


def _std(X):
    return np.where(np.ptp(X, axis=0) == 0, 1.0, np.std(X, axis=0))


# dense


def dense_with_a_star(a_prev, W, b):
    """You wrote `*`, which multiplies entry by entry and leaves d numbers for each unit; a unit
    needs their sum, so use `a_prev @ W[:, j]` (or np.dot)."""
    a_prev, W = np.asarray(a_prev), np.asarray(W)
    return np.array([sigmoid(a_prev * W[:, j] + b[j]) for j in range(W.shape[1])])


def dense_without_bias(a_prev, W, b):
    """The bias is missing: every unit adds its own b[j] before the sigmoid."""
    return np.array([sigmoid(np.dot(a_prev, w)) for w in np.transpose(W)])


def dense_without_activation(a_prev, W, b):
    """You return the weighted sums z; each one still has to go through the sigmoid."""
    return np.dot(a_prev, W) + b


def dense_bias_after_activation(a_prev, W, b):
    """You add the bias to the sigmoid's result; it belongs inside: sigmoid(a_prev @ W + b)."""
    return sigmoid(np.dot(a_prev, W)) + b


def dense_bias_for_every_input(a_prev, W, b):
    """You add b[j] once for every input, inside the sum; a unit adds its bias once, after it."""
    d, units = np.shape(W)
    z = [sum(a_prev[i] * W[i][j] + b[j] for i in range(d)) for j in range(units)]
    return sigmoid(np.array(z))


def dense_first_bias_for_all(a_prev, W, b):
    """Every unit gets the first bias; unit j adds its own b[j]."""
    return sigmoid(np.dot(a_prev, W) + b[0])


def dense_bias_on_the_wrong_axis(a_prev, W, b):
    """Your bias stands as a column, so adding it to the row of sums makes a (units, units) table;
    b is (units,) and is added number by number: a_prev @ W + b, or b[j] in a loop."""
    return sigmoid(np.dot(a_prev, W) + np.reshape(b, (-1, 1)))


def dense_rows_for_units(a_prev, W, b):
    """You take W[j], a row, for unit j; its weights are the column W[:, j]. On a square W nothing
    complains, only the numbers are wrong."""
    return np.array([sigmoid(np.dot(a_prev, W[j]) + b[j]) for j in range(len(b))])


def dense_of_three_units(a_prev, W, b):
    """You loop over exactly three units; the number of units is W.shape[1], whatever it is."""
    W = np.asarray(W)
    return np.array([sigmoid(np.dot(a_prev, W[:, j]) + b[j]) for j in range(3)])


def dense_of_two_inputs(a_prev, W, b):
    """You add up exactly two inputs; a layer has as many as a_prev is long."""
    W = np.asarray(W)
    return sigmoid(np.array(a_prev[0] * W[0] + a_prev[1] * W[1] + b))


def dense_first_unit_only(a_prev, W, b):
    """You compute the first unit and stop; loop over all the columns of W."""
    return np.array([sigmoid(np.dot(a_prev, np.asarray(W)[:, 0]) + b[0])])


def dense_return_inside_the_loop(a_prev, W, b):
    """Your return stands inside the loop, so it leaves after the first unit and the others stay 0;
    move it out by one indentation."""
    W = np.asarray(W)
    a = np.zeros(W.shape[1])
    for j in range(W.shape[1]):
        a[j] = sigmoid(np.dot(a_prev, W[:, j]) + b[j])
        return a
    return a


def dense_left_2d(a_prev, W, b):
    """Your result is a matrix of one row, (1, units); one example gives a plain vector (units,)."""
    return sigmoid(np.reshape(a_prev, (1, -1)) @ np.asarray(W) + b)


def dense_truncated_to_integers(a_prev, W, b):
    """You store the activations in an array of b's type (np.zeros_like), and an integer array cuts
    0.73 to 0; make room with np.zeros(units), which holds floats."""
    W = np.asarray(W)
    a = np.zeros_like(b)
    for j in range(W.shape[1]):
        a[j] = sigmoid(np.dot(a_prev, W[:, j]) + b[j])
    return a


def dense_lost_parentheses(a_prev, W, b):
    """1 / 1 + np.exp(-z) is 1 + e^-z; put the whole denominator in parentheses, or call sigmoid."""
    with np.errstate(over="ignore"):
        return 1 / 1 + np.exp(-(np.dot(a_prev, W) + b))


def dense_sign_of_the_exponent(a_prev, W, b):
    """Your sigmoid has e^z where e^-z is due, so it falls instead of rising: 1 / (1 + e^-z)."""
    return sigmoid(-(np.dot(a_prev, W) + b))


# dense_layer


def dense_layer_always_sigmoid(a_prev, W, b, activation):
    """You apply the sigmoid whatever was asked for; call the function given: activation(z)."""
    return sigmoid(np.dot(a_prev, W) + b)


def dense_layer_without_activation(a_prev, W, b, activation):
    """You return z itself; the layer's answer is activation(z)."""
    return np.dot(a_prev, W) + b


def dense_layer_without_bias(a_prev, W, b, activation):
    """The bias is missing: the activation gets a_prev @ W + b, not a_prev @ W alone."""
    return activation(np.dot(a_prev, W))


def dense_layer_bias_after_activation(a_prev, W, b, activation):
    """You add the bias after the activation; it belongs inside: activation(a_prev @ W + b)."""
    return activation(np.dot(a_prev, W)) + b


def dense_layer_activation_twice(a_prev, W, b, activation):
    """You apply the activation twice, perhaps once inside another function; once is enough."""
    return activation(activation(np.dot(a_prev, W) + b))


def dense_layer_sigmoid_before_activation(a_prev, W, b, activation):
    """You call dense and then the activation, so z has been through a sigmoid already; compute
    z = a_prev @ W + b afresh and give that to the activation."""
    return activation(_dense(a_prev, W, b))


def dense_layer_with_a_star(a_prev, W, b, activation):
    """You wrote `*`, which multiplies entry by entry and sums nothing; use a_prev @ W."""
    return activation(np.asarray(a_prev) * np.asarray(W) + b)


def dense_layer_rows_for_units(a_prev, W, b, activation):
    """You took the rows of W for the units, W @ a_prev; here a unit is a column: a_prev @ W."""
    return activation(np.dot(W, a_prev) + b)


def dense_layer_bias_on_the_wrong_axis(a_prev, W, b, activation):
    """Your bias stands as a column, so adding it to the row of sums makes a (units, units) table;
    leave b as it comes, (units,)."""
    return activation(np.dot(a_prev, W) + np.reshape(b, (-1, 1)))


def dense_layer_left_2d(a_prev, W, b, activation):
    """Your result is a matrix of one row, (1, units); one example gives a plain vector (units,)."""
    return activation(np.reshape(a_prev, (1, -1)) @ np.asarray(W) + b)


def dense_layer_first_unit_only(a_prev, W, b, activation):
    """You compute the first unit and stop; every column of W is a unit and gives a number."""
    return activation(np.array([np.dot(a_prev, np.asarray(W)[:, 0]) + b[0]]))


# sequential


def sequential_x_into_every_layer(x, layers):
    """You feed x to every layer, so only the last one counts; each layer gets what the one before
    it gave: x = dense(x, W, b)."""
    for W, b in layers:
        a = _dense(x, W, b)
    return a


def sequential_of_the_first_layer(x, layers):
    """You stop after the first layer, perhaps by a return inside the loop; go through all."""
    W, b = layers[0]
    return _dense(x, W, b)


def sequential_of_two_layers(x, layers):
    """You wrote out two layers; a network may have one or five, so loop over the list."""
    (W1, b1), (W2, b2) = layers[0], layers[1]
    return _dense(_dense(x, W1, b1), W2, b2)


def sequential_last_layer_skipped(x, layers):
    """You leave out the last layer, perhaps by a range that ends too early; loop over `layers`."""
    x = np.asarray(x)
    for W, b in layers[:-1]:
        x = _dense(x, W, b)
    return x


def sequential_from_the_end(x, layers):
    """You go through the layers from last to first; the list starts with the first layer."""
    for W, b in reversed(layers):
        x = _dense(x, W, b)
    return x


def sequential_linear_output(x, layers):
    """Your last layer has no sigmoid; in this chapter every layer has one, the last included."""
    for W, b in layers[:-1]:
        x = _dense(x, W, b)
    W, b = layers[-1]
    return np.dot(x, W) + b


def sequential_one_sigmoid_at_the_end(x, layers):
    """You apply the sigmoid once, at the end; it stands after every layer, and without it the
    layers melt into one (see compose_linear)."""
    for W, b in layers:
        x = np.dot(x, W) + b
    return sigmoid(x)


def sequential_without_bias(x, layers):
    """The biases are missing: unpack both, W and b, and give both to dense."""
    for W, _ in layers:
        x = sigmoid(np.dot(x, W))
    return x


def sequential_all_activations(x, layers):
    """You return what every layer gave; f(x) is what the last one gave, alone."""
    activations = []
    for W, b in layers:
        x = _dense(x, W, b)
        activations.append(x)
    return activations


def sequential_left_2d(x, layers):
    """Your result is a matrix of one row, (1, units); one example gives a plain vector (units,)."""
    return _sequential(x, layers).reshape(1, -1)


# predict


def predict_probabilities(X, layers, threshold=0.5):
    """You return the probabilities; the decision is 1 where they reach the threshold, else 0."""
    return _probabilities(X, layers)


def predict_booleans(X, layers, threshold=0.5):
    """You return True and False; the answer is 1 and 0, which `.astype(int)` makes of them."""
    return _probabilities(X, layers) >= threshold


def predict_floats(X, layers, threshold=0.5):
    """You return 1.0 and 0.0; a decision is an integer, which `.astype(int)` makes of it."""
    return (_probabilities(X, layers) >= threshold).astype(float)


def predict_without_equality(X, layers, threshold=0.5):
    """You ask for more than the threshold; a probability that just reaches it is 1 too: use >=."""
    return (_probabilities(X, layers) > threshold).astype(int)


def predict_threshold_ignored(X, layers, threshold=0.5):
    """You compare with 0.5 always; compare with the argument `threshold`."""
    return (_probabilities(X, layers) >= 0.5).astype(int)


def predict_rounded(X, layers, threshold=0.5):
    """You use np.round, which knows no threshold and rounds 0.5 down to 0; compare with >=."""
    return np.round(_probabilities(X, layers)).astype(int)


def predict_upside_down(X, layers, threshold=0.5):
    """You give 1 below the threshold and 0 above; turn the comparison round."""
    return (_probabilities(X, layers) < threshold).astype(int)


def predict_flattened(X, layers, threshold=0.5):
    """Your result is (n,), a plain vector; the course wants (n, 1), one row an example."""
    return (_probabilities(X, layers) >= threshold).astype(int).ravel()


def predict_one_row(X, layers, threshold=0.5):
    """Your result lies on its side, (1, n); the course wants (n, 1), one row an example."""
    return (_probabilities(X, layers) >= threshold).astype(int).reshape(1, -1)


def predict_first_example_only(X, layers, threshold=0.5):
    """You decide about the first row only, perhaps by a return inside the loop; X has n rows and
    each one gets an answer."""
    return (_probabilities(X[:1], layers) >= threshold).astype(int)


def predict_first_layer_only(X, layers, threshold=0.5):
    """You use the first layer alone; the decision is about what the last one gives, sequential(x,
    layers)."""
    return (_probabilities(X, layers[:1]) >= threshold).astype(int)


# perceptron


def perceptron_without_bias(X, W, b):
    """The bias is missing: the step gets X @ W + b, not X @ W alone."""
    return step(np.dot(X, W))


def perceptron_without_step(X, W, b):
    """You return the sums; each one still has to go through step."""
    return np.dot(X, W) + b


def perceptron_with_sigmoid(X, W, b):
    """You used the sigmoid; a threshold logic unit answers 0 or 1 and nothing between: use step."""
    return sigmoid(np.dot(X, W) + b)


def perceptron_without_equality(X, W, b):
    """A sum of exactly 0 counts as 1 here: z >= 0, not z > 0."""
    return (np.dot(X, W) + b > 0).astype(int)


def perceptron_plus_and_minus_one(X, W, b):
    """You answer -1 and 1, as some books do; in this course a unit answers 0 and 1."""
    return np.where(np.dot(X, W) + b >= 0, 1, -1)


def perceptron_booleans(X, W, b):
    """You return True and False; the answer is 1 and 0: call step, or add `.astype(int)`."""
    return np.dot(X, W) + b >= 0


def perceptron_sign_of_the_bias(X, W, b):
    """You subtract b as if it were a threshold; the bias is added: X @ W + b."""
    return step(np.dot(X, W) - b)


def perceptron_with_a_star(X, W, b):
    """You wrote `*`, which multiplies entry by entry and sums nothing; use X @ W (or np.dot)."""
    return step(np.asarray(X) * np.asarray(W) + b)


def perceptron_rows_for_units(X, W, b):
    """You took the rows of W for the units (a .T too many); here a unit is a column: X @ W."""
    return step(np.dot(X, np.transpose(W)) + b)


def perceptron_bias_on_the_wrong_axis(X, W, b):
    """Your bias stands as a column, so it is added by example and not by unit; with as many
    examples as units nothing complains. Leave b as it comes, (units,): X @ W + b."""
    return step(np.dot(X, W) + np.reshape(b, (-1, 1)))


def perceptron_first_unit_only(X, W, b):
    """You compute the first unit alone; W has a column for every unit, the answer too."""
    return step(np.dot(X, np.asarray(W)[:, :1]) + b[0])


def perceptron_flattened(X, W, b):
    """Your result is one long vector; keep the table (n, units), one row an example."""
    return step(np.dot(X, W) + b).ravel()


def perceptron_first_example_only(X, W, b):
    """You compute the first row of X alone; every row is an example and gets an answer."""
    return step(np.dot(X[:1], W) + b)


# xor_network


def xor_network_that_is_or():
    """You add OR and AND, and 1 + 1 is still over the threshold, so (1, 1) gives 1; the AND unit
    needs a negative weight in the second layer."""
    return [
        (np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([-0.5, -1.5])),
        (np.array([[1.0], [1.0]]), np.array([-0.5])),
    ]


def xor_network_that_is_equality():
    """Your network answers 1 where the inputs are equal, XOR turned round; change the signs of W2
    and choose b2 anew."""
    return [
        (np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([-0.5, -1.5])),
        (np.array([[-1.0], [1.0]]), np.array([0.5])),
    ]


def xor_network_with_thresholds_for_biases():
    """You gave the thresholds themselves; a unit fires at w·x + b >= 0, so the bias is the
    threshold with a minus sign: b = -θ."""
    return [
        (np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.5, 1.5])),
        (np.array([[1.0], [-1.0]]), np.array([0.5])),
    ]


def xor_network_that_fires_at_zero():
    """Your biases are 0, and a sum of 0 fires here, so (0, 0) sets off every unit; a unit that
    should stay still without input needs a negative bias."""
    return [
        (np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([0.0, 0.0])),
        (np.array([[1.0], [1.0]]), np.array([0.0])),
    ]


def xor_network_of_one_layer():
    """You return one layer, and no single layer computes XOR: no straight line parts (0, 1) and
    (1, 0) from (0, 0) and (1, 1). Put a layer of two units before it."""
    return [(np.array([[1.0], [1.0]]), np.array([-0.5]))]


def xor_network_with_rows_for_units():
    """Your second W is (1, 2), a unit a row; here a unit is a column: two hidden units into one
    output is (2, 1)."""
    return [
        (np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([-0.5, -1.5])),
        (np.array([[1.0, -1.0]]), np.array([-0.5])),
    ]


def xor_network_truth_table():
    """You return XOR's answers; asked for are the weights and biases of a network that finds them,
    [(W1, b1), (W2, b2)]."""
    return np.array([[0], [1], [1], [0]])


# compose_linear


def compose_linear_wrong_order(W1, b1, W2, b2):
    """You multiply W2 by W1; X meets W1 first, so the product is W1 @ W2. On square matrices
    nothing complains."""
    return np.dot(W2, W1), np.dot(b1, W2) + b2


def compose_linear_with_a_star(W1, b1, W2, b2):
    """You wrote `*`, which multiplies entry by entry; one layer after another is the matrix product
    W1 @ W2."""
    return np.asarray(W1) * np.asarray(W2), np.dot(b1, W2) + b2


def compose_linear_sum_of_weights(W1, b1, W2, b2):
    """You add the two weight matrices; one layer after another is their product: W1 @ W2."""
    return np.add(W1, W2), np.dot(b1, W2) + b2


def compose_linear_sum_of_biases(W1, b1, W2, b2):
    """You add the biases as they are; b1 passes through the second layer too: b1 @ W2 + b2."""
    return np.dot(W1, W2), np.add(b1, b2)


def compose_linear_both_biases_through_w2(W1, b1, W2, b2):
    """You send b2 through W2 as well; it is added after W2: b1 @ W2 + b2."""
    return np.dot(W1, W2), np.dot(np.add(b1, b2), W2)


def compose_linear_without_b1(W1, b1, W2, b2):
    """The first bias is lost; it passes through the second layer: b = b1 @ W2 + b2."""
    return np.dot(W1, W2), np.array(b2)


def compose_linear_without_b2(W1, b1, W2, b2):
    """The second bias is lost: b = b1 @ W2 + b2."""
    return np.dot(W1, W2), np.dot(b1, W2)


def compose_linear_weights_only(W1, b1, W2, b2):
    """You return W alone; asked for is the pair (W, b)."""
    return np.dot(W1, W2)


def compose_linear_with_activation(W1, b1, W2, b2):
    """You put a sigmoid between the layers; these layers are linear, and with a sigmoid there is no
    single (W, b) that replaces them."""
    return sigmoid(np.array(W1)) @ W2, sigmoid(np.array(b1)) @ W2 + b2


# standardize


def standardize_over_everything(X):
    """You take one mean and one std over the whole table, mixing degrees with minutes; each column
    has its own: axis=0."""
    mean, std = np.mean(X), np.std(X)
    return (X - mean) / (std if np.ptp(X) else 1.0), mean, std if np.ptp(X) else 1.0


def standardize_along_rows(X):
    """You standardize each example (axis=1); a feature is a column, its mean runs over the rows:
    axis=0."""
    mean, std = np.mean(X, axis=1), np.std(X, axis=1)
    return (X - mean) / np.where(np.ptp(X, axis=1) == 0, 1.0, std), mean, std


def standardize_with_sample_std(X):
    """You divide by n - 1 inside the std (ddof=1); the course divides by n, NumPy's default. Both
    are in use, here it is n."""
    mean = np.mean(X, axis=0)
    n = len(X)
    std = np.where(np.ptp(X, axis=0) == 0, 1.0, _std(X) * np.sqrt(n / max(n - 1, 1)))
    return (X - mean) / std, mean, std


def standardize_by_the_variance(X):
    """You divide by the variance; its square root, the standard deviation, is in the feature's unit
    and makes the variance 1."""
    mean, std = np.mean(X, axis=0), _std(X) ** 2
    return (X - mean) / std, mean, std


def standardize_only_centred(X):
    """You subtract the mean and stop; divide by the std as well."""
    mean = np.mean(X, axis=0)
    return X - mean, mean, _std(X)


def standardize_only_scaled(X):
    """You divide by the std without subtracting the mean first."""
    mean, std = np.mean(X, axis=0), _std(X)
    return X / std, mean, std


def standardize_lost_parentheses(X):
    """X - mean / std divides the mean alone; write (X - mean) / std."""
    mean, std = np.mean(X, axis=0), _std(X)
    return X - mean / std, mean, std


def standardize_to_zero_and_one(X):
    """You scale each feature between its smallest and largest value; that is min-max scaling.
    Standardizing is (X - mean) / std."""
    mean, low, width = np.mean(X, axis=0), np.min(X, axis=0), np.ptp(X, axis=0)
    return (X - low) / np.where(width == 0, 1, width), mean, _std(X)


def standardize_without_a_guard(X):
    """A constant feature has std 0, and 0/0 is NaN; divide by 1 there instead."""
    mean, std = np.mean(X, axis=0), np.std(X, axis=0)
    return (X - mean) / std, mean, std


def standardize_hiding_nan(X):
    """You divide by 0 and replace the NaN afterwards; the warning stays and so does the std of 0,
    which spoils the next data. Put a 1 into std before dividing."""
    mean, std = np.mean(X, axis=0), np.std(X, axis=0)
    return np.nan_to_num((X - mean) / std), mean, std


def standardize_guard_not_returned(X):
    """You guard the division but return the std with its 0, and the next data, divided by it, gives
    NaN; return the std you divided by, 1 for a constant feature."""
    mean = np.mean(X, axis=0)
    return (X - mean) / _std(X), mean, np.std(X, axis=0)


def standardize_with_epsilon(X):
    """You add a small number to every std; that shifts features with a small spread and leaves
    1e-8 where 1 is due. Put 1 for constant features only."""
    mean, std = np.mean(X, axis=0), np.std(X, axis=0) + 1e-8
    return (X - mean) / std, mean, std


def standardize_in_place(X):
    """You change the caller's own X (`-=` writes into it, and an integer array cannot even hold the
    result); build a new array: (X - mean) / std."""
    mean, std = np.mean(X, axis=0), _std(X)
    X = np.asarray(X)
    X -= mean
    X /= std
    return X, mean, std


def standardize_with_2d_statistics(X):
    """Your mean and std are (1, d); asked for is a plain vector (d,), so leave keepdims out."""
    mean, std = np.mean(X, axis=0, keepdims=True), _std(X)[np.newaxis]
    return (X - mean) / std, mean, std


def standardize_x_only(X):
    """You return X alone; mean and std are needed too, to treat the next data in the same way:
    return X, mean, std."""
    return (X - np.mean(X, axis=0)) / _std(X)


# count_parameters


def count_parameters_without_biases(layers):
    """You count the weights alone; every unit has a bias too, so each layer adds b.size."""
    return sum(np.size(W) for W, b in layers)


def count_parameters_one_bias_a_layer(layers):
    """You count one bias for a whole layer; there is one for each unit."""
    return sum(np.size(W) + 1 for W, b in layers)


def count_parameters_neurons(layers):
    """You count the neurons; each of them has d weights and one bias, and those are counted."""
    return sum(np.size(b) for W, b in layers)


def count_parameters_bias_for_every_input(layers):
    """You add a bias for every input; biases belong to the units, the columns of W."""
    return sum(np.size(W) + len(W) for W, b in layers)


def count_parameters_sides_added(layers):
    """You add the two sides of W; a table of d by units holds d * units numbers: W.size."""
    return sum(sum(np.shape(W)) + np.size(b) for W, b in layers)


def count_parameters_by_len(layers):
    """len(W) is the number of rows only; W.size counts all its numbers."""
    return sum(len(W) + len(b) for W, b in layers)


def count_parameters_first_layer_only(layers):
    """You count the first layer and stop, perhaps by a return inside the loop; add up all."""
    W, b = layers[0]
    return np.size(W) + np.size(b)


def count_parameters_last_layer_only(layers):
    """You overwrite the count in every round, so the last layer alone remains; add: total += ..."""
    W, b = layers[-1]
    return np.size(W) + np.size(b)
