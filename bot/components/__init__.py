"""Components of our own in Rasa's pipeline (config.yml)."""
