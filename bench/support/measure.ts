// What the benchmarks share: robust statistics, and a table.

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

/** Median and 99th percentile of numbers; sorts a copy. */
export function quantiles(numbers: readonly number[]): Quantiles {
  const sorted = numbers.toSorted((left, right) => left - right);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/**
 * Nanoseconds of one call, as quantiles over batches: the clock's own cost would drown a single call.
 * The p99 is therefore one of means over `batch` calls.
 */
export function nanosecondsPerCall(
  call: () => void,
  options: { readonly batches: number; readonly batch: number },
): Quantiles {
  for (let warm = 0; warm < options.batch * 10; warm++) call();
  const samples: number[] = [];
  for (let index = 0; index < options.batches; index++) {
    const start = process.hrtime.bigint();
    for (let inner = 0; inner < options.batch; inner++) call();
    samples.push(Number(process.hrtime.bigint() - start) / options.batch);
  }
  return quantiles(samples);
}

/** Prints rows as a Markdown table. */
export function printTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const cell = (value: string | number): string =>
    typeof value === "number" ? Math.round(value).toLocaleString("en-US") : value;
  console.log(`| ${head.join(" | ")} |`);
  console.log(`|${head.map(() => "---").join("|")}|`);
  for (const row of rows) console.log(`| ${row.map(cell).join(" | ")} |`);
}
