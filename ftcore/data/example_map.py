"""A map of examples by meaning: points, groups, strays and twins."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ftcore.data.examples import Dataset
from ftcore.runtime import DEFAULT_SEED

Points = npt.NDArray[np.float64]
_Vectors = npt.NDArray[np.float32]
_Rows = npt.NDArray[np.int64]

MOST_CLUSTERS = 8  # colours that an eye tells apart
CLUSTER_EXAMPLES = 3  # fewer are no group
MOST_ROUNDS = 50  # of moving the centres; they rest after about ten
FEW_FOR_OUTLIERS = 8  # with fewer, nobody is 'the rest'
OUTLIER_DEVIATIONS = 3.5  # Iglewicz and Hoaglin's limit for the modified z-score
OUTLIER_GAP = 0.03  # of cosine below the typical nearest neighbour, at the least
TWIN_COSINE = 0.97
MOST_TWINS = 200
MAIN_AXES = 8  # beyond these the components of short texts are noise
FEW_TO_UNFOLD, MOST_TO_UNFOLD = 10, 250  # exact t-SNE: about 2 s of 250 examples
ROUNDS_TO_UNFOLD = 600  # scikit-learn's 1,000 keep no more neighbours together
PERPLEXITY = 15  # neighbours that t-SNE keeps together
MIN_SPREAD = 1e-6  # below it all examples mean the same
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class ExampleMap:
    """Where the examples lie; every part is in the order of the dataset.

    Attributes:
        points: Two coordinates for each example, shape ``(n, 2)``; neighbours in
            meaning are near. The axes have no meaning or unit of their own.
        clusters: Number of the group of each example, from 0; 0 is the largest.
        outliers: Positions (from 1) of examples far from all others.
        twins: Pairs of positions (from 1), with the cosine of their meanings,
            of examples nearly alike; the most alike first.
    """

    points: Points
    clusters: tuple[int, ...]
    outliers: frozenset[int]
    twins: tuple[tuple[int, int, float], ...]


def map_examples(dataset: Dataset, vectors: _Vectors) -> ExampleMap:
    """Draw up the map; the same vectors always give the same map.

    Args:
        dataset: ``n`` examples; none at all gives an empty map.
        vectors: Unit rows of shape ``(n, any)``.
    """
    size = len(dataset)
    if size < 2:
        return ExampleMap(np.zeros((size, 2)), (0,) * size, frozenset(), ())
    nearest, twins = _nearest(vectors)
    main = _main_axes(vectors)
    return ExampleMap(
        points=_flatten(main),
        clusters=_cluster(main),
        outliers=_outliers(nearest),
        twins=twins,
    )


def _main_axes(vectors: _Vectors) -> Points:
    """Return the principal components that tell the examples apart, up to eight.

    Each has its sign settled, so that the map never comes out mirrored.
    """
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    main = axes[:, : -1 - min(MAIN_AXES, axes.shape[1]) : -1]
    signs = np.sign(main[np.abs(main).argmax(axis=0), range(main.shape[1])])
    points: Points = centred @ (main * signs)
    return points


def _flatten(main: Points) -> Points:
    """Return two coordinates: t-SNE where it helps and is quick, else the main axes.

    Of 145 examples of five businesses, t-SNE keeps 41 % of the five
    nearest neighbours in the plane, the two main axes 22 %.
    """
    flat = np.zeros((len(main), 2))
    flat[:, : main.shape[1]] = main[:, :2]
    spread = float(flat[:, 0].std())
    if not FEW_TO_UNFOLD <= len(main) <= MOST_TO_UNFOLD or spread < MIN_SPREAD:
        return flat
    from sklearn.manifold import TSNE  # noqa: PLC0415  (a second of import)

    unfolded = TSNE(
        perplexity=min(PERPLEXITY, (len(main) - 1) / 4),
        init=flat / spread * 1e-4,  # scikit-learn's own scale
        random_state=DEFAULT_SEED,
        max_iter=ROUNDS_TO_UNFOLD,
        method="exact",  # the other one fights for cores when the machine is busy
    ).fit_transform(main)
    points: Points = np.asarray(unfolded, dtype=np.float64)
    return points


def _nearest(
    vectors: _Vectors,
) -> tuple[Points, tuple[tuple[int, int, float], ...]]:
    """Return each row's cosine with its nearest other row, and the nearest pairs."""
    nearest = np.zeros(len(vectors))
    twins: list[tuple[int, int, float]] = []
    for start in range(0, len(vectors), _BLOCK):
        cosines = vectors[start : start + _BLOCK] @ vectors.T
        rows = np.arange(len(cosines))
        cosines[rows, start + rows] = -1.0
        nearest[start : start + _BLOCK] = cosines.max(axis=1)
        later = np.triu(cosines, start + 1)
        for one, other in np.argwhere(later >= TWIN_COSINE)[:MOST_TWINS]:
            cosine = min(1.0, float(later[one, other]))
            twins.append((start + int(one) + 1, int(other) + 1, cosine))
    twins.sort(key=lambda twin: (-twin[2], twin[:2]))
    return nearest, tuple(twins[:MOST_TWINS])


