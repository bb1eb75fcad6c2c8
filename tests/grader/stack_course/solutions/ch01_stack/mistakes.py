class _Stack:
    def __init__(self):
        self.pile = []

    def push(self, x):
        self.pile.append(x)

    def total(self):
        return float(sum(self.pile))


class Stack_push_at_the_bottom(_Stack):
    """You put it under the pile: append puts it on top."""

    def push(self, x):
        self.pile.insert(0, x)


class Stack_total_of_the_last(_Stack):
    """You return the number on top; add up all of them."""

    def total(self):
        return float(self.pile[-1])


def mend_without_a_sign(x, y):
    """You give the distance; where x is smaller the answer is negative."""
    return abs(x - y)
