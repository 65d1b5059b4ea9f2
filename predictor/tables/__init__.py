"""Tables of pass counts and losses, read from files or rows and checked."""
