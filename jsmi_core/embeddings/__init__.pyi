from .embedding import Embedding as Embedding, checked_vectors as checked_vectors
from .export import check_vectors_path as check_vectors_path, write_vectors as write_vectors
from .intrinsic import (
    TESTS as TESTS,
    Usefulness as Usefulness,
    balanced as balanced,
    rank_agreement as rank_agreement,
    same_scores as same_scores,
    usefulness as usefulness,
)
from .reading import Vectors as Vectors, read_vectors as read_vectors
from .wordmap import (
    WordMap as WordMap,
    has_umap as has_umap,
    neighbours as neighbours,
    pca_map as pca_map,
    umap_map as umap_map,
)
