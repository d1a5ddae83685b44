"""Answers to texts asked one by one, of encoders that were trained without them."""

from collections.abc import Sequence

import numpy as np

from ftcore.models.label_head import Caution, LabelHead, LinearHead
from ftcore.training.calibration import (
    fit_sharpness,
    learn_least_probability,
    least_likeness_between,
)
from ftcore.training.classifier import Unseen, calibrate, likeness_out_of_fold

_NEVER, _ALWAYS = -1.0, 2.0  # a least likeness that every text has, and none


def fold_answers(unseen: Unseen, asked: Sequence[int]) -> list[LabelHead]:
    """Return one head for each text asked, which gives its fold's answer.

    Keeping an encoder for each fold would weigh as much as the model, for one question
    each. What it answered is kept instead: a head that says that to any text. Only the
    sharpness and the doubts are learnt anew without the text; the other texts'
    scores, which they follow from, come from encoders that may have seen it.

    Args:
        unseen: All texts out of their folds.
        asked: Rows (from 0) of the texts, each in a fold.
    """
    strength, _, _ = calibrate(unseen)
    scores, near = unseen.scores(strength), likeness_out_of_fold(unseen)
    heads = []
    for row in asked:
        texts = unseen.texts[int(unseen.folds[row])]
        kept = texts.last_view[unseen.kept(int(unseen.folds[row]))]
        others = [r for r in unseen.rows if texts.keys[r] != texts.keys[row]]
        answers = [texts.targets[r] for r in others]
        sharpness = fit_sharpness(scores[others], answers, unseen.prior)
        far = (texts.unrelated @ kept.T).max(axis=1, initial=-1.0)
        is_strange = near[row] < least_likeness_between(near[others], far)
        caution = Caution(
            learn_least_probability(scores[others] * np.float32(sharpness), answers),
            _ALWAYS if is_strange else _NEVER,
        )
        coef = np.zeros((len(texts.names), texts.vectors.shape[1]), dtype=np.float32)
        linear = LinearHead(coef, scores[row] * np.float32(sharpness))
        heads.append(LabelHead(linear, caution, texts.views))
    return heads
