# Tries to change and to start what is in two folders, and prints as JSON what came of each try: "ran" or an errno.
#
#   landlock.py FOLDER        FOLDER/workspace and FOLDER/outside hold what landlock-live.test.ts puts there; descriptor 4
#                             is open for writing
import ctypes
import errno
import json
import os
import socket
import subprocess
import sys

folder = sys.argv[1]
libc = ctypes.CDLL(None, use_errno=True)
tries = {}


def attempt(name, body, *args):
    try:
        body(*args)
        tries[name] = "ran"
    except OSError as error:
        tries[name] = errno.errorcode[error.errno]


def open_with(path, flags):
    os.close(os.open(path, flags))


def start(*command):
    if subprocess.run(command).returncode != 0:
        raise OSError(errno.EIO, command[0])


def bind(path):
    socket.socket(socket.AF_UNIX).bind(path)


def remove_by_descriptor(directory, name):
    os.unlink(name, dir_fd=os.open(directory, os.O_RDONLY | os.O_DIRECTORY))


def remove_in_child(path):
    child = os.fork()
    if child == 0:
        try:
            os.unlink(path)
            os._exit(0)
        except OSError as error:
            os._exit(error.errno)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code != 0:
        raise OSError(code, path)


def exchange(one, other):
    # AT_FDCWD, RENAME_EXCHANGE
    if libc.renameat2(-100, one.encode(), -100, other.encode(), 2) != 0:
        raise OSError(ctypes.get_errno(), one)


def at(place, name):
    return os.path.join(folder, place, name)


attempt("open before: truncate", os.ftruncate, 4, 0)
for one, other in [("workspace", "outside"), ("outside", "workspace")]:
    attempt(f"{one} to {other}: move", os.rename, at(one, "moved"), at(other, "arrived"))
    attempt(f"{one} to {other}: link", os.link, at(one, "linked"), at(other, "arrived-link"))
    attempt(f"{one} to {other}: exchange", exchange, at(one, "swapped"), at(other, "swapped"))
attempt("/dev/null: open for writing", open_with, "/dev/null", os.O_WRONLY)
attempt("a link that leads out: truncate", os.truncate, at("workspace", "way-out/file"), 0)
attempt("a link that leads out: remove", os.unlink, at("workspace", "way-out/led-to"))
attempt("a path that leads out: remove", os.unlink, at("workspace", "../outside/led-to-too"))
for place in ["workspace", "outside"]:
    attempt(f"{place}: read", open_with, at(place, "file"), os.O_RDONLY)
    attempt(f"{place}: open for writing", open_with, at(place, "file"), os.O_WRONLY)
    attempt(f"{place}: open for appending", open_with, at(place, "file"), os.O_RDWR | os.O_APPEND)
    attempt(f"{place}: truncate by open", open_with, at(place, "file"), os.O_RDONLY | os.O_TRUNC)
    attempt(f"{place}: truncate", os.truncate, at(place, "file"), 0)
    attempt(f"{place}: make a file", open_with, at(place, "made"), os.O_RDONLY | os.O_CREAT)
    attempt(f"{place}: make a folder", os.mkdir, at(place, "folder"))
    attempt(f"{place}: make a symbolic link", os.symlink, "file", at(place, "symlink"))
    attempt(f"{place}: make a hard link", os.link, at(place, "file"), at(place, "hardlink"))
    attempt(f"{place}: make a pipe", os.mkfifo, at(place, "pipe"))
    attempt(f"{place}: make a socket", bind, at(place, "socket"))
    attempt(f"{place}: start a program", start, at(place, "program"))
    attempt(f"{place}: start a script", start, at(place, "script"))
    attempt(f"{place}: start a program by its loader", start, "/lib64/ld-linux-x86-64.so.2", at(place, "program"))
    attempt(f"{place}: start a script by its shell", start, "/bin/sh", at(place, "script"))
    attempt(f"{place}: move between folders", os.rename, at(place, "moved-inside"), at(place, "full/moved-inside"))
    attempt(f"{place}: link between folders", os.link, at(place, "file"), at(place, "full/linked-inside"))
    attempt(f"{place}: rename", os.rename, at(place, "renamed"), at(place, "new-name"))
    attempt(f"{place}: rename over a file", os.rename, at(place, "replacing"), at(place, "file"))
    attempt(f"{place}: remove", os.unlink, at(place, "removed"))
    attempt(f"{place}: remove by a descriptor", remove_by_descriptor, at(place, ""), "removed-too")
    attempt(f"{place}: remove in a child", remove_in_child, at(place, "removed-in-child"))
    attempt(f"{place}: remove a folder", os.rmdir, at(place, "empty"))
print(json.dumps(tries))
