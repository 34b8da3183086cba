"""Numbers of MLflow's wire protocol that user code names."""
