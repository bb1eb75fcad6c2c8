"""The texts that a new exercise begins with; what an author is to write is marked `TODO: `."""

from dataclasses import dataclass
from textwrap import indent

from grader.authoring.part import prefix
from grader.stubs import BEGIN, END

TESTED = {
    "exercise": "from grader.plugin import exercise",
    "same": "from grader.compare import same",
}
"""What a test needs, by the name that it has in a module."""

TITLE = "TODO: the chapter's title"
LESSON = "# TODO: the chapter's title\n\nTODO: the lesson, from what a learner knows already.\n"
MODULE = '"""TODO: what the chapter is about, in one line."""\n'


def mistakes_module(chapter: str) -> str:
    """The head of a `mistakes.py`."""
    return f'"""Known wrong variants of {chapter}; each docstring is the diagnosis."""\n'


@dataclass(frozen=True, slots=True)
class NewExercise:
    """An exercise to begin: a function, or a method as `Class.method`.

    `wrong_base` is the class, in `mistakes.py`, of which a mistake in a method is made.
    """

    name: str
    wrong_base: str = ""

    @property
    def owner(self) -> str:
        """The class of a method; empty for a function."""
        return self.name.rpartition(".")[0]

    @property
    def bare(self) -> str:
        """The name without its class."""
        return self.name.rpartition(".")[2]

    @property
    def in_names(self) -> str:
        """The name as the names of tests have it."""
        return self.name.replace(".", "_").lower()

    def entry(self) -> str:
        """Its entry in the manifest."""
        hints = "".join(
            f'    "TODO: {what}",\n'
            for what in ("a nudge", "the idea", "nearly the line, and a piece left out")
        )
        return f'[[chapter.exercise]]\nname = "{self.name}"\npoints = 1\nhints = [\n{hints}]\n'

    def solution(self) -> str:
        """Its definition, with marks around what a learner is to write."""
        parameters = "self, x" if self.owner else "x"
        text = (
            f"def {self.bare}({parameters}):\n"
            f'    """TODO: what {self.bare} does, in one line.\n'
            "\n"
            "    TODO: what it takes and returns, with shapes and types, and when it raises.\n"
            '    """\n'
            f"    {BEGIN}\n"
            "    # TODO: the answer\n"
            "    raise NotImplementedError\n"
            f"    {END}\n"
        )
        return indent(text, "    ") if self.owner else text

    def visible_test(self, name: str) -> str:
        """A test that a learner sees."""
        return (
            f'@exercise("{self.name}")\n'
            f"def {name}(learner):\n"
            "    # TODO: an example that can be checked by hand; write the arithmetic here\n"
            f"    same({self._called('1.0')}, 2.0)\n"
        )

    def hidden_test(self, name: str) -> str:
        """A test that a learner does not see."""
        return (
            f'@exercise("{self.name}")\n'
            f"def {name}(learner, rng):\n"
            '    """TODO: the property, which a learner reads when this fails"""\n'
            "    # TODO: what TensorFlow gives for numbers that nobody can know beforehand\n"
            f"    same({self._called('rng.normal()')}, 2.0)\n"
        )

    def mistakes(self) -> str:
        """Two wrong answers."""
        return "\n\n".join(map(self._mistake, ("first_mistake", "second_mistake")))

    def figures(self) -> str:
        """The `figures.py` of a chapter that begins with it."""
        return (
            f'"""Pictures drawn by your own functions: `kata draw {self.name}`."""\n'
            "\n"
            "from grader.draw import figure\n"
            "\n\n"
            f'@figure("{self.name}")\n'
            f"def {self.in_names}_drawn(learner, canvas):\n"
            '    """TODO: what stands above the picture"""\n'
            "    axes = canvas.subplots()\n"
            f"    # TODO: what learner.{self.name} gives\n"
            f'    axes.set(xlabel="x", ylabel="{self.name}")\n'
        )

    def _called(self, argument: str) -> str:
        owner = f"{self.owner}()." if self.owner else ""
        return f"learner.{owner}{self.bare}({argument})"

    def _mistake(self, what: str) -> str:
        name = f"{prefix(self.name)}{what}"
        told = (
            '    """TODO: tell who made this mistake what is wrong."""\n'
            "    # TODO: a whole wrong answer, and a name that says what is wrong\n"
        )
        if not self.owner:
            return f"def {name}(x):\n{told}    raise NotImplementedError\n"
        base = f"({self.wrong_base})" if self.wrong_base else ""
        return (
            f"class {name}{base}:\n{told}\n"
            f"    def {self.bare}(self, x):\n        raise NotImplementedError\n"
        )
