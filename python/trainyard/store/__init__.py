"""What MLflow's package of this name has for programs that search."""
