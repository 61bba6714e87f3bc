"""Pure functions over points, columns in, columns out: lay attempts end to end, smooth, crop."""
