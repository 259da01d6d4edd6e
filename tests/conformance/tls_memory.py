# Secure connections in memory and over sockets: certificates, names, protocols, errors, in both directions.
# modes: native
import socket
import ssl
import tempfile
import threading

# Made for this program: an authority, and a certificate of its for localhost with its key.
AUTHORITY = """\
-----BEGIN CERTIFICATE-----
MIIBlDCCATugAwIBAgIBATAKBggqhkjOPQQDAjAxMQswCQYDVQQGEwJYWTEOMAwG
A1UECgwFVGVzdHMxEjAQBgNVBAMMCWF1dGhvcml0eTAgFw0yMDAxMDEwMDAwMDBa
GA8yMTIwMDEwMTAwMDAwMFowMTELMAkGA1UEBhMCWFkxDjAMBgNVBAoMBVRlc3Rz
MRIwEAYDVQQDDAlhdXRob3JpdHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQB
tqG2O8qh7Jk/x1cuMjbYNKgsrNu51t6llIFeRBU/A4Ck43RLj9PcVU+1EpyoiZ3J
4jifuJlfZJ7S1ZwCmcw1o0IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQE
AwIBBjAdBgNVHQ4EFgQUHjQu/sIGKlfZH4Ce/zrhSt3StDYwCgYIKoZIzj0EAwID
RwAwRAIgJlKWHC4xmYmF035mu9/d+OBWrBlGPRiRN5If6AgFvl8CIACnRCi+nkKq
QPOOZwCuyBnzbiUAjjILPnxD2aY44EzG
-----END CERTIFICATE-----
"""
SERVER = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5v7+EIr6Mi6yCkRQ
j6t9XFL+yoyqQC+N55TQhfCxDFahRANCAARXzevDdr/kujbfvI4vFqf0Do5QEBvA
3fVYStlLr6Mt3iFfeacEkVXjOVqlgAnZosQubc4e9xURSRo/q77tdcRt
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIICMjCCAdmgAwIBAgICAP8wCgYIKoZIzj0EAwIwMTELMAkGA1UEBhMCWFkxDjAM
BgNVBAoMBVRlc3RzMRIwEAYDVQQDDAlhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAw
WhgPMjEyMDAxMDEwMDAwMDBaMEAxCzAJBgNVBAYTAlhZMQ4wDAYDVQQKDAVUZXN0
czENMAsGA1UEBwwESGVyZTESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0C
AQYIKoZIzj0DAQcDQgAEV83rw3a/5Lo237yOLxan9A6OUBAbwN31WErZS6+jLd4h
X3mnBJFV4zlapYAJ2aLELm3OHvcVEUkaP6u+7XXEbaOBzzCBzDAJBgNVHRMEAjAA
MGAGA1UdEQRZMFeCCWxvY2FsaG9zdIINKi5leGFtcGxlLm9yZ4cEfwAAAYcQAAAA
AAAAAAAAAAAAAAAAAYYTaHR0cHM6Ly9sb2NhbGhvc3QveIEOcm9vdEBsb2NhbGhv
c3QwHQYDVR0lBBYwFAYIKwYBBQUHAwEGCCsGAQUFBwMCMB0GA1UdDgQWBBSJNkXM
6ke3xZ1Ukg6U81gkXGspcTAfBgNVHSMEGDAWgBQeNC7+wgYqV9kfgJ7/OuFK3dK0
NjAKBggqhkjOPQQDAgNHADBEAiARLuMZg8Gk5qW2HkEsjFh5KEzArAFceV4AvNuS
gRNMmgIgL0p/lm/qBjNECdIzRVU085eByk+Z6ciwy9aXYdedSVU=
-----END CERTIFICATE-----
"""

with tempfile.NamedTemporaryFile("w", suffix=".pem", delete=False) as file:
    file.write(SERVER)


def server_context(**settings):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file.name)
    for name, value in settings.items():
        setattr(context, name, value)
    return context


def client_context(trusted=True, **settings):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if trusted:
        context.load_verify_locations(cadata=AUTHORITY)
    for name, value in settings.items():
        setattr(context, name, value)
    return context


def pair(client, server, name="localhost"):
    """Two ends that have agreed, and a function that moves the bytes."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = client.wrap_bio(to_client, to_server, server_hostname=name)
    other = server.wrap_bio(to_server, to_client, server_side=True)
    open_ends = [one, other]
    for turn in range(20):
        for end in list(open_ends):
            try:
                end.do_handshake()
                open_ends.remove(end)
            except ssl.SSLWantReadError:
                pass
        if not open_ends:
            return one, other
    raise RuntimeError("no agreement")


