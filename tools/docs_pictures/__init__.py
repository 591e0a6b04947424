"""Makes the pictures of README and docs anew: `python -m tools.docs_pictures`."""
