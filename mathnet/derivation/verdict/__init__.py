"""Every side compared with the one before, and what is said of it."""
