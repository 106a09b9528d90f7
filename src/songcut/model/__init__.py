"""The values that stages hand to each other: frozen, and free of files, processes and sockets."""
