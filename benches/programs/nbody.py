"""N-body: planets of the solar system, advanced by a symplectic integrator.

Float arithmetic on small lists that live inside tuples.
"""

# checksum: -0.169075164 -0.169087318

import sys
import time

SIZE = 7000
REPETITIONS = 32

PI = 3.14159265358979323
SOLAR_MASS = 4 * PI * PI
DAYS_PER_YEAR = 365.24


def planet(position, velocity, mass):
    return (
        list(position),
        [component * DAYS_PER_YEAR for component in velocity],
        mass * SOLAR_MASS,
    )


def make_system():
    return [
        planet((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1.0),
        planet(
            (4.84143144246472090, -1.16032004402742839, -0.103622044471123109),
            (0.00166007664274403694, 0.00769901118419740425, -0.0000690460016972063023),
            0.000954791938424326609,
        ),
        planet(
            (8.34336671824457987, 4.12479856412430479, -0.403523417114321381),
            (-0.00276742510726411, 0.00499852801234917238, 0.0000230417297573763929),
            0.000285885980666130812,
        ),
        planet(
            (12.8943695621391310, -15.1111514016986312, -0.223307578892655734),
            (0.00296460137564761618, 0.00237847173959480950, -0.0000296589568540237556),
            0.0000436624404335156298,
        ),
        planet(
            (15.3796971148509165, -25.9193146099879641, 0.179258772950371181),
            (0.00268067772490389322, 0.00162824170038242295, -0.0000951592254519715870),
            0.0000515138902046611451,
        ),
    ]


def offset_momentum(bodies):
    momentum = [0.0, 0.0, 0.0]
    for _, velocity, mass in bodies:
        for axis in range(3):
            momentum[axis] -= velocity[axis] * mass
    sun_velocity = bodies[0][1]
    for axis in range(3):
        sun_velocity[axis] = momentum[axis] / SOLAR_MASS


def pairs_of(bodies):
    pairs = []
    for index, first in enumerate(bodies):
        for second in bodies[index + 1:]:
            pairs.append((first, second))
    return pairs


def advance(bodies, pairs, step, count):
    for _ in range(count):
        for ([x1, y1, z1], v1, m1), ([x2, y2, z2], v2, m2) in pairs:
            dx = x1 - x2
            dy = y1 - y2
            dz = z1 - z2
            magnitude = step * (dx * dx + dy * dy + dz * dz) ** -1.5
            b1 = m1 * magnitude
            b2 = m2 * magnitude
            v1[0] -= dx * b2
            v1[1] -= dy * b2
            v1[2] -= dz * b2
            v2[0] += dx * b1
            v2[1] += dy * b1
            v2[2] += dz * b1
        for position, (vx, vy, vz), _ in bodies:
            position[0] += step * vx
            position[1] += step * vy
            position[2] += step * vz


def energy(bodies, pairs):
    total = 0.0
    for ([x1, y1, z1], _, m1), ([x2, y2, z2], _, m2) in pairs:
        dx = x1 - x2
        dy = y1 - y2
        dz = z1 - z2
        total -= m1 * m2 / (dx * dx + dy * dy + dz * dz) ** 0.5
    for _, (vx, vy, vz), mass in bodies:
        total += mass * (vx * vx + vy * vy + vz * vz) / 2.0
    return total


def run(size):
    bodies = make_system()
    pairs = pairs_of(bodies)
    offset_momentum(bodies)
    before = energy(bodies, pairs)
    advance(bodies, pairs, 0.01, size)
    after = energy(bodies, pairs)
    return "%.9f %.9f" % (before, after)


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
