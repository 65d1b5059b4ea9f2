"""One module per subcommand; each has a Click command named `command`."""