def attempt(what, *arguments, **keywords):
    try:
        result = what(*arguments, **keywords)
        print("fine" if isinstance(result, tuple) else result)
    except (ssl.SSLError, ValueError, TypeError) as error:
        verdict = getattr(error, "verify_code", None), getattr(error, "verify_message", None)
        print(type(error).__name__, error.args[0] if not isinstance(error, ssl.SSLError) else getattr(error, "reason", 0), *verdict)


client, server = client_context(), server_context()
print(client.verify_mode, client.check_hostname, server.verify_mode, client.cert_store_stats())
one, other = pair(client, server)
print(one.version(), one.cipher()[1:], one.selected_alpn_protocol(), one.compression(), one.session_reused)
for key, value in one.getpeercert().items():
    print(key, value)
print(len(one.getpeercert(True)) > 300, other.getpeercert(), other.server_side, one.server_hostname)

total = 0
for i in range(300):
    message = b"message %d " % i * 20
    one.write(message)
    got = other.read(4096)
    other.write(got[::-1])
    total += one.read(4096) == message[::-1]
print(total, one.pending())
big = bytes(range(256)) * 400
one.write(big)
received = b""
while len(received) < len(big):
    received += other.read(1 << 20)
print(received == big)
buffer = bytearray(10)
other.write(b"hello")
print(one.read(10, buffer), bytes(buffer))
try:
    one.unwrap()
except ssl.SSLWantReadError:
    print("waits for the other side")
print(other.read(10))
other.unwrap()
print(one.unwrap())

attempt(pair, client_context(False), server)
attempt(pair, client, server, "example.com")
attempt(pair, client, server, "a.example.org")
attempt(pair, client, server, "a.b.example.org")
attempt(pair, client, server, "127.0.0.1")
attempt(pair, client, server, "127.0.0.2")
attempt(pair, client_context(False, check_hostname=False, verify_mode=ssl.CERT_NONE), server)
old = client_context(maximum_version=ssl.TLSVersion.TLSv1_2)
one, other = pair(old, server)
print(one.version(), one.cipher()[1])
attempt(pair, old, server_context(minimum_version=ssl.TLSVersion.TLSv1_3))
for context, names in (client, ["h2", "http/1.1"]), (server, ["http/1.1"]):
    context.set_alpn_protocols(names)
one, other = pair(client, server)
print(one.selected_alpn_protocol(), other.selected_alpn_protocol())

# Both sides have certificates.
strict = server_context(verify_mode=ssl.CERT_REQUIRED)
strict.load_verify_locations(cadata=AUTHORITY)
known = client_context(maximum_version=ssl.TLSVersion.TLSv1_2)
known.load_cert_chain(file.name)
one, other = pair(known, strict)
print(other.getpeercert()["subject"])

# The name that a client asks for chooses the context.
second = server_context()
chosen = []


def choose(connection, name, context):
    chosen.append(name)
    if name == "nobody":
        return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    connection.context = second


server.sni_callback = choose
one, other = pair(client, server)
print(chosen, other.context is second)

# Over sockets, in two threads.
listener = socket.create_server(("127.0.0.1", 0))


def serve():
    connection, address = listener.accept()
    with server_context().wrap_socket(connection, server_side=True) as connection:
        while data := connection.recv(1000):
            connection.sendall(data.upper())
        connection.unwrap().close()


thread = threading.Thread(target=serve)
thread.start()
with socket.create_connection(listener.getsockname()) as plain:
    with client_context().wrap_socket(plain, server_hostname="localhost") as connection:
        connection.sendall(b"over sockets " * 2000)
        answer = b""
        while len(answer) < 26000:
            answer += connection.recv(5000)
        print(len(answer), answer[:12], connection.version(), connection.getpeercert()["serialNumber"])
        connection.settimeout(0.01)
        try:
            connection.recv(10)
        except TimeoutError as error:
            print(error)
        connection.settimeout(None)
        connection.unwrap().close()
thread.join()
listener.close()

attempt(client.load_cert_chain, __file__)
attempt(client.load_verify_locations)
attempt(client.load_verify_locations, cadata="nothing")
attempt(client.set_ciphers, "nothing")
attempt(setattr, client, "verify_mode", ssl.CERT_NONE)
print(ssl.get_protocol_name(ssl.PROTOCOL_TLS_CLIENT), len(ssl.RAND_bytes(16)), ssl.RAND_status())
print(ssl.SSLError(1, "text"), str(ssl.SSLCertVerificationError.__mro__[2]), ssl.Purpose.SERVER_AUTH)
