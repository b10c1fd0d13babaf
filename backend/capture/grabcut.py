"""Outlines drawn along a photo's own edges: OpenCV's GrabCut (Rother, Kolmogorov, Blake 2004) within a trimap."""

import cv2
import numpy as np

_ROUNDS = 3  # of GrabCut where the colors are still uncertain


def cut_out(
    picture: np.ndarray, subject: np.ndarray, likely: np.ndarray, unknown: np.ndarray, grow: int, shrink: int
) -> np.ndarray:
    """A mask (h, w) bool from a rough `subject` (h, w) bool; picture (h, w, 3) uint8 BGR.

    Farther than `grow` pixels outside of the subject all is background, except where `unknown`; deeper than `shrink`
    pixels inside, what is `likely` too is subject. In between, `likely` is the first guess.
    """
    possible = grown(subject, grow) | unknown
    core = ~grown(~subject, shrink) & likely
    guess = np.where(likely, cv2.GC_PR_FGD, cv2.GC_PR_BGD)
    return _grab(picture, np.where(possible, np.where(core, cv2.GC_FGD, guess), cv2.GC_BGD), _ROUNDS)


def sharpen(picture: np.ndarray, mask: np.ndarray, reach: int) -> np.ndarray:
    """The mask (H, W) bool, its outline moved by up to `reach` pixels onto edges of the picture (H, W, 3) uint8 BGR."""
    guess = np.where(mask, cv2.GC_PR_FGD, cv2.GC_PR_BGD)
    trimap = np.where(grown(mask, reach), np.where(grown(~mask, reach), guess, cv2.GC_FGD), cv2.GC_BGD)
    return _grab(picture, trimap, 1)


def grown(region: np.ndarray, radius: int) -> np.ndarray:
    """A region (h, w) bool dilated by a disc; it does not grow in from beyond the picture."""
    if radius <= 0:
        return region
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return cv2.dilate(region.astype(np.uint8), disc) > 0


def _grab(picture: np.ndarray, trimap: np.ndarray, rounds: int) -> np.ndarray:
    """GrabCut from labels (h, w); where one of the two sides is empty there is nothing to cut."""
    labels = trimap.astype(np.uint8)
    is_subject = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    if is_subject.all() or not is_subject.any():
        return is_subject
    cv2.setRNGSeed(0)  # its color clusters start at random: the same photo must give the same mask
    cv2.grabCut(picture, labels, None, np.zeros((1, 65)), np.zeros((1, 65)), rounds, cv2.GC_INIT_WITH_MASK)
    return (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
