"""What each main chart means, what it should look like, what should worry, and what then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """Sentences on one metric; ``absent`` is for a task that does not have it."""

    meaning: str
    ideal: str
    abnormal: str
    tips: str
    absent: str


#: By canonical name; ``speed`` is whichever measure of it a task has.
GUIDE: Mapping[str, Explanation] = {
    "loss": Explanation(
        meaning=(
            "The gap between what the model predicts and the truth, on the data that it trains on."
            " Smaller is better."
        ),
        ideal="Falls fast at first, then ever more slowly, and levels off.",
        abnormal=(
            "Rising, or swinging without coming down: training is unstable. A sudden rise: often a"
            " learning rate that is too high, or a bad batch. NaN: the numbers overflowed."
        ),
        tips=(
            "Judge by the smoothed line, since single batches are noisy. On a sudden rise, look at"
            " the gradient norm at the same step; lower the learning rate, warm up for longer, or "
            "clip gradients. Flat from the start: the learning rate may be too low."
        ),
        absent=(
            'No tag of this task was recognised as its training loss. Look under "All other '
            'scalars", or name the tag in trainmon.toml.'
        ),
    ),
    "perplexity": Explanation(
        meaning=(
            "exp(loss): among how many next tokens a language model is, so to speak, still "
            "undecided. A perplexity of 8 is as unsure as a choice among 8 equally likely tokens."
        ),
        ideal=(
            "Falls steeply and levels off with the loss. Usual values lie between single digits "
            "and some tens."
        ),
        abnormal=(
            "In the hundreds and staying there: the model has hardly learnt. Rising: see the loss."
            " Close to 1: it may have seen the answers."
        ),
        tips=(
            "Compare it only between models with the same tokenizer. It exaggerates the early "
            "steps; zoom in on what came later."
        ),
        absent="It is exp(loss), and this task has no loss of a language model to take it from.",
    ),
    "grad_norm": Explanation(
        meaning=(
            "The length (L2 norm) of the gradient over all weights: how hard each step pulls at "
            "the model."
        ),
        ideal="High at the start, then settling to a steady level with moderate noise.",
        abnormal=(
            "Above about 100: gradients explode. Near 0: they may be vanishing, and nothing is "
            "learnt. Single spikes: unusual batches."
        ),
        tips=(
            "Where it is often above 100, clip gradients (max_norm = 1.0 is common) or lower the "
            "learning rate. If clipping is on, ask whether the norm is logged before or after it."
        ),
        absent=(
            "The trainer did not log it. Many frameworks do when clipping is on; else log the "
            "return value of clip_grad_norm_."
        ),
    ),
    "learning_rate": Explanation(
        meaning=(
            "How large a step the optimizer takes along the gradient. It usually follows a "
            "schedule fixed in advance."
        ),
        ideal=(
            "Follows its schedule: a warm-up from 0 to the peak, then a cosine or linear decay."
        ),
        abnormal=(
            "Constant where a decay was planned, jumps, or a warm-up that starts again: often a "
            "resume that lost the state of its scheduler."
        ),
        tips=(
            "Compare the peak with the first trouble in the loss. At an attempt boundary the curve"
            " should go on where it stopped."
        ),
        absent=(
            'The trainer did not log it. Log param_groups[0]["lr"] of the optimizer, or turn on the'
            " framework's learning-rate monitor."
        ),
    ),
    "eval_loss": Explanation(
        meaning=(
            "The loss on data that the model does not train on: how well it does on what it has "
            "not seen."
        ),
        ideal="Falls together with the training loss and stays close to it.",
        abnormal=(
            "Rising while the training loss falls: overfitting. Far above the training loss from "
            "the start: the two data sets differ."
        ),
        tips=(
            "The checkpoint at its lowest point is usually the one to keep. When it rises, stop "
            "early, regularise more, or add data."
        ),
        absent=(
            "No evaluation has been logged yet. It appears with the first one; if none is planned,"
            " turn on evaluation during training."
        ),
    ),
    "speed": Explanation(
        meaning="How much data goes through the training in a second.",
        ideal="Steady, with short dips at checkpoints and evaluations.",
        abnormal=(
            "Violent swings: the disk or the network may not deliver data fast enough. A slow "
            "decline: memory or heat. A lasting drop: someone else is on the machine."
        ),
        tips=(
            "On swings, use more data-loading workers, prefetching, or a faster disk. Compare the "
            "dips with the checkpoints in the training log."
        ),
        absent=(
            "The trainer logged no throughput. samples/s, tokens/s, frames/s and steps/s are all "
            "recognised."
        ),
    ),
}
