"""The numbers behind the charts of step 2."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ftcore.data.examples import Dataset, Example, Task
from ftcore.ui.data_charts import label_shares
from ftcore.ui.histogram import length_bins


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=80))
def test_every_length_falls_into_exactly_one_bin(lengths: list[int]) -> None:
    bins = length_bins(lengths)
    assert 1 <= len(bins) <= 8
    assert sum(each.count for each in bins) == len(lengths)
    for each in bins:
        inside = sum(each.low <= length <= each.high for length in lengths)
        assert inside == each.count
    for one, following in pairwise(bins):
        assert following.low == one.high + 1


def test_labels_come_most_frequent_first_and_ties_by_name() -> None:
    pairs = [("uno", "b"), ("dos", "a"), ("tres", "c"), ("cuatro", "c")]
    dataset = Dataset(
        "x", Task.CLASSIFICATION, tuple(Example.from_pair(*pair) for pair in pairs)
    )
    assert label_shares(dataset) == [("c", 2), ("a", 1), ("b", 1)]
