"""What the book's build uses: Markdown extensions, figures, guards. Nothing here is needed to use the library."""
