"""What `sysconfig` tells of this build. No C compiler made it, and nothing lies beside the program, so there is little."""

import sys

_triplet = sys.implementation._multiarch
_version = "%d.%d" % sys.version_info[:2]

build_time_vars = {
    "ABIFLAGS": "",
    "CC": "cc",
    "CFLAGS": "",
    "CONFIG_ARGS": "",
    "EXE": "",
    "EXT_SUFFIX": ".cpython-%d%d-%s.so" % (*sys.version_info[:2], _triplet),
    "HAVE_FORK": 1,
    "LDVERSION": _version,
    "LIBDIR": sys.base_prefix + "/lib",
    "MULTIARCH": _triplet,
    "Py_DEBUG": 0,
    "Py_ENABLE_SHARED": 0,
    "Py_GIL_DISABLED": 0,
    "Py_TRACE_REFS": 0,
    "SHLIB_SUFFIX": ".so",
    "SIZEOF_VOID_P": 8,
    "SOABI": "cpython-%d%d-%s" % (*sys.version_info[:2], _triplet),
    "TZPATH": "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo",
    "VERSION": _version,
    "WITH_DOC_STRINGS": 1,
    "exec_prefix": sys.base_exec_prefix,
    "prefix": sys.base_prefix,
}
