"""Checks of substance: what may be wrong with examples that can be read."""

from ftcore.data.checking import MIN_EXAMPLES, Check
from ftcore.data.checks.classes import (
    MAX_SHARE,
    check_classes,
    check_spellings,
    check_typos,
)
from ftcore.data.checks.content import (
    check_echo,
    check_empty,
    check_formulas,
    check_markup,
    check_numbers,
    check_placeholders,
    check_template_tokens,
)
from ftcore.data.checks.endings import check_closing, check_truncated
from ftcore.data.checks.language import check_language
from ftcore.data.checks.repeats import check_repeated, check_same_answer
from ftcore.data.checks.size import (
    CHARACTERS_PER_TOKEN,
    MAX_EXAMPLES,
    WINDOW_TOKENS,
    check_length_mix,
    check_outliers,
    check_size,
    check_window,
)
from ftcore.data.checks.style import (
    check_capitals,
    check_spaces,
    check_treatment,
)
from ftcore.data.likeness import check_near_duplicates
from ftcore.data.personal_data import check_personal_data

__all__ = [
    "CHARACTERS_PER_TOKEN",
    "CHECKS",
    "MAX_EXAMPLES",
    "MAX_SHARE",
    "MIN_EXAMPLES",
    "ROW_CHECKS",
    "WINDOW_TOKENS",
    "Check",
]

CHECKS: tuple[Check, ...] = (
    check_size,
    check_classes,
    check_spellings,
    check_typos,
    check_empty,
    check_repeated,
    check_same_answer,
    check_near_duplicates,
    check_echo,
    check_numbers,
    check_placeholders,
    check_window,
    check_outliers,
    check_length_mix,
    check_truncated,
    check_treatment,
    check_closing,
    check_spaces,
    check_capitals,
    check_language,
    check_template_tokens,
    check_markup,
    check_formulas,
    check_personal_data,
)

# Those that look at one example alone: a big file is given to them in parts.
ROW_CHECKS: frozenset[Check] = frozenset(
    {
        check_empty,
        check_echo,
        check_placeholders,
        check_window,
        check_template_tokens,
        check_markup,
        check_formulas,
        check_personal_data,
    }
)
