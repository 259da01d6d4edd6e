"""Prints what the benchmarks compute but throw away, so that it can be compared.

Most of pyperformance's files return a time. This imports one of them, with the
stand-in for pyperf on the path, and calls its functions with small arguments.
Usage: values.py FOLDER NAME, where FOLDER holds the file `run_benchmark.py`.
"""

import sys


def mix(values):
    """Weigh each value by its place, so that a swap shows as well."""
    total = 0.0
    for index, value in enumerate(values):
        total += value * (index % 17 + 1)
    return "%.9e" % total


def scimark_fft(module):
    data = module.Random(7).RandomVector(256)
    module.FFT_transform(256, data)
    print("fft", mix(data))
    module.FFT_inverse(256, data)
    print("fft inverse", mix(data))


def scimark_lu(module):
    size = 20
    matrix = module.Random(7).RandomMatrix(module.ArrayList(size, size))
    factors = module.ArrayList(size, size)
    pivot = [0] * size
    module.LU(factors, matrix, pivot)
    print("lu", pivot)
    for row in factors.data:
        print(mix(row))


def scimark_monte_carlo(module):
    print("monte carlo", "%.9f" % module.MonteCarlo(5000))


def scimark_sor(module):
    for maker in (module.Array2D, module.ArrayList):
        grid = module.Random(9).RandomMatrix(maker(12, 12))
        module.SOR_execute(1.25, grid, 8, maker)
        print("sor", mix([grid[x, y] for y in range(12) for x in range(12)]))


def scimark_sparse_mat_mult(module):
    vector = [1.0 / (index + 1) for index in range(6)]
    result = [0.0] * 3
    module.SparseCompRow_matmult(
        3, result, [2.0, 3.0, 4.0, 5.0, 6.0], [0, 2, 3, 5], [0, 3, 1, 4, 5], vector, 2)
    print("sparse", mix(result))


def spectral_norm(module):
    vector = [1] * 30
    for _ in range(3):
        vector = module.eval_AtA_times_u(vector)
    print("spectral norm", mix(vector))


def raytrace(module):
    canvas = module.Canvas(24, 18)
    scene = module.Scene()
    scene.addLight(module.Point(30, 30, 10))
    scene.lookAt(module.Point(0, 3, 0))
    scene.addObject(module.Sphere(module.Point(1, 3, -10), 2),
                    module.SimpleSurface(baseColour=(1, 1, 0)))
    scene.addObject(module.Sphere(module.Point(-3, 2.3, -5), 0.4),
                    module.SimpleSurface(baseColour=(0.2, 0.8, 0.5)))
    scene.addObject(module.Halfspace(module.Point(0, 0, 0), module.Vector.UP),
                    module.CheckerboardSurface())
    scene.render(canvas)
    print("raytrace", mix(canvas.bytes))


def nqueens(module):
    print("nqueens", list(module.n_queens(6)))


def nothing(module):
    """Its results are in what the stand-in prints, or the file checks them itself."""


VALUES = {
    "scimark_fft": scimark_fft,
    "scimark_lu": scimark_lu,
    "scimark_monte_carlo": scimark_monte_carlo,
    "scimark_sor": scimark_sor,
    "scimark_sparse_mat_mult": scimark_sparse_mat_mult,
    "spectral_norm": spectral_norm,
    "raytrace": raytrace,
    "nqueens": nqueens,
}


def main(folder, name):
    sys.path.insert(0, folder)
    import run_benchmark
    VALUES.get(name, nothing)(run_benchmark)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
