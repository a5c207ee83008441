"""Writes `dist.json`: tails and quantiles to about 20 digits, computed with mpmath from definitions that the engine does not use.

Run with mpmath 1.4.1 and SciPy 1.17.1 (for the first guess of a quantile alone): python make_dist.py > dist.json
"""

import json
import sys
from functools import lru_cache

import mpmath as mp
from scipy import special, stats

mp.mp.dps = 60
ONE = mp.mpf(1)
CASES = []


def case(method, inputs, expected, rtol=1e-11):
    """Adds a case; values too small for a double are left out."""
    expected = {key: float(value) for key, value in expected.items()}
    if all(abs(value) > 1e-305 for value in expected.values()):
        number = f"mp-{len(CASES) + 1:03}"
        inputs = {key: "inf" if value == mp.inf else value for key, value in inputs.items()}
        CASES.append({"id": number, "method": method, "input": inputs, "expected": expected, "rtol": rtol, "atol": 0.0})


# Definitions.


@lru_cache(None)
def gamma_tails(a, x):
    """P and Q by the power series of P, all of whose terms are positive."""
    a, x = mp.mpf(a), mp.mpf(x)
    with mp.workdps(400 if x > a else 60):
        term = total = ONE / a
        n = 0
        while term > total * mp.eps:
            n += 1
            term *= x / (a + n)
            total += term
        lower = total * mp.exp(a * mp.log(x) - x - mp.loggamma(a))
        return lower, 1 - lower


def beta_series(x, a, b):
    """I_x(a, b) by the series of x^a y^b / (a B) sum of (a+b)_n / (a+1)_n x^n, all of whose terms are positive."""
    term = total = ONE
    n = 0
    while term > total * mp.eps or (a + b + n) * x > a + 1 + n:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    front = a * mp.log(x) + b * mp.log1p(-x) - mp.log(a)
    return total * mp.exp(front + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b))


def beta_tails(x, a, b, y=None, digits=60):
    """The side of the smaller share by its series, the other as its complement, with digits to spare."""
    with mp.workdps(digits):
        x, a, b = mp.mpf(x), mp.mpf(a), mp.mpf(b)
        y = 1 - x if y is None else y
        if x <= y:
            lower = beta_series(x, a, b)
            return lower, 1 - lower
        upper = beta_series(y, b, a)
        return 1 - upper, upper


def t_upper(t, df):
    """The upper tail, t > 0: the series for few degrees, else the integral of the density."""
    t, df = mp.mpf(t), mp.mpf(df)
    if df < 5000:
        x = df / (df + t * t)
        return beta_tails(x, df / 2, mp.mpf(0.5), t * t / (df + t * t), 400)[0] / 2
    with mp.workdps(40):
        front = mp.exp(mp.loggamma((df + 1) / 2) - mp.loggamma(df / 2)) / mp.sqrt(df * mp.pi)
        scale = 1 / (1 + t)

        def power(s):
            return -(df + 1) / 2 * mp.log1p(s * s / df)

        def density(s):
            return mp.exp(power(s) - power(t))

        return front * mp.exp(power(t)) * mp.quad(density, [t + scale * k for k in (0, 1, 3, 7, 15, 31, 63, 120)])


def phi_upper(z):
    return mp.erfc(z / mp.sqrt(2)) / 2


def over_spread(df, tail, digits=30, step=None):
    """The mean of tail(s) over s = sqrt(chi2(df) / df), by the trapezoidal rule with a small step."""
    with mp.workdps(digits):
        a = mp.mpf(df) / 2
        front = 2 * mp.exp(a * mp.log(a) - mp.loggamma(a))
        step = step or min(mp.mpf(1) / 40, 1 / mp.sqrt(8 * df) / 6)

        def term(r):
            return mp.exp(2 * a * r - a * mp.exp(2 * r)) * tail(mp.exp(r))

        start = max((mp.mpf(k) / 25 for k in range(-150, 40)), key=term)
        total = term(start)
        for sign in (-1, 1):
            k, now = 1, total
            while True:
                now = term(start + sign * k * step)
                total += now
                k += 1
                if now < total * mp.mpf(10) ** -22:
                    break
        return total * front * step


