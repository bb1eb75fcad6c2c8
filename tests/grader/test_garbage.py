"""When Python looks for what is left over in a process that marks."""

import subprocess
import sys


def test_what_is_there_before_is_never_looked_through_again():
    code = (
        "import gc\n"
        "from grader import garbage\n"
        "class Knot: pass\n"
        "def tied():\n"
        "    knot = Knot()\n"
        "    knot.itself = knot\n"
        "before = [Knot() for _ in range(1000)]\n"
        "garbage.settle()\n"
        "after = Knot()\n"
        "looked = {id(each) for each in gc.get_objects()}\n"
        "assert id(after) in looked, 'nobody looks for anything'\n"
        "assert not looked & {*map(id, before)}, 'what was there is looked through'\n"
        "for _ in range(3 * garbage.SELDOM): tied()\n"
        "left = sum(isinstance(each, Knot) for each in gc.get_objects())\n"
        "assert left <= garbage.SELDOM + 1, f'{left} knots lie about'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
