"""Photos, their cameras, and what the artist says of each."""