def mixture_tails(nc, count, member):
    """cdf and sf of a Poisson mixture, with 150 digits so that one is the complement of the other."""
    with mp.workdps(150):
        mean = mp.mpf(nc) / 2
        weight, cdf = mp.exp(-mean), mp.mpf(0)
        # member(j) - member(j + 1) = step(j), and the members tend to zero.
        total = mp.mpf(0)
        for j, step in zip(range(count), member(), strict=False):
            total += weight
            cdf += total * step
            weight *= mean / (j + 1)
        return cdf, 1 - cdf


def chi2_steps(x, df):
    def steps():
        a, half = mp.mpf(df) / 2, mp.mpf(x) / 2
        step = mp.exp(a * mp.log(half) - half - mp.loggamma(a + 1))
        while True:
            yield step
            a += 1
            step *= half / a

    return steps


def f_steps(x, d1, d2):
    def steps():
        a, b = mp.mpf(d1) / 2, mp.mpf(d2) / 2
        odds = mp.mpf(x) * d1 / d2
        share = odds / (1 + odds)
        front = a * mp.log(share) - b * mp.log1p(odds) - mp.log(a)
        step = mp.exp(front + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b))
        while True:
            yield step
            step *= share * (a + b) / (a + 1)
            a += 1

    return steps


def range_upper(w, k):
    """The probability that the range of k normals exceeds w."""
    total, step = mp.mpf(0), mp.mpf(1) / 9
    z = mp.mpf(-10)
    while z < w / 2 + 9:
        below, gap = phi_upper(-z), phi_upper(w - z)
        total += mp.exp(-z * z / 2) * (below ** (k - 1) - (below - gap) ** (k - 1))
        z += step
    return k * step * total / mp.sqrt(2 * mp.pi)


def root(function, p, guess, slope):
    """The place where function is p, by Newton's rule on logarithms of both, from a guess."""
    x = mp.mpf(guess) if 0 < guess < 1e300 else mp.mpf(10) ** 100
    for _ in range(100):
        value = function(x)
        change = mp.log(value / p) * value / (x * slope(x))
        x *= mp.exp(-change)
        if abs(change) < mp.mpf(10) ** -22:
            return x
    raise ArithmeticError(f"{p} {guess}")


# The grid.


def normal_quantile(p):
    z = mp.findroot(lambda z: mp.log(phi_upper(-z) / mp.mpf(p)), mp.mpf(float(special.ndtri(p))))
    case("normal_ppf", {"p": p}, {"ppf": z}, 1e-14)


def normal():
    for z in [-30.0, -3.0, -0.5, 0.0, 1e-5, 1.0, 2.5, 8.0, 20.0, 37.0]:
        case("normal_sf", {"z": z}, {"sf": phi_upper(mp.mpf(z)), "cdf": phi_upper(-mp.mpf(z))}, 1e-12)
    for p in [1e-300, 1e-100, 1e-12, 1e-5, 0.02, 0.075, 0.3, 0.5000001, 0.9, 0.999999]:
        normal_quantile(p)


def student_quantile(p, df):
    half, power = mp.mpf(df) / 2, (mp.mpf(df) + 1) / 2
    front = mp.loggamma(power) - mp.loggamma(half) - mp.log(df * mp.pi) / 2
    guess = -float(stats.t.ppf(p, df))
    t = root(lambda t: t_upper(t, df), mp.mpf(p), guess, lambda t: -mp.exp(front - power * mp.log1p(t * t / df)))
    case("t_ppf", {"p": p, "df": df}, {"ppf": -t})


