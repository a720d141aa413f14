"""Access: keys and those who hold them."""
