"""Stand-ins for Keras's models do what Keras does, and say where a model is misused."""

import keras
import numpy as np
import pytest

from grader import probes

RNG = np.random.default_rng(0)
TRAIN = RNG.normal(size=(71, 2, 3)), RNG.integers(4, size=71)
TEST = RNG.normal(size=(9, 2, 3)), RNG.integers(4, size=9)


def the_same_in_keras():
    model = keras.Sequential(
        [
            keras.Input((2, 3)),
            keras.layers.Flatten(),
            keras.layers.Dense(4, use_bias=False),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.5), loss, metrics=["accuracy"])
    model.set_weights([np.eye(6, 4)])
    return model


@pytest.mark.parametrize("settings", [{}, {"batch_size": 20}, {"validation_split": 0.2}])
def test_a_pupil_learns_as_a_keras_model_does(settings):
    pupil, model = probes.Pupil(6, 4), the_same_in_keras()
    pupil.fit(*TRAIN, epochs=3, **settings)
    model.fit(*TRAIN, epochs=3, shuffle=False, verbose=0, **settings)
    for mine, theirs in zip(pupil.evaluate(*TEST), model.evaluate(*TEST, verbose=0), strict=True):
        assert mine == pytest.approx(theirs, rel=1e-5)
    assert pupil.predict(TEST[0]) == pytest.approx(model.predict(TEST[0], verbose=0), abs=1e-5)
    assert np.asarray(pupil(TEST[0])) == pytest.approx(np.asarray(model(TEST[0])), abs=1e-5)


def test_a_pupil_wants_x_and_y_apart():
    for method in (probes.Pupil(6, 4).fit, probes.Pupil(6, 4).evaluate):
        with pytest.raises(ValueError, match="labels are missing"):
            method(TRAIN)


def test_a_pupil_is_examined_once():
    pupil = probes.Pupil(6, 4)
    pupil.fit(*TRAIN)
    pupil.evaluate(*TRAIN)
    pupil.evaluate(*TEST)
    with pytest.raises(RuntimeError, match="evaluated twice"):
        pupil.evaluate(*TEST)


def test_a_pupil_is_shown_no_other_data():
    pupil = probes.Pupil(6, 4)
    pupil.fit(*TRAIN, validation_data=TRAIN)
    with pytest.raises(probes.Peeked):
        pupil.fit(*TRAIN, validation_data=TEST)


def test_a_diary_passes_for_a_history():
    diary = probes.Pupil(6, 4).fit(*TRAIN, epochs=2)
    assert isinstance(diary, keras.callbacks.History)
    assert [*diary.history] == ["accuracy", "loss"]
    assert len(diary.history["loss"]) == len(diary.epoch) == 2
    assert probes.Diary((0.9,), (0.8,)).history == {"loss": [0.9], "val_loss": [0.8]}
