from .embeddings import Embedding as Embedding, Vectors as Vectors, read_vectors as read_vectors
from .experiments import (
    Cell as Cell,
    GapMonitor as GapMonitor,
    Grid as Grid,
    RankCell as RankCell,
    RankConfig as RankConfig,
    Split as Split,
    best_known as best_known,
    compare as compare,
    loss_of as loss_of,
    points_of as points_of,
    run_cell as run_cell,
    score_vectors as score_vectors,
)
from .information import (
    JointDistribution as JointDistribution,
    binary_entropy as binary_entropy,
    capacity as capacity,
    entropy as entropy,
    js_divergence as js_divergence,
    jsmi as jsmi,
    kl_divergence as kl_divergence,
    levy_goldberg_deviation as levy_goldberg_deviation,
    mutual_information as mutual_information,
    to_bits as to_bits,
    unigram_noise as unigram_noise,
)
from .jobs import JobQueue as JobQueue, run_cells as run_cells
from .lowrank import (
    best_contexts as best_contexts,
    best_rank_embedding as best_rank_embedding,
    sppmi_svd as sppmi_svd,
)
from .objective import (
    Evaluation as Evaluation,
    Gap as Gap,
    Loss as Loss,
    SGNSObjective as SGNSObjective,
    difference as difference,
)
from .pairs import (
    LargePairs as LargePairs,
    PairSampling as PairSampling,
    count_large_corpus as count_large_corpus,
    expected_pairs as expected_pairs,
    read_pairs as read_pairs,
)
from .runtime.pool import Pool as Pool
from .store import Store as Store, export_bundle as export_bundle, import_bundle as import_bundle
from .text import (
    Corpus as Corpus,
    LargeCorpus as LargeCorpus,
    read_corpus as read_corpus,
    read_large_corpus as read_large_corpus,
    sample_corpus as sample_corpus,
)
from .training import (
    SGNSConfig as SGNSConfig,
    SGNSRun as SGNSRun,
    train_on_pairs as train_on_pairs,
    train_sgns as train_sgns,
    training_noise as training_noise,
)
