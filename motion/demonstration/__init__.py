"""A fictional congress, alive: its people, its text, and the engine that writes it."""
