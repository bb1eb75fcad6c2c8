"""Wrong answers to ch10_keras that learners really give; each docstring is its diagnosis."""
