/** Nanoseconds on a clock that all threads of a process share, in Node. */
export const clock = (): number => Number(process.hrtime.bigint())
