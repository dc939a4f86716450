"""S of a score matrix that is held whole, with its derivatives by every cell: for tables of few cells. (29)"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from jsmi_core.information import Contrast, FloatArray


@dataclass(frozen=True, eq=False)
class DenseTable:
    """α p, (1−α) r and their sum, the mixture u: (V, W) float64 each."""

    positive: FloatArray
    negative: FloatArray
    mixture: FloatArray

    @classmethod
    def of(cls, contrast: Contrast, alpha: float) -> DenseTable:
        """Lay out p and r of a contrast for this α."""
        positive, negative = alpha * contrast.joint.p.toarray(), (1 - alpha) * contrast.dense_negative
        return cls(positive, negative, positive + negative)

    def loss_and_derivatives(self, scores: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """What S lacks of its constant, ∂S/∂m = α p − u σ(m) and −∂²S/∂m² = u σ(m) σ(−m), cell by cell."""
        expected = self.mixture * scipy.special.expit(scores)
        loss = np.vdot(self.positive, np.logaddexp(0, -scores)) + np.vdot(self.negative, np.logaddexp(0, scores))
        return float(loss), self.positive - expected, expected * scipy.special.expit(-scores)
