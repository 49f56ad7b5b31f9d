"""What is on offer and at which price: the rules and deeds of the catalogue and its rates."""
