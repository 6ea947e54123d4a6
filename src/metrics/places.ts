/*
 * Places: small numbers that stand for running threads in the names of series.
 */

/** Gives each running thread a place of its own: the lowest that is free when a reading first sees the thread. */
export class Places {
  /** By place. Undefined: the place is free. */
  readonly #threadIds: (number | undefined)[] = []

  /** Frees the places of threads that run no more, then gives places to new threads. Calls back for each place it frees. */
  update(runningThreadIds: readonly number[], onFreed: (place: number) => void): void {
    this.#threadIds.forEach((threadId, place) => {
      if (threadId === undefined || runningThreadIds.includes(threadId)) return
      this.#threadIds[place] = undefined
      onFreed(place)
    })
    for (const threadId of runningThreadIds) {
      if (this.#threadIds.includes(threadId)) continue
      const lowestFree = this.#threadIds.indexOf(undefined)
      this.#threadIds[lowestFree < 0 ? this.#threadIds.length : lowestFree] = threadId
    }
  }

  /** Maps each place's thread id, which is undefined for a free place. */
  map<T>(callback: (threadId: number | undefined) => T): T[] {
    return this.#threadIds.map(callback)
  }
}
