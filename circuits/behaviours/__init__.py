"""What a right answer does, as pure functions from arrays to measurements."""
