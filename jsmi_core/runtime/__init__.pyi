from .pool import Pool as Pool
