"""Tests of the library: one file for each module, the theorems, and the precision of every number."""
