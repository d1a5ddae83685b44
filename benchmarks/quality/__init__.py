"""Quality of the answers on sets of our own, disjoint from the templates."""
