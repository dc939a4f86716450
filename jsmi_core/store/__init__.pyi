from .bundle import export_bundle as export_bundle, import_bundle as import_bundle
from .leases import Lease as Lease, take as take
from .shelf import Shelf as Shelf
from .store import Store as Store
from .verification import Recomputed as Recomputed, recompute as recompute, verify as verify
