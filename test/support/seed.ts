// Every generated test runs with one seed, so that a run says something about the change and not about the day.
// `SEED=random` draws a new one for each file; `SEED=n` repeats one that a failure printed.

import fc from "fast-check";

const given = process.env["SEED"] ?? "20251125";
if (given !== "random") fc.configureGlobal({ seed: Number(given) });
