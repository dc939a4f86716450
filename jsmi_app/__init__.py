"""What the pages share: their frame, their settings and widgets, computed values, watched panels, and words."""
