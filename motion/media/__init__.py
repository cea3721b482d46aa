"""What is made of the files that people send, in a process of its own. See README.md."""
