"""Which triangle lies across each edge of each triangle."""

import torch


def face_neighbors(faces: torch.Tensor) -> torch.Tensor:
    """faces (F, 3) int32 -> (F, 3) int32: the triangle across the edge opposite corner k, -1 at an open edge.

    Edges are known by their vertex indices, so vertices split at texture seams make open edges: pass the
    position indices. Where more than two triangles share an edge, they are paired in order of their number.
    """
    corners = faces.long()
    start, end = corners[:, [1, 2, 0]].reshape(-1), corners[:, [2, 0, 1]].reshape(-1)
    low, high = torch.minimum(start, end), torch.maximum(start, end)
    key = low * (int(high.max()) + 1 if len(high) else 1) + high
    key, order = torch.sort(key, stable=True)
    neighbors = torch.full((len(key),), -1, dtype=torch.int32, device=faces.device)
    if len(key) > 1:
        same = key[1:] == key[:-1]
        # In a run of equal keys pair 1st with 2nd, 3rd with 4th: `odd` marks the second of each pair.
        first = torch.cat([torch.ones_like(same[:1]), ~same])
        position = torch.arange(len(key), device=key.device)
        run_start = torch.cummax(torch.where(first, position, torch.zeros_like(position)), 0).values
        second = torch.nonzero((position - run_start) % 2 == 1).squeeze(1)
        a, b = order[second - 1], order[second]
        neighbors[a] = (b // 3).int()
        neighbors[b] = (a // 3).int()
    return neighbors.view(-1, 3)
