"""How good scores are: sources count the same within a class, both classes the same."""

import numpy as np


def balanced(right: dict[str, float], child: dict[str, bool]) -> float:
    """From each source's share of right answers."""
    return float(np.mean([np.mean([r for s, r in right.items() if child[s] == kind]) for kind in {child[s] for s in right}]))


def interval(right: dict[str, float], child: dict[str, bool], rounds: int = 2000) -> tuple[float, float]:
    """95 % of balanced accuracies when sources are drawn again within their class."""
    random = np.random.default_rng(1)
    kinds = [np.array([r for s, r in right.items() if child[s] == kind]) for kind in (False, True)]
    kinds = [k for k in kinds if len(k)]
    found = [np.mean([random.choice(k, len(k)).mean() for k in kinds]) for _ in range(rounds)]
    return float(np.percentile(found, 2.5)), float(np.percentile(found, 97.5))


def weighted(scores: dict[str, np.ndarray], child: dict[str, bool]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All scores, whether a child's, and what each counts."""
    count = {kind: sum(child[s] == kind for s in scores) for kind in (False, True)}
    return (np.concatenate(list(scores.values())),
            np.concatenate([np.full(len(v), child[s]) for s, v in scores.items()]),
            np.concatenate([np.full(len(v), 0.5 / count[child[s]] / len(v)) for s, v in scores.items()]))


def auc(scores: dict[str, np.ndarray], child: dict[str, bool]) -> float:
    values, labels, weights = weighted(scores, child)
    if labels.all() or not labels.any():
        return float("nan")
    _, place = np.unique(values, return_inverse=True)
    adults = np.bincount(place, weights * ~labels)
    children = np.bincount(place, weights * labels)
    below = np.cumsum(adults) - adults / 2
    return float(np.sum(children * below) / (children.sum() * adults.sum()))


def calibration_error(scores: dict[str, np.ndarray], child: dict[str, bool], bins: int = 10) -> float:
    """Mean distance of the probability said from the share of children, over equal bins of it."""
    values, labels, weights = weighted(scores, child)
    bin_of = np.minimum((values * bins).astype(int), bins - 1)
    return float(sum(abs(np.sum((weights * (values - labels))[bin_of == b])) for b in range(bins)))
