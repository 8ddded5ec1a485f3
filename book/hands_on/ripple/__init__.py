"""The ripple: a network whose numbers can be nudged."""
