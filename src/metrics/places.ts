/*
 * Places: small numbers that stand for running threads in the names of series.
 */

interface Place {
  /** The name that the series of this place carry. Empty if their threads have none. */
  readonly name: string
  /** Undefined: the place is free. */
  readonly threadId: number | undefined
}

/**
 * Gives each running thread a place of its own: the lowest that is free when a reading first sees the thread. A place is only
 * for threads of one name, so that its series keep their labels. A thread that gets another name moves to another place.
 */
export class Places {
  readonly #places: Place[] = []

  /**
   * Frees the places of threads that run no more, then gives places to new threads.
   * @param namesByThread the names of the running threads, by thread id.
   * @param onFreed is called for each place that a thread leaves, with the place that it moves to, if it still runs.
   */
  update(
    namesByThread: ReadonlyMap<number, string>,
    onFreed: (place: number, nextPlace: number | undefined) => void,
  ): void {
    this.#places.forEach(({ name, threadId }, place) => {
      if (threadId === undefined || namesByThread.has(threadId)) return
      this.#places[place] = { name, threadId: undefined }
      onFreed(place, undefined)
    })
    for (const [threadId, name] of namesByThread) {
      const current = this.#places.findIndex(place => place.threadId === threadId)
      const currentName = this.#places[current]?.name
      if (currentName === name) continue
      const lowestFree = this.#places.findIndex(place => place.threadId === undefined && place.name === name)
      const next = lowestFree < 0 ? this.#places.length : lowestFree
      this.#places[next] = { name, threadId }
      if (currentName === undefined) continue
      this.#places[current] = { name: currentName, threadId: undefined }
      onFreed(current, next)
    }
  }

  /** Maps each place: its name, and the id of its thread, which is undefined if the place is free. */
  map<T>(callback: (place: Place) => T): T[] {
    return this.#places.map(callback)
  }
}
