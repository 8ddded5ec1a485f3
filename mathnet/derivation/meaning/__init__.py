"""What a formula says: its nodes, their shapes, their index letters and layouts."""
