"""Times and values of the work that users wait for, each beside a physical floor or a peer in the same run."""
