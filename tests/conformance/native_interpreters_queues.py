# Queues and channels between interpreters: order, limits, what becomes of items whose interpreter has ended.
# modes: off on
import _interpchannels as C
import _interpqueues as Q
import _interpreters as I
import threading
from concurrent import interpreters


def attempt(function, *arguments, **keywords):
    try:
        return function(*arguments, **keywords)
    except Exception as raised:
        return type(raised).__name__, str(raised)


raw = Q.create(2, 3, -1)
print(Q.get_maxsize(raw), Q.is_full(raw), Q.get_count(raw), Q.get_queue_defaults(raw))
Q.put(raw, 1)
Q.put(raw, [2, {3: "x"}])
print(attempt(Q.put, raw, 3), Q.is_full(raw), Q.get(raw), Q.get(raw), attempt(Q.get, raw))
print(attempt(Q.put, raw, object(), -1, 0)[0], attempt(Q.put, raw, 1, 9), attempt(Q.put, raw, 1, -1, 5))
print(attempt(Q.get, 1000), attempt(Q.get, "x"), attempt(Q.get, -1), attempt(Q.release, raw))
Q.bind(raw)
Q.release(raw)
print(attempt(Q.get_count, raw))

queue = interpreters.create_queue()
print(queue.maxsize, queue.empty(), interpreters.is_shareable(queue))
queue.put(queue)
print(queue.get() is queue)
other = interpreters.create()
other.prepare_main(queue=queue)
other.exec("""
for item in 1, 'two', (3.0, b'four'), [5], None:
    queue.put(item)
queue.put(queue)
""")
print([queue.get() for _ in range(5)], queue.get() is queue, queue.qsize())


def echo(queue, answers):
    while True:
        item = queue.get()
        if item is None:
            return
        answers.put([item, item])


answers = interpreters.create_queue()
thread = other.call_in_thread(echo, queue, answers)
for number in range(20):
    queue.put(number)
print([answers.get() for _ in range(20)])
queue.put(None)
thread.join()

other.exec("""
from concurrent.interpreters import _queues
queue.put('removed', unbounditems=_queues.UNBOUND_REMOVE)
queue.put('error', unbounditems=_queues.UNBOUND_ERROR)
queue.put('unbound')
""")
print(queue.qsize())
other.close()
print(queue.qsize(), attempt(queue.get), queue.get(), attempt(queue.get_nowait))
print(attempt(other.exec, "1"), attempt(interpreters.Interpreter, 12345))

# Channels.
channel = C.create()
print(repr(channel.send)[:9], channel.end, channel.send.end, channel.recv.end, channel == int(channel))
print(attempt(C._channel_id, channel, send=False, recv=False), attempt(C._channel_id, 12345), attempt(C._channel_id, "x"))
print(C.send(channel, (1, "x"), blocking=False), C.get_count(channel), C.recv(channel), C.recv(channel, 5))
print(attempt(C.recv, channel) == ("ChannelEmptyError", f"channel {channel} is empty"))
print(attempt(C.send, channel, 1, timeout=0.01), C.get_count(channel))
print(attempt(C.send, channel, 1, timeout=-1), attempt(C.send, channel, 1, timeout=1, blocking=False))
print(tuple(C.get_info(channel)), C.get_info(channel).num_interp_both, C.list_interpreters(channel, send=True))
C.send_buffer(channel, bytearray(b"abc"), blocking=False)
print(bytes(C.recv(channel)[0]))

worker = I.create()
I.set___main___attrs(worker, {"channel": channel})


def sender():
    I.exec(worker, "import _interpchannels as C\nfor n in range(5): C.send(channel, n)")


thread = threading.Thread(target=sender)
thread.start()
received = []
while len(received) < 5:
    item, _ = C.recv(channel, -1)
    if item != -1:
        received.append(item)
thread.join()
print(received, C.list_interpreters(channel, send=True) == [0, worker])
for mark in 1, 2, 3:
    I.exec(worker, f"C.send(channel, 0, {mark}, blocking=False)")
I.destroy(worker)
print(C.get_count(channel), C.recv(channel), C.recv(channel))
C.send(channel, 1, blocking=False)
print(attempt(C.close, channel)[0], C.close(channel, send=True), C.get_info(channel).closing)
print(attempt(C.send, channel, 2)[0], C.recv(channel), attempt(C.recv, channel)[0], C.get_info(channel).closed)
channel = C.create()
thread = threading.Thread(target=lambda: print(attempt(C.send, channel, 1)[0]))
thread.start()
while not C.get_count(channel):
    pass
C.close(channel, force=True)
thread.join()
channel = C.create()
C.send(channel, 1, blocking=False)
C.release(channel, send=True)
print(tuple(C.get_info(channel)), attempt(C.release, channel)[0], C.destroy(channel), attempt(C.destroy, channel)[0])
