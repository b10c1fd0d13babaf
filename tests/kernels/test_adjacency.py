"""Neighbors across edges, against a dictionary of edges."""

import torch

from backend.kernels.adjacency import face_neighbors

from . import shapes


def test_neighbors_of_an_open_mesh_match_a_dictionary_of_edges(device, random):
    _, faces = shapes.sphere(2)
    faces = faces[torch.randperm(len(faces), generator=random)[: len(faces) * 3 // 4]]
    owners: dict[frozenset, list[int]] = {}
    for f, face in enumerate(faces.tolist()):
        for k in range(3):
            owners.setdefault(frozenset(face) - {face[k]}, []).append(f)
    expected = [
        [next((g for g in owners[frozenset(face) - {face[k]}] if g != f), -1) for k in range(3)]
        for f, face in enumerate(faces.tolist())
    ]
    assert any(-1 in row for row in expected)
    assert face_neighbors(faces.to(device)).tolist() == expected


def test_a_third_triangle_on_an_edge_is_left_open(device):
    faces = torch.tensor([[0, 1, 2], [1, 0, 3], [0, 1, 4]], dtype=torch.int32, device=device)
    neighbors = face_neighbors(faces)
    assert neighbors[:, 2].tolist() == [1, 0, -1]
    assert (neighbors[:, :2] == -1).all()


def test_no_triangles_have_no_neighbors(device):
    assert face_neighbors(torch.zeros(0, 3, dtype=torch.int32, device=device)).shape == (0, 3)
