"""The extension in other languages than English."""
