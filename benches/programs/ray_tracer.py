"""Ray tracer: spheres over a checkered floor, with shadows and reflections.

Small immutable vectors with operator methods, and polymorphic calls.
"""

# checksum: 797702388

import math
import sys
import time

SIZE = 32
REPETITIONS = 38
DEPTH_MAX = 3
EPSILON = 0.00001


class Vector:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def length(self):
        return math.sqrt(self.dot(self))

    def normalized(self):
        return self * (1.0 / self.length())

    def reflected(self, normal):
        return self - normal * (2.0 * self.dot(normal))


class Ray:
    def __init__(self, origin, direction):
        self.origin = origin
        self.direction = direction

    def at(self, distance):
        return self.origin + self.direction * distance


class Surface:
    def __init__(self, color, reflection=0.0):
        self.color = color
        self.reflection = reflection

    def color_at(self, point):
        return self.color


class CheckeredSurface(Surface):
    def __init__(self, color, other_color):
        super().__init__(color, reflection=0.1)
        self.other_color = other_color

    def color_at(self, point):
        if (math.floor(point.x) + math.floor(point.z)) % 2 == 0:
            return self.color
        return self.other_color


class Sphere:
    def __init__(self, center, radius, surface):
        self.center = center
        self.radius = radius
        self.surface = surface

    def intersect(self, ray):
        to_center = self.center - ray.origin
        along = to_center.dot(ray.direction)
        discriminant = self.radius ** 2 - to_center.dot(to_center) + along ** 2
        if discriminant < 0.0:
            return None
        half_chord = math.sqrt(discriminant)
        for distance in (along - half_chord, along + half_chord):
            if distance > EPSILON:
                return distance
        return None

    def normal_at(self, point):
        return (point - self.center).normalized()


class Plane:
    def __init__(self, height, surface):
        self.height = height
        self.surface = surface
        self.normal = Vector(0.0, 1.0, 0.0)

    def intersect(self, ray):
        if abs(ray.direction.y) < EPSILON:
            return None
        distance = (self.height - ray.origin.y) / ray.direction.y
        return distance if distance > EPSILON else None

    def normal_at(self, point):
        return self.normal


class Scene:
    def __init__(self):
        self.objects = []
        self.lights = []
        self.background = Vector(0.2, 0.3, 0.5)

    def nearest(self, ray):
        best_distance = None
        best_object = None
        for candidate in self.objects:
            distance = candidate.intersect(ray)
            if distance is not None and (best_distance is None or distance < best_distance):
                best_distance = distance
                best_object = candidate
        return best_distance, best_object

    def is_lit(self, point, light):
        to_light = light - point
        distance = to_light.length()
        ray = Ray(point, to_light.normalized())
        for candidate in self.objects:
            hit = candidate.intersect(ray)
            if hit is not None and hit < distance:
                return False
        return True

    def trace(self, ray, depth=0):
        distance, thing = self.nearest(ray)
        if thing is None:
            return self.background
        point = ray.at(distance)
        normal = thing.normal_at(point)
        brightness = 0.15
        for light in self.lights:
            if self.is_lit(point, light):
                facing = normal.dot((light - point).normalized())
                if facing > 0.0:
                    brightness += 0.6 * facing
        surface = thing.surface
        color = surface.color_at(point) * min(1.0, brightness)
        if surface.reflection > 0.0 and depth < DEPTH_MAX:
            bounced = Ray(point, ray.direction.reflected(normal))
            color = color + self.trace(bounced, depth + 1) * surface.reflection
        return color


def make_scene():
    scene = Scene()
    scene.lights = [Vector(30.0, 30.0, -20.0), Vector(-10.0, 40.0, -30.0)]
    scene.objects.append(
        Plane(-1.0, CheckeredSurface(Vector(0.9, 0.9, 0.9), Vector(0.1, 0.1, 0.1)))
    )
    scene.objects.append(
        Sphere(Vector(0.0, 0.6, 5.0), 1.6, Surface(Vector(0.8, 0.7, 0.2), reflection=0.4))
    )
    for index in range(5):
        share = index / 5
        scene.objects.append(
            Sphere(
                Vector(1.4 * index - 3.0, -0.5, 3.0 + 0.2 * index),
                0.5,
                Surface(Vector(share, 1.0 - share, 0.5), reflection=0.2 * (index % 2)),
            )
        )
    return scene


def clamp_byte(component):
    return max(0, min(255, int(component * 255)))


def run(size):
    scene = make_scene()
    eye = Vector(0.0, 0.5, -4.0)
    checksum = 0
    for y in range(size):
        for x in range(size):
            target = Vector(2.0 * x / size - 1.0, 1.0 - 2.0 * y / size, -2.0)
            color = scene.trace(Ray(eye, (target - eye).normalized()))
            for component in (color.x, color.y, color.z):
                checksum = (checksum * 31 + clamp_byte(component)) % 1000000007
    return checksum


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
