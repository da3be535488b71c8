"""Build the web site: guides whose commands are run, notebooks as pages, a gallery, a lesson, the reference, a search."""