def student():
    for df in [0.5, 1.0, 2.5, 10.0, 19.0, 20.0, 30.0, 99.5, 998.0, 1e5, 1e7, 1e9, 1e12]:
        for t in [1e-6, 0.1, 1.0, 1.96, 6.0, 15.0, 1000.0]:
            if df < 5000 or t < 100:
                case("t_sf", {"t": t, "df": df}, {"sf": t_upper(t, df)})
        for p in [1e-300, 1e-12, 1e-8, 1e-3, 0.025, 0.2, 0.45, 0.4999]:
            if p > 1e-100 or 1 <= df <= 5000:
                student_quantile(p, df)


def gamma_quantile(p, a):
    guess = float(special.gammaincinv(a, p))
    if guess > 1e-290:
        front = mp.loggamma(a)

        def density(x):
            return mp.exp((mp.mpf(a) - 1) * mp.log(x) - x - front)

        x = root(lambda x: gamma_tails(mp.mpf(a), x)[0], mp.mpf(p), guess, density)
        case("chi2_ppf", {"p": p, "df": 2 * a}, {"ppf": 2 * x})


def gammas():
    for a in [0.005, 0.5, 1.0, 3.7, 50.0, 199.0, 201.0, 5000.0, 1e6, 5e7]:
        for z in [-20, -5, -1, 0, 0.5, 3, 12]:
            x = float(a * max(1 - 1 / (9 * a) + z / (3 * a**0.5), 0.02) ** 3)
            lower, upper = gamma_tails(a, x)
            case("chi2_sf", {"x": 2 * x, "df": 2 * a}, {"cdf": lower, "sf": upper})
        for p in [1e-300, 1e-10, 1e-4, 0.2, 0.9, 0.9999]:
            if a <= 1e6:
                gamma_quantile(p, a)
    for mean in [0.1, 3.0, 1000.0, 2e6]:
        for z in [-8, -2, 0, 1, 6]:
            k = int(mean + z * mean**0.5)
            if k >= 0:
                lower, upper = gamma_tails(k + 1, mean)
                case("poisson_cdf", {"k": k, "mean": mean}, {"cdf": upper, "sf": lower})


SHAPES = [
    (0.01, 0.01), (0.5, 0.5), (2.0, 3.0), (5.0, 95.0), (51.0, 951.0), (0.5, 1e4), (2.0, 1e6), (1e6, 0.5), (40.0, 1e5),
    (2999.0, 2999.0), (3001.0, 12.0), (50001.0, 950001.0), (5e5, 9.5e6), (5e7, 5e7),
]  # fmt: skip


def log_beta(a, b):
    return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(mp.mpf(a) + b)


def beta_case(p, a, b):
    digits = 60 if p > 1e-100 else 300
    guess = float(special.betaincinv(a, b, p))
    if not 1e-290 < guess < 1 - 1e-12:
        return
    lower, upper = beta_tails(guess, a, b, digits=digits)
    case("beta_cdf", {"x": guess, "a": a, "b": b}, {"cdf": lower, "sf": upper})
    if a + b > 2e6:
        return

    def density(x):
        return mp.exp((mp.mpf(a) - 1) * mp.log(x) + (mp.mpf(b) - 1) * mp.log1p(-x) - log_beta(a, b))

    x = root(lambda x: beta_tails(x, a, b, digits=digits)[0], mp.mpf(p), guess, density)
    case("beta_ppf", {"p": p, "a": a, "b": b}, {"ppf": x})


def betas():
    for a, b in SHAPES:
        case("ln_beta", {"a": a, "b": b}, {"ln": log_beta(a, b)}, 1e-13)
        for p in [1e-200, 1e-8, 0.025, 0.3, 0.5, 0.8, 0.999]:
            if p > 1e-100 or a + b <= 1e5:
                beta_case(p, a, b)


