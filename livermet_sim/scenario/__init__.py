"""Read, check and write scenarios: what a researcher asks for, resolved to every value of the model."""
