"""Write the dossier of a scenario from the code, the libraries and the scenario alone: ODD, parameters, sources, TRACE, credibility."""
