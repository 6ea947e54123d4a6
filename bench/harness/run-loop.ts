/*
 * Calls a timed loop so that the engine compiles it as it would in a program.
 */

/** The last loop's return value. It is exported so that no compiler can prove it unused. */
export let sink: unknown

interface Loop {
  run(times: number): unknown
}

const callArguments: [number] = [0]

/**
 * Runs a loop this many times. A plain `loop.run(times)` is inlined as long as it always calls the same
 * function, and Node 24 then runs the loop as part of its caller, which was compiled at a lower tier:
 * whichever contender came first was slow (`local.x++` took 7.9 ns instead of 0.8).
 */
export function runLoop(loop: Loop, times: number): void {
  callArguments[0] = times
  sink = Reflect.apply(loop.run, loop, callArguments)
}
