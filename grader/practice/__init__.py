"""A learner at work: what is right so far, run again what a save touches, say what to do next."""
