"""The machine that turns `docs/` into the site: Markdown extensions, hooks, editions, hands-on figures. Not part of what pip installs."""
