from grader.compare import same
from grader.plugin import exercise


@exercise("Stack.push")
def test_the_last_comes_on_top(learner):
    stack = learner.Stack()
    stack.push(3)
    stack.push(4)
    same(stack.pile[-1], 4)


@exercise("Stack.total")
def test_a_pile_of_two(learner):
    stack = learner.Stack()
    stack.push(3)
    stack.push(4)
    same(stack.total(), 7)


@exercise("mend")
def test_five_is_two_more_than_three(learner):
    same(learner.mend(5, 3), 2)


@exercise("middle")
def test_the_one_in_the_middle(learner):
    same(learner.middle([3, 1, 2]), 2)
