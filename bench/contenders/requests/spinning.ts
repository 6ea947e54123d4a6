/*
 * What the main thread and the tasks that it cancels tell each other.
 */

export interface Task {
  readonly task: number
  /** Absent if the thread is to be terminated. */
  readonly ticket?: number
}

/** A task says this when it starts. */
export interface Started {
  readonly event: 'started'
  readonly task: number
  readonly threadId: number
  /** By the shared clock, as below. */
  readonly at: number
}

/** A task says this, or returns it, when an error ends it. */
export interface Ended {
  readonly event: 'ended'
  readonly task: number
  readonly at: number
  /** The error's. */
  readonly name: string
  readonly code: string
}
