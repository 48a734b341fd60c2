"""The embedded search engine: a tantivy index on disk. Nothing to install, nothing to run beside."""
