"""Holds a port until it is ended: occupy.py listen|bind tcp|udp PORT [ADDRESS]. Says `ready` when it has it."""
import signal
import socket
import sys

how, protocol, port = sys.argv[1:4]
address = sys.argv[4] if len(sys.argv) > 4 else "0.0.0.0"
family = socket.AF_INET6 if ":" in address else socket.AF_INET
holder = socket.socket(family, socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
if protocol == "tcp":
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    holder.bind((address, int(port)))
    if how == "listen" and protocol == "tcp":
        holder.listen()
except OSError as error:
    sys.exit(error.strerror)
print("ready", flush=True)
signal.pause()
