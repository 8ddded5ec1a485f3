"""Each page as a script and as a notebook."""


def links(page):
    """Return the names and addresses of a page's downloads."""
    return []
