"""What is shared between requests: sessions, and what changes in them, in a store of one kind or another."""
