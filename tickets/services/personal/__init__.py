"""What the law lets a person ask for: their data, and that it goes away."""
