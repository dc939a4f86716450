"""Longer texts of the pages: the snippets that reproduce their numbers."""