def _outliers(nearest: Points) -> frozenset[int]:
    """Return the positions whose nearest neighbour is unusually far.

    The modified z-score (Iglewicz and Hoaglin, 1993) measures from the median in
    median deviations, so that the strays do not hide themselves.
    """
    if len(nearest) < FEW_FOR_OUTLIERS:
        return frozenset()
    middle = float(np.median(nearest))
    spread = float(np.median(np.abs(nearest - middle))) / 0.6745
    gap = max(OUTLIER_DEVIATIONS * spread, OUTLIER_GAP)
    return frozenset(int(row) + 1 for row in np.flatnonzero(nearest < middle - gap))


def _cluster(vectors: Points) -> tuple[int, ...]:
    """Group by k-means, with the number of groups that are best apart."""
    most = min(MOST_CLUSTERS, len(vectors) // CLUSTER_EXAMPLES)
    best, labels = 0.0, np.zeros(len(vectors), dtype=np.int64)
    for count in range(2, most + 1):
        found, apart = _k_means(vectors, count)
        if apart > best:
            best, labels = apart, found
    sizes = np.bincount(labels)
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return tuple(int(rank[label]) for label in labels)


def _k_means(vectors: Points, count: int) -> tuple[_Rows, float]:
    """Return the group of each row, and how far apart the groups are (0 to 1).

    It is the simplified silhouette; the members of a tiny group count as 0.
    """
    centres = _far_apart(vectors, count)
    labels = np.full(len(vectors), -1, dtype=np.int64)
    distances = _distances(vectors, centres)
    for _ in range(MOST_ROUNDS):
        moved = distances.argmin(axis=1)
        if np.array_equal(moved, labels):
            break
        labels = moved
        for group in range(count):
            members = vectors[labels == group]
            if len(members):
                centres[group] = members.mean(axis=0)
        distances = _distances(vectors, centres)
    ordered = np.sort(distances, axis=1)
    own, other = ordered[:, 0], ordered[:, 1]
    apart = (other - own) / np.maximum(other, 1e-9)
    alone = np.bincount(labels, minlength=count)[labels] < CLUSTER_EXAMPLES
    return labels, float(np.where(alone, 0.0, apart).mean())


def _far_apart(vectors: Points, count: int) -> Points:
    """Start from the row nearest the middle, then always the one farthest off."""
    middle = vectors.mean(axis=0, keepdims=True)
    chosen = [int(_distances(vectors, middle)[:, 0].argmin())]
    while len(chosen) < count:
        chosen.append(int(_distances(vectors, vectors[chosen]).min(axis=1).argmax()))
    return vectors[chosen].copy()


def _distances(vectors: Points, centres: Points) -> Points:
    squares = (vectors**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1)[None, :]
    apart: Points = np.sqrt(np.maximum(squares - 2 * vectors @ centres.T, 0.0))
    return apart
