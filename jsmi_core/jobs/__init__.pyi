from .claims import Unclaimed as Unclaimed, claim as claim, keep as keep
from .cluster import connected as connected
from .executor import run_cells as run_cells
from .job import JobStatus as JobStatus
from .queue import JobQueue as JobQueue
from .worker import Worker as Worker
