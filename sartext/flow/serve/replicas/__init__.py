"""The replicas that hold a model or an index each."""
