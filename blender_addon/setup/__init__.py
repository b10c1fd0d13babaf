"""Where the backend and the head models are, and the extension's preferences."""
