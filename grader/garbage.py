"""How often Python looks for objects that nobody needs any more, where work is marked."""

import gc

SELDOM = 20_000
"""How many more objects there have to be than before until Python looks which are left over."""


def settle() -> None:
    """Have Python look for what is left over seldom, and never among what there is by now.

    What TensorFlow and Keras are made of stays; to draw up one graph makes thousands of objects,
    and most of those are gone before anybody has to look for them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(SELDOM)
