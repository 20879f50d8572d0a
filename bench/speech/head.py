"""Linear discriminants over groups of windows, and how sure their scores are."""

from dataclasses import dataclass, replace

import features
import numpy as np
from scipy import optimize

SHARE = 0.3  # of the block's log odds, where it is asked
# How much a group counts within its source and class.
COUNTS = {"real": 1.0, "same": 1.0, "other": 1.0, "woman": 1.0}


@dataclass(frozen=True)
class Kind:
    """Which of a window's numbers a discriminant looks at, and how."""
    columns: tuple[slice, ...]
    shrink: float                  # the diagonal counts so much more
    components: int | None = None  # so many principal components of the standardised numbers, not the numbers themselves

    def of(self, rows: np.ndarray) -> np.ndarray:
        return np.concatenate([rows[..., part] for part in self.columns], axis=-1)


LOG_MEL = Kind((slice(0, 163),), 0.6)
# Few components matter beside their own variances: there are more numbers than voices (docs/decisions/0023).
BLOCK = Kind((slice(163, 675), slice(160, 163)), 10.0, 300)


@dataclass
class Moments:
    """What the discriminant needs of a group."""
    source: str
    child: bool
    made: str
    mean: np.ndarray
    second: np.ndarray


def moments(group, kind: Kind = LOG_MEL) -> Moments:
    rows = kind.of(group.rows)
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


def discriminant(groups: list[Moments], kind: Kind) -> tuple[np.ndarray, float]:
    weights = weights_of(groups)
    means, within = {}, 0
    for child in (False, True):
        mine = [(w, g) for w, g in zip(weights, groups) if g.child == child]
        mean = sum(w * g.mean for w, g in mine)
        means[child] = mean
        within = within + 0.5 * (sum(w * g.second for w, g in mine) - np.outer(mean, mean))
    apart = means[True] - means[False]
    axes = components(within + np.outer(apart, apart) / 4, kind.components) if kind.components else np.eye(len(apart))
    within = axes.T @ within @ axes
    within = within + kind.shrink * np.diag(np.diag(within))
    slope = axes @ np.linalg.solve(within, axes.T @ apart)
    return slope, -float(slope @ (means[True] + means[False]) / 2)


def components(covariance: np.ndarray, count: int) -> np.ndarray:
    """Columns that make standardised numbers' first principal components out of the numbers."""
    each = np.sqrt(np.diag(covariance))
    _, axes = np.linalg.eigh(covariance / np.outer(each, each))
    return axes[:, ::-1][:, :count] / each[:, None]


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

    def sure_of(self, rows: np.ndarray) -> np.ndarray:
        return np.full(rows.shape[:-1], self.sure)


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


@dataclass
class LeftOut:
    """Scores of sources that were left out one at a time, of all windows in the groups' order."""
    scores: np.ndarray
    scale: float
    shift: float

    @property
    def odds(self) -> np.ndarray:
        return self.scores * self.scale + self.shift


def marks(groups, parts: list[Moments]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of all windows: whether a child's, what each counts, whether it is real."""
    return tuple(np.concatenate([np.full(len(g.rows), value(g, w)) for g, w in zip(groups, weights_of(parts))])
                 for value in (lambda g, w: g.child, lambda g, w: w / len(g.rows), lambda g, w: g.made == "real"))


def left_out(groups, parts: list[Moments], kind: Kind) -> LeftOut:
    slopes = {source: discriminant(without(parts, source), kind) for source in sorted({p.source for p in parts})}
    scores = np.concatenate([kind.of(g.rows) @ slopes[g.source][0] + slopes[g.source][1] for g in groups])
    child, weights, _ = marks(groups, parts)
    return LeftOut(scores, *fitted(scores, child, weights))


def calibrated(parts: list[Moments], kind: Kind, out: LeftOut, sure: float) -> Head:
    slope, shift = discriminant(parts, kind)
    return Head(slope * out.scale, shift * out.scale + out.shift, sure)


def trained(groups, parts: list[Moments]) -> Head:
    """Scale, shift and band come from scores of sources that were left out one at a time. The band looks at real windows, since
    made-up speakers lie on the border on purpose."""
    out = left_out(groups, parts, LOG_MEL)
    child, weights, real = marks(groups, parts)
    return calibrated(parts, LOG_MEL, out, band(out.odds[real], child[real], weights[real]))


@dataclass
class Both:
    """The log-mel head, and where a window has its upper bands the block's beside it."""
    log_mel: Head
    block: Head  # its `sure` is of both together

    def odds(self, rows: np.ndarray) -> np.ndarray:
        """Of windows with all their numbers."""
        return fused(self.log_mel.odds(LOG_MEL.of(rows)), self.block.odds(BLOCK.of(rows)), wide(rows))

    def sure_of(self, rows: np.ndarray) -> np.ndarray:
        return np.where(wide(rows), self.block.sure, self.log_mel.sure)


def wide(rows: np.ndarray) -> np.ndarray:
    return rows[..., -1] >= features.WIDE


def fused(log_mel: np.ndarray, block: np.ndarray, asked: np.ndarray) -> np.ndarray:
    return np.where(asked, log_mel + SHARE * (block - log_mel), log_mel)


def trained_both(groups, parts: list[Moments]) -> Both:
    """`parts`: what LOG_MEL sees of the groups. The block's head learns from windows that it would be asked about, alone."""
    asked = [wide(g.rows) for g in groups]
    some = [replace(g, rows=g.rows[mine]) for g, mine in zip(groups, asked) if mine.any()]
    block_parts = [moments(g, BLOCK) for g in some]
    log_mel, block = left_out(groups, parts, LOG_MEL), left_out(some, block_parts, BLOCK)
    child, weights, real = marks(groups, parts)
    alone = band(log_mel.odds[real], child[real], weights[real])
    odds = fused(log_mel.odds[np.concatenate(asked)], block.odds, True)
    child, weights, real = marks(some, block_parts)
    return Both(calibrated(parts, LOG_MEL, log_mel, alone),
                calibrated(block_parts, BLOCK, block, band(odds[real], child[real], weights[real])))
