"""The parts of MLflow's package of this name that training scripts import."""
