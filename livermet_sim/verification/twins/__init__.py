"""Say slowly and obviously what fast kernels say."""
