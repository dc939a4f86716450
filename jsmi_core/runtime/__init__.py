"""What the machine gives, kept apart from the mathematics: threads, compiled kernels, files that are written whole.

Nothing here knows a word or a distribution. :mod:`threads` maps work over cores in a fixed order, :mod:`jit` compiles
kernels, :mod:`files` and :mod:`npz` write and check files, :mod:`pool` hands tasks to any ``Executor``. What differs
between systems stands in :mod:`files` and :mod:`processes`.
"""
