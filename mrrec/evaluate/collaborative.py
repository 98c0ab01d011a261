"""Collaborative filtering by the `implicit` library, as a setting to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_matrix

from mrrec.catalog.crowd import Crowd

NEIGHBOURS = 200  # similar items that are kept for each


def recommend(crowd: Crowd, liked: Sequence[int]) -> np.ndarray:
    """Scores of all items for somebody who liked those at the positions `liked`, shape (n_items,).

    Where it finds nothing, popularity decides. Raises ValueError where the library is missing.
    """
    model = _model(crowd)
    row = csr_matrix((np.ones(len(liked), np.float32), list(liked), [0, len(liked)]), shape=(1, len(crowd.likes)))
    ids, scores = model.recommend(0, row, N=len(crowd.likes), filter_already_liked_items=False)
    found = crowd.likes / (1e6 * (1 + crowd.likes.max(initial=0)))
    real = ids >= 0
    found[ids[real]] += scores[real]
    return found


@lru_cache(maxsize=1)  # neighbouring queries are asked of the same crowd
def _model(crowd: Crowd):
    try:
        from implicit.nearest_neighbours import CosineRecommender
    except ImportError as error:
        raise ValueError("the setting cf needs more: pip install -r requirements-evaluate.txt") from error
    model = CosineRecommender(K=NEIGHBOURS, num_threads=1)
    model.fit(csr_matrix(crowd.liked), show_progress=False)
    return model
