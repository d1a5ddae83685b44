"""Choose the next token from the model's scores."""

import ctypes
from collections import deque
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ftcore.chat.base import SamplingOptions
from ftcore.chat.native import ChainParams, Native
from ftcore.errors import ChatFailedError

# As llama.cpp's server does unless told otherwise (common/common.h).
_PENALISED_TOKENS = 64
_TOP_K = 40
_MIN_P = 0.05
_MIN_KEEP = 1

Logits = npt.NDArray[np.float32]


class NativeSampler:
    """Penalty on repetition, then the likeliest token or a draw.

    The penalty is ours: llama.cpp's looks up each of the vocabulary's pieces in a
    table, although only the 64 last tokens matter.
    """

    def __init__(
        self, native: Native, options: SamplingOptions, prompt: Sequence[int]
    ) -> None:
        """Prepare for one answer.

        Args:
            native: Draws.
            options: How the next token is chosen.
            prompt: Tokens before the answer; the last ones count as said.
        """
        self._native = native
        self._penalty = np.float32(options.repeat_penalty)
        self._said = deque(prompt[-_PENALISED_TOKENS:], maxlen=_PENALISED_TOKENS)
        self._chain = self._drawing(options) if options.temperature > 0 else None

    def choose(self, context: int, logits: Logits) -> int:
        """Return the next token.

        Args:
            context: The ``llama_context`` that the scores are from.
            logits: Its scores, shape ``(vocabulary,)``; they are changed.

        Raises:
            ChatFailedError: The scores are no numbers: the adapter is broken.
        """
        self._penalise(logits)
        best = int(logits.argmax())  # a NaN counts as the greatest
        if not np.isfinite(logits[best]):
            raise ChatFailedError(reason="the model's scores are not numbers")
        if self._chain:
            best = self._native.sampler_sample(self._chain, context, -1)
        self._said.append(best)
        return best

    def close(self) -> None:
        """Give the memory back."""
        if self._chain:
            self._native.sampler_free(self._chain)
            self._chain = None

    def _penalise(self, logits: Logits) -> None:
        if self._penalty == 1 or not self._said:
            return
        places = np.fromiter(set(self._said), np.int64)
        scores = logits[places]
        lower = np.where(scores > 0, scores / self._penalty, scores * self._penalty)
        logits[places] = lower

    def _drawing(self, options: SamplingOptions) -> int:
        native = self._native
        chain: int = native.sampler_chain_init(ChainParams(no_perf=True))
        seed = ctypes.c_uint32(options.seed).value
        for sampler in (
            native.sampler_init_top_k(_TOP_K),
            native.sampler_init_top_p(options.top_p, _MIN_KEEP),
            native.sampler_init_min_p(_MIN_P, _MIN_KEEP),
            native.sampler_init_temp(options.temperature),
            native.sampler_init_dist(seed),
        ):
            native.sampler_chain_add(chain, sampler)
        return chain
