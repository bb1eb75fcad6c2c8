"""A learner's function where it can be timed: what is not its own work is done before or after."""

from collections.abc import Callable, Sequence
from typing import Any

from grader import calls, wire
from grader.confined import Unavailable
from grader.errors import Stopped
from grader.learner import FunctionProxy, MethodProxy
from grader.speed import LOOP, REFERENCE


class Timed:
    """A function or method of a learner's as a contestant in a race: see `speed.Contestant`.

    Its arguments are put on the device `place`, if that is named; `device` is where its last answer
    was.
    """

    def __init__(self, proxy: FunctionProxy | MethodProxy, place: str = "") -> None:
        self.device = ""
        self._place = place
        self._name = self._shown = proxy._name
        self._handle: int | None = None
        if isinstance(proxy, MethodProxy):
            owner = proxy._owner
            self._learner, self._handle = owner._learner, owner._handle.id
            self._shown = f"{owner._kind}.{proxy._name}"
        else:
            self._learner = proxy._learner
        self._reply: Any = None
        side = self._learner._side
        self.pause, self.resume = side.pause, side.resume

    def place(self, args: Sequence[Any]) -> None:
        """Put arguments where the function runs.

        Raises
        ------
        Unavailable
            The device is not there where the course's own code runs.

        """
        packed = wire.pack((tuple(args), {}), self._learner._passed)
        asked = wire.Place, self._learner._module, packed, self._place
        reply = self._told(self._learner._side.ask, *asked)
        if isinstance(reply, wire.Failure):
            text = f"nothing can be placed on {self._place} in its process: {reply.text}"
            if self._learner._module in (LOOP, REFERENCE):
                raise Unavailable(text)
            raise Stopped(f"{self._shown} was not run: {text}")

    def run(self) -> None:
        """Call the function and wait for all of its answer."""
        asked = wire.Run, self._learner._module, self._name, self._handle
        self._reply = self._told(self._learner._side.ask, *asked)

    def answer(self) -> Any:
        """What the last call gave; raises what the function raised."""
        reply, self._reply, self.device = self._reply, None, ""
        if isinstance(reply, wire.Failure):
            raised = self._learner._raised(reply)
            calls.note(calls.Call(self._shown, (), (), raised=raised))
            raise raised.error
        if not isinstance(reply, wire.Answer):
            raise Stopped(self._learner._side.absence(self._learner._module, self._shown))
        self.device = reply.device
        try:
            return wire.unpack(reply.value, lambda kept: self._learner._resolve(kept, self._shown))
        except wire.WireError as error:
            raise Stopped(f"{self._shown} gave something that cannot be read: {error}") from None

    def _told(self, ask: Callable[..., Any], *asked: Any) -> Any:
        try:
            return ask(*asked)
        except Stopped as stopped:
            raise Stopped(f"{self._shown} {stopped}") from None
