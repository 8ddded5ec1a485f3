"""Where authors and readers come in: the command line, the fence on a page, pytest."""
