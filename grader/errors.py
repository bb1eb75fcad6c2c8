"""The errors that a user can cause; the command turns each into one line."""


class KataError(Exception):
    """Something a user can put right; its text says what is wrong, where, and what to do."""


class CourseError(KataError):
    """The course, its manifest or one of its files is at fault."""


class Stopped(KataError):
    """A learner's code could not be run to its end; the text says why, after a function's name."""


class Exhausted(Stopped):
    """It took more time or memory than it may: calls like it are not worth another try."""


class Crashed(Stopped):
    """Its process is gone, or gave what is no reply; the next call has a new one."""


class SubmissionError(KataError):
    """A submission cannot be read, or holds nothing that can be graded."""


class Unwritten(NotImplementedError):
    """A function is a stub, which its source shows: nothing needs to be run to see it."""
