"""A linear discriminant over groups of windows, and how sure its scores are."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize

SHRINK = 0.6
# How much a group counts within its source and class.
COUNTS = {"real": 1.0, "same": 1.0, "other": 1.0, "woman": 1.0}


@dataclass
class Moments:
    """What the discriminant needs of a group."""
    source: str
    child: bool
    made: str
    mean: np.ndarray
    second: np.ndarray


def moments(group) -> Moments:
    rows = group.rows
    return Moments(group.source, group.child, group.made, rows.mean(axis=0), rows.T @ rows / len(rows))


def weights_of(groups: list[Moments]) -> np.ndarray:
    """Each source counts the same within a class, both classes the same."""
    raw = np.array([COUNTS[g.made] for g in groups])
    kinds = [(g.source, g.child) for g in groups]
    for kind in set(kinds):
        mine = np.array([k == kind for k in kinds])
        raw[mine] /= raw[mine].sum()
    for child in (False, True):
        mine = np.array([g.child == child for g in groups])
        raw[mine] /= raw[mine].sum()
    return raw


def discriminant(groups: list[Moments], shrink: float = SHRINK) -> tuple[np.ndarray, float]:
    weights = weights_of(groups)
    means, within = {}, 0
    for child in (False, True):
        mine = [(w, g) for w, g in zip(weights, groups) if g.child == child]
        mean = sum(w * g.mean for w, g in mine)
        means[child] = mean
        within = within + 0.5 * (sum(w * g.second for w, g in mine) - np.outer(mean, mean))
    within = within + shrink * np.diag(np.diag(within))
    slope = np.linalg.solve(within, means[True] - means[False])
    return slope, -float(slope @ (means[True] + means[False]) / 2)


def without(groups, source: str):
    return [g for g in groups if g.source != source]


def fitted(scores: np.ndarray, child: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Scale and shift that make scores into log odds."""
    def loss(p):
        return np.sum(weights * np.logaddexp(0, -(np.where(child, 1, -1) * (p[0] * scores + p[1])))) + 1e-4 * p[0] ** 2
    return tuple(optimize.minimize(loss, [0.3, 0.0], method="BFGS").x)


@dataclass
class Head:
    slope: np.ndarray   # 163 numbers; log odds, once calibrated
    shift: float
    sure: float         # log odds beyond which a decision is made

    def odds(self, rows: np.ndarray) -> np.ndarray:
        return rows @ self.slope + self.shift


def band(odds: np.ndarray, child: np.ndarray, weights: np.ndarray, wrong: float = 0.01) -> float:
    """The least width of the unsure band with at most that share of wrong decisions in either class."""
    for sure in np.arange(1.0, 4.0, 0.05):
        fine = True
        for kind in (False, True):
            mine = child == kind
            decided = mine & (np.abs(odds) > sure)
            if weights[decided].sum() > 0 and weights[decided & ((odds > 0) != kind)].sum() / weights[decided].sum() > wrong:
                fine = False
        if fine:
            return float(sure)
    return 4.0


def trained(groups, parts: list[Moments], shrink: float = SHRINK) -> Head:
    """`groups` with their windows; scale, shift and band come from scores of sources that were left out one at a time. The band
    looks at real windows, since made-up speakers lie on the border on purpose."""
    scores, child, weights, real = [], [], [], []
    each = weights_of(parts)
    for source in sorted({p.source for p in parts}):
        slope, shift = discriminant(without(parts, source), shrink)
        for group, weight in zip(groups, each):
            if group.source == source:
                found = group.rows @ slope + shift
                scores.append(found)
                child.append(np.full(len(found), group.child))
                weights.append(np.full(len(found), weight / len(found)))
                real.append(np.full(len(found), group.made == "real"))
    scores, child, weights, real = map(np.concatenate, (scores, child, weights, real))
    scale, add = fitted(scores, child, weights)
    slope, shift = discriminant(parts, shrink)
    return Head(slope * scale, shift * scale + add, band(scores[real] * scale + add, child[real], weights[real]))
