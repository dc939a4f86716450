from .config import Law as Law, Noise as Noise, OfOneLaw as OfOneLaw, SGNSConfig as SGNSConfig
from .trainer import SGNSRun as SGNSRun, train_sgns as train_sgns, training_noise as training_noise
