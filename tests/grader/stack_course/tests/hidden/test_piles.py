from grader.compare import same
from grader.plugin import exercise


@exercise("Stack.push")
def test_what_was_there_stays(learner):
    """Whatever was pushed before stays below."""
    stack = learner.Stack()
    for number in range(4):
        stack.push(number)
    same(stack.pile[0], 0)


@exercise("Stack.total")
def test_a_high_pile(learner, rng):
    """The sum of everything that was pushed."""
    numbers = rng.normal(size=5).tolist()
    stack = learner.Stack()
    for number in numbers:
        stack.push(number)
    same(stack.total(), sum(numbers))


@exercise("mend")
def test_a_smaller_one(learner):
    """It is negative where the first is smaller."""
    same(learner.mend(3, 5), -2)


@exercise("middle")
def test_of_five(learner, rng):
    """As many numbers as there are."""
    same(learner.middle([5, 1, 4, 2, 3]), 3)
