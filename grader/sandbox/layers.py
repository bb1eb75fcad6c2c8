"""The layers of confinement by name, and what a set of them amounts to."""

from collections.abc import Collection
from dataclasses import dataclass

USER, MOUNT, PID = "user namespace", "mount namespace", "process namespace"
NETWORK, IPC = "network namespace", "IPC namespace"
ACCOUNT, CAPABILITIES = "account nobody", "no capabilities"
PRIVILEGES, DUMPABLE, LIMITS = "no new privileges", "not dumpable", "limits"
LANDLOCK, SECCOMP, LISTENER = "Landlock", "seccomp", "seccomp listener"

ALL = (
    USER, MOUNT, PID, NETWORK, IPC, ACCOUNT, CAPABILITIES, PRIVILEGES, DUMPABLE, LIMITS, LANDLOCK,
    SECCOMP, LISTENER,
)  # fmt: skip

FULL, CLOSED, TRUSTED = "full", "closed", "trusted code only"


@dataclass(frozen=True, slots=True)
class Offer:
    """A layer, and why the host does not offer it: empty when it does."""

    layer: str
    missing: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Host:
    """What a host offers, one after the other as they are applied."""

    offers: tuple[Offer, ...] = ()

    def __contains__(self, layer: str) -> bool:
        """Whether a layer holds here."""
        return any(o.layer == layer and not o.missing for o in self.offers)

    @property
    def level(self) -> str:
        """What the layers that hold amount to."""
        return level([o.layer for o in self.offers if not o.missing])

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that hold, with their versions."""
        return tuple(f"{o.layer} {o.version}".rstrip() for o in self.offers if not o.missing)


def level(layers: Collection[str]) -> str:
    """What some layers amount to.

    `full`: files, the network and other processes are each shut off in two ways that do not depend
    on each other. `closed`: in one way at least. Anything less is for `trusted code only`.
    """
    ways = ({MOUNT, LANDLOCK}, {NETWORK, SECCOMP}, {PID, SECCOMP})
    fewest = min(len(way & {*layers}) for way in ways)
    if fewest == 2 and IPC in layers and {USER, ACCOUNT} & {*layers}:
        return FULL
    return CLOSED if fewest else TRUSTED
