"""The model's gradients are the slopes of its loss, and following them makes it smaller."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tb_trainmon.demo import model, optimizer, text
from tb_trainmon.demo.model import Size, Weights
from tb_trainmon.demo.schedule import warm_up_then_cosine

SIZE = Size(context=4, embedding=3, hidden=7)
LETTERS = 6


def weights_and_batch() -> tuple[Weights, text.Codes, text.Codes]:
    random = np.random.default_rng(1)
    weights = model.new_weights(SIZE, LETTERS, seed=2, dtype=np.float64)
    # Biases away from zero: exactly there ReLU has no slope to compare with.
    weights |= {name: part + random.normal(0, 0.1, part.shape) for name, part in weights.items()}
    contexts = random.integers(0, LETTERS, (5, SIZE.context))
    return weights, contexts, random.integers(0, LETTERS, 5)


@pytest.mark.parametrize("dropout", [False, True])
@pytest.mark.parametrize("name", list(model.new_weights(SIZE, LETTERS, seed=0)))
def test_gradients_are_what_finite_differences_say(name: str, dropout: bool) -> None:
    weights, contexts, targets = weights_and_batch()
    masks = model.new_masks(SIZE, 5, np.random.default_rng(3)) if dropout else None
    _, gradients = model.loss_and_gradients(weights, contexts, targets, masks)
    part, nudge = weights[name], 1e-6
    for index in np.ndindex(part.shape):
        before = part[index]
        part[index] = before + nudge
        above, _ = model.loss_and_gradients(weights, contexts, targets, masks)
        part[index] = before - nudge
        below, _ = model.loss_and_gradients(weights, contexts, targets, masks)
        part[index] = before
        expected = (above - below) / (2 * nudge)
        assert float(gradients[name][index]) == pytest.approx(expected, abs=1e-7, rel=1e-5)


def test_a_new_model_knows_nothing() -> None:
    book = text.field_guide()
    weights = model.new_weights(Size(), len(book.letters), seed=0)
    loss = model.loss(weights, *text.windows(book.held_out, Size().context))
    assert loss == pytest.approx(math.log(len(book.letters)), abs=0.1)


@pytest.mark.parametrize("kind", ["adam", "descent"])
def test_a_single_batch_is_learned_by_heart(kind: str) -> None:
    weights, contexts, targets = weights_and_batch()
    follow = optimizer.Adam(weights) if kind == "adam" else optimizer.Descent()
    rate = 0.03 if kind == "adam" else 0.5
    for step in range(1, 300):
        _, gradients = model.loss_and_gradients(weights, contexts, targets)
        follow.update(weights, gradients, rate, step)
    assert model.loss(weights, contexts, targets) < 0.05


def test_masks_hide_whole_letters_and_keep_the_mean() -> None:
    masks = model.new_masks(Size(), 2000, np.random.default_rng(0))
    assert masks.first.mean() == pytest.approx(1, abs=0.01)
    by_letter = masks.embedded.reshape(2000, Size.context, Size.embedding)
    assert (by_letter.min(axis=2) == by_letter.max(axis=2)).all()


def test_clipping_keeps_the_direction() -> None:
    gradients: Weights = {"a": np.array([3.0]), "b": np.array([[4.0]])}
    optimizer.clip(gradients, optimizer.norm(gradients), 10.0)
    assert optimizer.norm(gradients) == 5.0
    optimizer.clip(gradients, 5.0, 1.0)
    assert optimizer.norm(gradients) == pytest.approx(1.0)
    assert float(gradients["b"][0, 0] / gradients["a"][0]) == pytest.approx(4 / 3)


def test_the_learning_rate_grows_from_nothing_and_falls_to_a_tenth() -> None:
    rates = [warm_up_then_cosine(step, 1.0, warm_up=10, total=100) for step in range(101)]
    assert rates[0] == 0.0
    assert rates[10] == max(rates) == 1.0
    assert rates[100] == pytest.approx(0.1)
    assert rates[10:] == sorted(rates[10:], reverse=True)


def test_the_held_out_paragraphs_are_not_trained_on() -> None:
    parts = [f"Paragraph {number}." for number in range(1, 26)]
    found = text.split("\n\n".join(parts))
    train = "".join(found.letters[code] for code in found.train)
    held_out = "".join(found.letters[code] for code in found.held_out)
    assert held_out == "Paragraph 10.\n\nParagraph 20."
    assert sorted([*train.split("\n\n"), *held_out.split("\n\n")]) == sorted(parts)


def test_windows_are_letters_and_the_one_that_follows() -> None:
    rows, following = text.windows(np.arange(6), context=3)
    assert rows.tolist() == [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
    assert following.tolist() == [3, 4, 5]


def test_the_text_that_ships_is_long_enough_and_plain() -> None:
    book = text.field_guide()
    assert 15_000 <= len(book.train) + len(book.held_out) <= 20_000
    assert all(letter == "\n" or " " <= letter <= "z" for letter in book.letters)
