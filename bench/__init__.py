"""What emdesk costs beside a bare Django view that shows the same rows; ``bin/bench`` runs it."""
