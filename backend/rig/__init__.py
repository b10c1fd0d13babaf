"""What makes a fitted head move: an expression network, shape keys baked from it, joints."""
