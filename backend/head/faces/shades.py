"""The shades that one material shows in one photo, lit and in shadow, as a few balls in CIE Lab."""

from dataclasses import dataclass

import cv2
import numpy as np

_FLOOR = np.array([5.0, 2.5, 2.5])  # smallest deviations of L, a, b within one shade
_LEAST = 0.02  # share of the samples that make a shade; fewer are stray pixels


@dataclass(frozen=True)
class Shades:
    """centers (K, 3) L, a, b of each shade; spreads (K, 3) their deviations."""

    centers: np.ndarray
    spreads: np.ndarray

    def distance(self, lab: np.ndarray) -> np.ndarray:
        """lab (..., 3) -> deviations (...,) from the nearest shade."""
        best = np.full(lab.shape[:-1], np.inf, np.float32)
        for center, spread in zip(self.centers, self.spreads, strict=True):
            best = np.minimum(best, np.linalg.norm((lab - center) / spread, axis=-1))
        return best


def learn_shades(samples: np.ndarray, count: int) -> Shades:
    """samples (N, 3) L, a, b, N > 0 -> at most `count` shades (k-means, seeded)."""
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    samples = np.ascontiguousarray(samples, np.float32)
    cv2.setRNGSeed(0)
    _, labels, centers = cv2.kmeans(samples, min(count, len(samples)), None, stop, 2, cv2.KMEANS_PP_CENTERS)
    members = [samples[labels[:, 0] == number] for number in range(len(centers))]
    kept = [n for n, some in enumerate(members) if len(some) >= _LEAST * len(samples)]
    spreads = [np.maximum(members[n].std(0), _FLOOR) for n in kept]
    return Shades(centers[kept], np.array(spreads))
