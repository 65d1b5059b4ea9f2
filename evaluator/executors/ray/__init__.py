"""Programs on the nodes of a Ray cluster; imported only when Ray is asked for."""
