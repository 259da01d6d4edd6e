# Sockets: pairs, connections on the loopback, datagrams, local names, messages with descriptors, options, timeouts, errors.
import _socket
import array
import os
import socket
import threading


def attempt(function, *arguments, **keywords):
    try:
        print(repr(function(*arguments, **keywords)))
    except Exception as error:
        print(type(error).__name__, error)


# Pairs.
left, right = socket.socketpair()
left.sendall(b"hello")
print(right.recv(3), right.recv(10))
buffer = bytearray(8)
right.send(b"0123456789")
print(left.recv_into(buffer), buffer, left.recv_into(memoryview(buffer)[2:], 1), buffer, left.recv(5))
left.sendmsg([b"ab", bytearray(b"cd"), memoryview(b"ef")])
print(right.recvmsg(10))
parts = [bytearray(2), bytearray(3)]
right.sendmsg([b"vwxyz"])
print(left.recvmsg_into(parts), parts)
reading, writing = os.pipe()
left.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [writing]))])
data, ancillary, flags, address = right.recvmsg(5, socket.CMSG_SPACE(4))
[(level, kind, content)] = ancillary
print(data, level == socket.SOL_SOCKET, kind == socket.SCM_RIGHTS, len(content), address)
copy = int.from_bytes(content, "little")
os.write(copy, b"through")
print(os.read(reading, 20))
for descriptor in reading, writing, copy:
    os.close(descriptor)
left.shutdown(socket.SHUT_WR)
print(right.recv(1), left.getblocking(), left.gettimeout())
right.settimeout(0.01)
print(right.timeout, right.getblocking())
left2 = socket.fromfd(left.fileno(), left.family, left.type)
print(left2.family, left2.type, left2.proto, left2.fileno() != left.fileno())
left2.close()
print(left2.fileno(), left2)
number = left.detach()
print(left.fileno(), number > 0)
_socket.close(number)
right.close()

# Connections, a thread for each end.
with socket.create_server(("127.0.0.1", 0)) as server:
    def serve():
        for _ in range(3):
            connection, _ = server.accept()
            with connection:
                while data := connection.recv(1000):
                    connection.sendall(data.upper())

    thread = threading.Thread(target=serve)
    thread.start()
    for text in b"abc", b"d" * 5000, b"":
        with socket.create_connection(server.getsockname()) as client:
            client.sendall(text)
            client.shutdown(socket.SHUT_WR)
            received = b"".join(iter(lambda: client.recv(700), b""))
            print(len(received), received[:3])
    thread.join()
    server.settimeout(0.01)
    attempt(server.accept)
    server.setblocking(False)
    attempt(server.accept)
    print(server.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    print(server.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR), end=" ")
    print(server.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 4))
    address = server.getsockname()
with socket.socket() as client:
    print(client.connect_ex(address) != 0)
    attempt(client.connect, address)
    attempt(client.getpeername)

# Datagrams.
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, socket.socket(type=socket.SOCK_DGRAM) as two:
    one.bind(("127.0.0.1", 0))
    two.bind(("127.0.0.1", 0))
    print(two.sendto(b"datagram", one.getsockname()))
    data, sender = one.recvfrom(100)
    print(data, sender == two.getsockname())
    one.sendto(b"answer", 0, sender)
    print(two.recvfrom_into(buffer)[0], buffer)

# Local names.
with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
    server.bind("\0sidewinder %d" % os.getpid())
    server.listen()
    print(server.getsockname() == b"\0sidewinder %d" % os.getpid())
    client.connect(server.getsockname())
    accepted, name = server.accept()
    print(name)
    accepted.close()
    attempt(client.bind, "x" * 200)
    attempt(client.bind, 5)

# What functions say of addresses and numbers.
print(socket.inet_aton("127.1"), socket.inet_ntoa(b"\x01\x02\x03\x04"))
print(socket.inet_pton(socket.AF_INET6, "::1"), socket.inet_ntop(socket.AF_INET6, bytes(15) + b"\x02"))
print(socket.htons(1), socket.ntohl(1), socket.CMSG_LEN(3), socket.CMSG_SPACE(3))
print(socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM))
print(socket.getaddrinfo("::1", None, socket.AF_INET6, socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)[0][4])
print(socket.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV))
print(socket.gethostbyname("127.0.0.1"), socket.gethostbyname("<broadcast>"))
print(isinstance(socket.gethostname(), str), socket.if_nametoindex("lo"), socket.if_indextoname(1))
for function, arguments in [
    (_socket.inet_aton, ("x",)),
    (_socket.inet_ntoa, (b"123",)),
    (_socket.inet_pton, (socket.AF_INET, "x")),
    (_socket.inet_pton, (3,)),
    (_socket.inet_ntop, (socket.AF_INET6, b"x")),
    (_socket.htons, (-1,)),
    (_socket.htons, (1 << 16,)),
    (_socket.htonl, ("x",)),
    (_socket.CMSG_LEN, (-1,)),
    (_socket.getservbyport, (1 << 20,)),
    (_socket.getaddrinfo, ("x", 3.5)),
    (_socket.getaddrinfo, (3, 3)),
    (_socket.getaddrinfo, ("127.0.0.1", "no such service")),
    (_socket.getnameinfo, (3, 0)),
    (_socket.setdefaulttimeout, (-1,)),
    (_socket.setdefaulttimeout, ("x",)),
    (_socket.close, (-1,)),
    (_socket.socket, (999,)),
    (_socket.socketpair, (1, 2, 3, 4)),
]:
    attempt(function, *arguments)
with socket.socket() as own:
    for function, arguments in [
        (own.recv, ()),
        (own.recv, (-1,)),
        (own.recv, (1, 2, 3)),
        (own.recv_into, (b"x",)),
        (own.recv_into, (bytearray(3), 4)),
        (own.bind, (5,)),
        (own.bind, (("127.0.0.1",),)),
        (own.bind, (("127.0.0.1", 1 << 20),)),
        (own.bind, ((None, 1),)),
        (own.settimeout, (-0.5,)),
        (own.sendto, (b"x",)),
        (own.sendmsg, (3,)),
        (own.sendmsg, ([b"x"], [3])),
        (own.setsockopt, (1, 2)),
        (own.getsockopt, (1, 2, 2000)),
        (own.recvmsg_into, ([b"x"],)),
    ]:
        attempt(function, *arguments)
    print(super(socket.socket, own).__repr__().replace(str(own.fileno()), "N"))
attempt(own.recv, 1)
print(socket.error is OSError, socket.timeout is TimeoutError, socket.gaierror.__mro__[:2], socket.herror)
# modes: native
