"""Sockets that are more than a plain listener, kept until the process is ended. Says `ready` when they are there.

sockets.py bound PORT [ADDRESS]       a TCP socket that is bound, without SO_REUSEADDR, and does not listen
sockets.py v6only PORT [ADDRESS]      a TCP listener with IPV6_V6ONLY
sockets.py connection PORT [ADDRESS]  an outgoing connection that has PORT as its source port; its listener is gone
sockets.py time-wait PORT             a connection that the server closed first: ends at once, the kernel keeps TIME_WAIT
sockets.py shared PORT [ADDRESS]      a TCP listener with SO_REUSEPORT
sockets.py inherited PORT [ADDRESS]   a TCP listener whose process has ended: a child of it has the socket, and says
                                      `ready` with its own pid
"""
import os
import signal
import socket
import sys
import time

kind, port = sys.argv[1], int(sys.argv[2])
address = sys.argv[3] if len(sys.argv) > 3 else "::" if kind == "v6only" else "127.0.0.1"
family = socket.AF_INET6 if ":" in address else socket.AF_INET
kept = [socket.socket(family)]

try:
    if kind == "bound":
        kept[0].bind((address, port))
    elif kind == "v6only":
        kept[0].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        kept[0].bind((address, port))
        kept[0].listen()
    elif kind == "connection":
        with socket.create_server(("127.0.0.1", 0)) as server:
            kept[0].bind((address, port))
            kept[0].connect(server.getsockname())
            kept.append(server.accept()[0])
    elif kind == "time-wait":
        kept[0].bind((address, port))
        kept[0].listen()
        with socket.create_connection((address, port)) as client:
            kept[0].accept()[0].close()
            client.recv(1)
        kept[0].close()
        print("ready", flush=True)
        sys.exit()
    elif kind == "shared":
        kept[0].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        kept[0].bind((address, port))
        kept[0].listen()
    elif kind == "inherited":
        kept[0].bind((address, port))
        kept[0].listen()
        parent = os.getpid()
        if os.fork():
            os._exit(0)
        while os.getppid() == parent:
            time.sleep(0.001)
        print("ready", os.getpid(), flush=True)
        signal.pause()
    else:
        sys.exit(__doc__)
except OSError as error:
    sys.exit(error.strerror)
print("ready", flush=True)
signal.pause()
