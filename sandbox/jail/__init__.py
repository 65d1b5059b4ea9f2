"""What encloses an untrusted process: namespaces, a small root, seccomp, Landlock, limits and cgroups."""
