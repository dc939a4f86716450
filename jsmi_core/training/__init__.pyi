from .config import Law as Law, Noise as Noise, OfOneLaw as OfOneLaw, SGNSConfig as SGNSConfig
from .on_pairs import pair_noise as pair_noise, train_on_pairs as train_on_pairs
from .trainer import SGNSRun as SGNSRun, train_sgns as train_sgns, training_noise as training_noise
