"""Make the small worlds on which the model is verified."""