def counts():
    for n, p in [(10, 0.3), (1000, 0.02), (10**6, 0.5), (10**7, 0.02), (10**8, 0.02), (10**8, 0.5)]:
        for z in [-7, -1, 0, 2, 6]:
            k = int(n * p + z * (n * p * (1 - p)) ** 0.5)
            if 0 <= k < n:
                q = mp.mpf(p)
                lower, upper = beta_tails(1 - q, n - k, k + 1, q)
                case("binomial_cdf", {"n": n, "p": p, "k": k}, {"cdf": lower, "sf": upper}, 1e-11 if n < 1e8 else 5e-11)
    for n, k in [(5, 2), (100, 50), (10**6, 3), (10**9, 10**8)]:
        case(
            "ln_choose",
            {"n": n, "k": k},
            {"ln": mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1)},
            1e-13,
        )
    for x, d1, d2 in [
        (3.0, 1.0, 5.0),
        (1.01, 50.0, 1e4),
        (4.0, 3.0, 1e6),
        (0.01, 2.0, 40.0),
        (60.0, 2.0, 40.0),
        (1.001, 1e5, 2e5),
    ]:
        odds = mp.mpf(x) * d1 / d2
        lower, upper = beta_tails(odds / (1 + odds), d1 / 2, d2 / 2, 1 / (1 + odds))
        case("f_sf", {"x": x, "d1": d1, "d2": d2}, {"cdf": lower, "sf": upper})


def noncentral_t_case(t, df, nc):
    cdf = over_spread(df, lambda s: phi_upper(nc - t * s))
    sf = over_spread(df, lambda s: phi_upper(t * s - nc))
    case("noncentral_t_cdf", {"t": t, "df": df, "nc": nc}, {"cdf": cdf, "sf": sf})


def noncentral():
    for df in [1.0, 3.0, 10.0, 50.0, 300.0, 1e5]:
        for nc in [-1.0, 0.5, 2.8, 5.0, 20.0]:
            for t in [-4.0, 0.3, 1.96, nc + 1, nc + 8]:
                noncentral_t_case(t, df, nc)
    for df in [1.0, 4.0, 99.0]:
        for nc in [0.01, 7.85, 100.0, 2000.0]:
            for x in [0.3 * (df + nc), df + nc, 1.8 * (df + nc)]:
                count = int(nc + x) + 600
                cdf, sf = mixture_tails(nc, count, chi2_steps(x, df))
                case("noncentral_chi2_sf", {"x": x, "df": df, "nc": nc}, {"cdf": cdf, "sf": sf})
                for d2 in [5.0, 200.0, 1e6]:
                    cdf, sf = mixture_tails(nc, 5 * count, f_steps(x / df, df, d2))
                    case("noncentral_f_sf", {"x": x / df, "d1": df, "d2": d2, "nc": nc}, {"cdf": cdf, "sf": sf})


def range_case(q, k, df):
    step = min(mp.mpf(1) / 12, 1 / mp.sqrt(8 * df))
    sf = over_spread(df, lambda s: range_upper(q * s, k), 20, step)
    case("studentized_range_sf", {"q": q, "k": k, "df": df}, {"sf": sf}, 1e-10)


def ranges():
    with mp.workdps(20):
        for k in [3, 100]:
            for q in [0.5, 3.7, 7.0]:
                case("studentized_range_sf", {"q": q, "k": k, "df": mp.inf}, {"sf": range_upper(mp.mpf(q), k)}, 1e-10)
            for df, q in [(2.0, 3.7), (2.0, 20.0), (12.0, 0.5), (12.0, 7.0), (1000.0, 3.7)]:
                range_case(q, k, df)


def main():
    for part in [normal, student, gammas, betas, counts, noncentral, ranges]:
        part()
        print(part.__name__, len(CASES), file=sys.stderr, flush=True)
    about = f"mpmath {mp.__version__}, written by make_dist.py"
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in CASES)
    print(f'{{"about":"{about}","cases":[\n{lines}\n]}}')


main()
