"""The product explorer."""
