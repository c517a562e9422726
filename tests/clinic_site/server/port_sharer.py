"""Listen on the given address and port, as granian does, and print the older process found there, or 0.

With “workers”, do so in the second of two workers; with “end”, do what a process that serves the site does.
"""

import multiprocessing
import os
import socket
import sys
from multiprocessing.synchronize import Event

from clinic_site.server import shared_port


def listen(address: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((address, port))
    listener.listen()
    return listener


def find(address: str, port: int) -> None:
    with listen(address, port):
        (mine,) = shared_port.listening(os.getpid())
        older = shared_port.find_older_process(mine)
        sys.stdout.write(f"{older.number if older else 0}\n")
        sys.stdout.flush()
        sys.stdin.read()  # until the test has looked as well


def work(address: str, port: int, listens: Event, done: Event) -> None:
    with listen(address, port):
        listens.set()
        done.wait()


if __name__ == "__main__":
    address, port, *how = sys.argv[1:]
    if how == ["workers"]:
        listens, done = multiprocessing.Event(), multiprocessing.Event()
        first = multiprocessing.Process(target=work, args=(address, int(port), listens, done))
        first.start()
        listens.wait()
        second = multiprocessing.Process(target=find, args=(address, int(port)))
        second.start()
        second.join()
        done.set()
        first.join()
    elif how == ["end"]:
        with listen(address, int(port)):
            shared_port.end_if_port_is_taken()
            sys.stdout.write("goes on")
    else:
        find(address, int(port))
