// Written from the engine's own schemas by tests/python/write_types.py.

/** A list or a typed array of numbers. */
export type Numbers = readonly number[] | Float64Array | Float32Array | Int32Array

/** A result by its keys, or why there is none in `undefined`. */
export type Statistic = { undefined?: { reason: string; message: string }; [field: string]: any }

/** The statistics of experiments. */
export interface Stats {
  /** Welch's t test on two samples. */
  welchT(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /** Welch's t test from size, mean and standard deviation of each sample. */
  welchTFromStats(given: { control: { mean: number; n: number; sd: number }; level?: number; treatment: { mean: number; n: number; sd: number } }): Statistic
}
