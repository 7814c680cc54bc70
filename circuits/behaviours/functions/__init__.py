"""Call learners' functions, and measure what they should give back."""
