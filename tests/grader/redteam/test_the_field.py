"""The field itself: with every layer of confinement left alone, it sees attacks get through."""

import pytest

from grader.sandbox import kernel, layers

ESCAPES = {
    "a secret read and told": (
        "raise ValueError(open(SECRET_FILE).read())",
        "not in",
    ),
    "a connection": (
        "socket.create_connection(('127.0.0.1', TCP)).close()",
        "somebody got out through a socket",
    ),
    "a datagram": (
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', UDP))",
        "somebody got out through a socket",
    ),
    "a file left behind": ("open(DROP + '/left', 'w').close()", "left"),
    "points for a right answer": (
        "return np.where((z := np.asarray(z, float)) >= 0, 1, e := np.exp(-abs(z))) / (1 + e)",
        "sigmoid +3/3",
    ),
}


@pytest.mark.skipif(kernel.MACHINE is None, reason="Linux on x86-64 or arm64")
@pytest.mark.parametrize(("act", "seen"), ESCAPES.values(), ids=ESCAPES)
def test_what_gets_through_is_seen(strike, act, seen):
    code = f"import socket\nimport numpy as np\ndef sigmoid(z):\n    {act}\n"
    with pytest.raises(AssertionError, match=seen):
        strike(code, without=layers.ALL)
