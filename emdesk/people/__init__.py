"""Who works here, in what roles, where, and who stands in while they are away."""
