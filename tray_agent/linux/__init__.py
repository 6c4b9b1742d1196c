"""Linux under X: for tests and trials. The product's platform is Windows."""
