"""without_sockets.py FAMILY COMMAND...: runs it where socket(2) of that family (16: netlink) is refused, by seccomp.

Exits with 77 where that cannot be set up.
"""
import ctypes
import os
import platform
import struct
import sys

family = int(sys.argv[1])
socket_call = {"x86_64": 41, "aarch64": 198}.get(platform.machine())
if socket_call is None:
    sys.exit(77)

LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06  # linux/bpf_common.h
REFUSE, ALLOW = 0x00050000 | 1, 0x7FFF0000  # SECCOMP_RET_ERRNO with EPERM, SECCOMP_RET_ALLOW
CALL, FIRST_ARGUMENT = 0, 16  # offsets in seccomp_data
rules = [
    (LOAD, 0, 0, CALL),
    (EQUAL, 0, 3, socket_call),
    (LOAD, 0, 0, FIRST_ARGUMENT),
    (EQUAL, 0, 1, family),
    (RETURN, 0, 0, REFUSE),
    (RETURN, 0, 0, ALLOW),
]
program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in rules))


class Filter(ctypes.Structure):
    """sock_fprog"""

    _fields_ = [("length", ctypes.c_ushort), ("rules", ctypes.c_void_p)]


libc = ctypes.CDLL(None)
described = Filter(len(rules), ctypes.cast(program, ctypes.c_void_p))
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(described)) != 0:
    sys.exit(77)
os.execv(sys.argv[2], sys.argv[2:])
