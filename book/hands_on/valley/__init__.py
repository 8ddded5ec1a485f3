"""A narrow valley: where plain steps, momentum, Nesterov's look-ahead and Adam go in it."""
