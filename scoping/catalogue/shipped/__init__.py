"""The catalogue emdesk ships with: public offerings and prices, and emdesk's own defaults."""
