"""The derivation desk."""
