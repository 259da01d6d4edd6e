"""Richards: a simulated operating system kernel passes packets between tasks.

Polymorphic methods, linked lists of packets, and objects that change state.
"""

# checksum: 23246 9297

import sys
import time

SIZE = 10000
REPETITIONS = 28

IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = range(6)
DEVICE_PACKET, WORK_PACKET = range(2)
BUFFER_LENGTH = 4
EXPECTED_COUNTS = {10000: (23246, 9297), 1000: (2322, 928)}


class Packet:
    def __init__(self, link, identity, kind):
        self.link = link
        self.identity = identity
        self.kind = kind
        self.datum = 0
        self.data = [0] * BUFFER_LENGTH

    def append_to(self, queue):
        """Return the queue's head once this packet stands at its end."""
        self.link = None
        if queue is None:
            return self
        last = queue
        while last.link is not None:
            last = last.link
        last.link = self
        return queue


class Task:
    def __init__(self, scheduler, identity, priority, queue, waiting=True):
        self.scheduler = scheduler
        self.identity = identity
        self.priority = priority
        self.queue = queue
        self.packet_pending = queue is not None
        self.task_waiting = waiting
        self.task_holding = False
        self.link = scheduler.add(self)

    def is_blocked(self):
        return self.task_holding or (self.task_waiting and not self.packet_pending)

    def resume(self):
        """Run with the packet that was waited for, if there is one."""
        packet = None
        if self.task_waiting and self.packet_pending:
            packet = self.queue
            self.queue = packet.link
            self.packet_pending = self.queue is not None
            self.task_waiting = False
        return self.work(packet)

    def work(self, packet):
        raise NotImplementedError

    def receive(self, packet, sender):
        """Take a packet; the task to run next is the more urgent of the two."""
        if self.queue is None:
            self.queue = packet
            self.packet_pending = True
            packet.link = None
            if self.priority > sender.priority:
                return self
        else:
            packet.append_to(self.queue)
        return sender

    def wait(self):
        self.task_waiting = True
        return self


class IdleTask(Task):
    """Wakes one of the two devices at a time, chosen by a shift register."""

    def __init__(self, scheduler, identity, priority, count):
        super().__init__(scheduler, identity, priority, None, waiting=False)
        self.control = 1
        self.count = count

    def work(self, packet):
        self.count -= 1
        if self.count == 0:
            return self.scheduler.hold_current()
        if self.control & 1 == 0:
            self.control //= 2
            return self.scheduler.release(DEVICE_A)
        self.control = self.control // 2 ^ 0xD008
        return self.scheduler.release(DEVICE_B)


class WorkerTask(Task):
    """Fills packets with letters and sends them to the handlers by turns."""

    def __init__(self, scheduler, identity, priority, queue):
        super().__init__(scheduler, identity, priority, queue)
        self.destination = HANDLER_A
        self.letter = 0

    def work(self, packet):
        if packet is None:
            return self.wait()
        if self.destination == HANDLER_A:
            self.destination = HANDLER_B
        else:
            self.destination = HANDLER_A
        packet.identity = self.destination
        packet.datum = 0
        for index in range(BUFFER_LENGTH):
            self.letter += 1
            if self.letter > 26:
                self.letter = 1
            packet.data[index] = ord("A") + self.letter - 1
        return self.scheduler.send(packet)


class HandlerTask(Task):
    """Hands each letter of its work packets to a device, one packet per letter."""

    def __init__(self, scheduler, identity, priority, queue):
        super().__init__(scheduler, identity, priority, queue)
        self.work_packets = None
        self.device_packets = None

    def work(self, packet):
        if packet is not None:
            if packet.kind == WORK_PACKET:
                self.work_packets = packet.append_to(self.work_packets)
            else:
                self.device_packets = packet.append_to(self.device_packets)
        work = self.work_packets
        if work is None:
            return self.wait()
        if work.datum >= BUFFER_LENGTH:
            self.work_packets = work.link
            return self.scheduler.send(work)
        device = self.device_packets
        if device is None:
            return self.wait()
        self.device_packets = device.link
        device.datum = work.data[work.datum]
        work.datum += 1
        return self.scheduler.send(device)


class DeviceTask(Task):
    """Holds one packet for a while, then sends it back."""

    def __init__(self, scheduler, identity, priority):
        super().__init__(scheduler, identity, priority, None)
        self.pending = None

    def work(self, packet):
        if packet is not None:
            self.pending = packet
            return self.scheduler.hold_current()
        if self.pending is None:
            return self.wait()
        packet = self.pending
        self.pending = None
        return self.scheduler.send(packet)


class Scheduler:
    def __init__(self):
        self.tasks = {}
        self.first = None
        self.current = None
        self.packets_sent = 0
        self.holds = 0

    def add(self, task):
        previous = self.first
        self.tasks[task.identity] = task
        self.first = task
        return previous

    def send(self, packet):
        receiver = self.tasks[packet.identity]
        self.packets_sent += 1
        packet.link = None
        packet.identity = self.current.identity
        return receiver.receive(packet, self.current)

    def hold_current(self):
        self.holds += 1
        self.current.task_holding = True
        return self.current.link

    def release(self, identity):
        task = self.tasks[identity]
        task.task_holding = False
        if task.priority > self.current.priority:
            return task
        return self.current

    def schedule(self):
        self.current = self.first
        while self.current is not None:
            if self.current.is_blocked():
                self.current = self.current.link
            else:
                self.current = self.current.resume()


def make_queue(identity, kind, length):
    queue = None
    for _ in range(length):
        queue = Packet(queue, identity, kind)
    return queue


def run(size):
    scheduler = Scheduler()
    IdleTask(scheduler, IDLE, 0, size)
    WorkerTask(scheduler, WORKER, 1000, make_queue(WORKER, WORK_PACKET, 2))
    HandlerTask(scheduler, HANDLER_A, 2000, make_queue(DEVICE_A, DEVICE_PACKET, 3))
    HandlerTask(scheduler, HANDLER_B, 3000, make_queue(DEVICE_B, DEVICE_PACKET, 3))
    DeviceTask(scheduler, DEVICE_A, 4000)
    DeviceTask(scheduler, DEVICE_B, 5000)
    scheduler.schedule()
    counts = scheduler.packets_sent, scheduler.holds
    if counts != EXPECTED_COUNTS.get(size, counts):
        raise ValueError(f"scheduled {counts}, not {EXPECTED_COUNTS[size]}")
    return f"{scheduler.packets_sent} {scheduler.holds}"


def main(arguments):
    steady = arguments[:1] == ["steady"]
    for _ in range(int(arguments[1]) if steady else REPETITIONS):
        wall, cpu = time.perf_counter_ns(), time.process_time_ns()
        checksum = run(SIZE)
        if steady:
            print(time.perf_counter_ns() - wall, time.process_time_ns() - cpu)
    print("checksum:", checksum)


if __name__ == "__main__":
    main(sys.argv[1:])
