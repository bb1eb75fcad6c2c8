"""Functions that are particular about how often they are called, or compiled."""

from typing import Any

from grader.probes import functions


class Limited:
    """A probe that answers so many calls and no more."""

    def __init__(self, name: str, most: int) -> None:
        self.order = name, most
        self.__name__ = name
        self._function, self._most, self._asked = getattr(functions, name), most, 0

    def __call__(self, x: Any) -> Any:
        """Answer a call.

        Raises
        ------
        RuntimeError
            It is one too many.

        """
        self._asked += 1
        if self._asked > self._most:
            raise RuntimeError(f"the function was called more than {self._most} times")
        return self._function(x)


class Traced:
    """A probe that tells whether a `tf.function` has compiled it, and how often.

    It answers in a graph that is being traced, in at most `most` graphs, and so often in each.
    """

    def __init__(self, name: str, most: int) -> None:
        self.order = name, most
        self.__name__ = name
        self._function, self._most = getattr(functions, name), most
        self._graphs: list[Any] = []

    def __call__(self, x: Any) -> Any:
        """Answer a call.

        Raises
        ------
        TypeError
            It is called at once, and nothing is compiled.
        RuntimeError
            It is traced anew once too often.
        ValueError
            One graph would hold it once too often.

        """
        import tensorflow as tf

        if tf.executing_eagerly():
            raise TypeError("called outside of a tf.function: nothing is compiled")
        graph = tf.compat.v1.get_default_graph()
        self._graphs.append(graph)
        if sum(1 for known in self._graphs if known is graph) > self._most:
            raise ValueError(f"one graph holds the function more than {self._most} times")
        if len({id(known) for known in self._graphs}) > self._most:
            raise RuntimeError(f"the function was traced more than {self._most} times")
        return self._function(x)
