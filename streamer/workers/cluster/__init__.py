"""Workers on the machines of a Ray cluster. Ray itself is imported only when a cluster is asked for."""
