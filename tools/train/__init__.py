"""Train the model of chapter 6, and keep what it looked like on the way."""
